package io.evenkeel.hub.processes;

import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.ProcessSnapshot.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Snapshots as bytes, with each string written once per group of records.
///
/// A record's content: kind (0 begins a group and forgets all strings, 1 goes on), time in ms (8
/// bytes), period in ms, then the processes. Numbers are varints; a string is its number in the
/// group, or the next free number followed by its bytes when it is new. CPU is kept to 1/10,000
/// core, memory and I/O rates to the byte. Not thread-safe: a reader follows one writer's order.
final class SnapshotCodec {
  static final byte GROUP_START = 0;
  static final byte CONTINUED = 1;

  /// Where a record's time stands in its content.
  static final int TIME_OFFSET = 1;

  private static final double CPU_STEPS_PER_CORE = 10_000;
  private static final int HAS_CPU = 1;
  private static final int HAS_READ = 2;
  private static final int HAS_WRITTEN = 4;
  private static final int HAS_FDS = 8;

  private SnapshotCodec() {}

  /// Encodes the snapshots of one file in their order.
  static final class Writer {
    private final Map<String, Integer> strings = new HashMap<>();
    private byte[] out = new byte[1024];
    private int size;

    /// The content of a record; a group's start forgets the strings of the group before.
    byte[] encode(ProcessSnapshot snapshot, boolean startGroup) {
      size = 0;
      if (startGroup) {
        strings.clear();
      }
      put(startGroup ? GROUP_START : CONTINUED);
      for (int shift = 56; shift >= 0; shift -= 8) {
        put((int) (snapshot.timestampMillis() >>> shift));
      }
      varint(snapshot.periodMillis());
      varint(snapshot.processes().size());
      for (Entry process : snapshot.processes()) {
        process(process);
      }
      return Arrays.copyOf(out, size);
    }

    private void process(Entry process) {
      varint(process.pid());
      string(process.comm());
      string(process.user());
      string(process.unit());
      put(process.state());
      put(
          (process.cpuCores().isPresent() ? HAS_CPU : 0)
              | (process.readBytesPerSecond().isPresent() ? HAS_READ : 0)
              | (process.writtenBytesPerSecond().isPresent() ? HAS_WRITTEN : 0)
              | (process.openFds().isPresent() ? HAS_FDS : 0));
      process
          .cpuCores()
          .ifPresent(cores -> varint(Math.max(0, Math.round(cores * CPU_STEPS_PER_CORE))));
      varint(process.residentBytes());
      process.readBytesPerSecond().ifPresent(rate -> varint(Math.max(0, Math.round(rate))));
      process.writtenBytesPerSecond().ifPresent(rate -> varint(Math.max(0, Math.round(rate))));
      varint(process.threads());
      process.openFds().ifPresent(this::varint);
    }

    private void string(String text) {
      Integer known = strings.get(text);
      if (known != null) {
        varint(known);
        return;
      }
      varint(strings.size());
      strings.put(text, strings.size());
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      varint(bytes.length);
      ensure(bytes.length);
      System.arraycopy(bytes, 0, out, size, bytes.length);
      size += bytes.length;
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        put((int) (rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      put((int) rest);
    }

    private void put(int b) {
      ensure(1);
      out[size++] = (byte) b;
    }

    private void ensure(int more) {
      if (out.length - size < more) {
        out = Arrays.copyOf(out, Math.max(2 * out.length, size + more));
      }
    }
  }

  /// Decodes the records of one group in their order.
  static final class Reader {
    private final List<String> strings = new ArrayList<>();

    /// A record's snapshot. The content's checksum has been verified, so that an unreadable content
    /// is a defect and not damage.
    ProcessSnapshot decode(ByteBuffer content) {
      if (content.get() == GROUP_START) {
        strings.clear();
      }
      long timestampMillis = content.getLong();
      long periodMillis = varint(content);
      int count = (int) varint(content);
      List<Entry> processes = new ArrayList<>(Math.min(count, 1024));
      for (int i = 0; i < count; i++) {
        processes.add(process(content));
      }
      return new ProcessSnapshot(timestampMillis, periodMillis, processes);
    }

    private Entry process(ByteBuffer content) {
      int pid = (int) varint(content);
      String comm = string(content);
      String user = string(content);
      String unit = string(content);
      char state = (char) (content.get() & 0xFF);
      int present = content.get();
      OptionalDouble cpu =
          (present & HAS_CPU) == 0
              ? OptionalDouble.empty()
              : OptionalDouble.of(varint(content) / CPU_STEPS_PER_CORE);
      long resident = varint(content);
      OptionalDouble read = rate(content, present, HAS_READ);
      OptionalDouble written = rate(content, present, HAS_WRITTEN);
      int threads = (int) varint(content);
      OptionalLong openFds =
          (present & HAS_FDS) == 0 ? OptionalLong.empty() : OptionalLong.of(varint(content));
      return new Entry(
          pid, comm, user, unit, state, cpu, resident, read, written, threads, openFds);
    }

    private static OptionalDouble rate(ByteBuffer content, int present, int flag) {
      return (present & flag) == 0 ? OptionalDouble.empty() : OptionalDouble.of(varint(content));
    }

    private String string(ByteBuffer content) {
      int number = (int) varint(content);
      if (number < strings.size()) {
        return strings.get(number);
      }
      byte[] bytes = new byte[(int) varint(content)];
      content.get(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      strings.add(text);
      return text;
    }

    private static long varint(ByteBuffer content) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = content.get();
        value |= (long) (b & 0x7F) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }
  }
}
