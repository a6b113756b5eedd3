package io.evenkeel.hub.profile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// Writes stacks as pprof's `profile.proto`, gzipped (github.com/google/pprof,
/// proto/profile.proto). One location and one function for each frame; a Java frame's type is the
/// function's file name, so that pprof can group by it.
final class Pprof {
  private static final int SAMPLE_TYPE = 1;
  private static final int SAMPLE = 2;
  private static final int LOCATION = 4;
  private static final int FUNCTION = 5;
  private static final int STRING_TABLE = 6;
  private static final int TIME_NANOS = 9;
  private static final int DURATION_NANOS = 10;
  private static final int PERIOD_TYPE = 11;
  private static final int PERIOD = 12;

  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final Map<String, Integer> frames = new LinkedHashMap<>();
  private final Message profile = new Message();

  private Pprof() {
    string("");
  }

  /// A profile's stacks.
  static byte[] of(Profile.Result about, Map<String, Long> stacks) {
    Pprof pprof = new Pprof();
    pprof.write(about, stacks);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(pprof.profile.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private void write(Profile.Result about, Map<String, Long> stacks) {
    boolean samples = about.unit().equals("samples");
    profile.message(
        SAMPLE_TYPE,
        samples
            ? type("samples", "count")
            : type(about.unit().equals("bytes") ? "space" : "delay", about.unit()));
    if (samples) {
      profile.message(SAMPLE_TYPE, type("time", "nanoseconds"));
    }
    stacks.forEach((stack, count) -> {
      List<Long> locations = new ArrayList<>();
      for (String frame : List.of(stack.split(";", -1)).reversed()) {
        locations.add((long) frames.computeIfAbsent(frame, one -> frames.size() + 1));
      }
      Message sample = new Message();
      sample.packed(1, locations);
      sample.packed(2, samples ? List.of(count, count * about.periodNanos()) : List.of(count));
      profile.message(SAMPLE, sample);
    });
    frames.forEach((frame, id) -> {
      Message line = new Message();
      line.number(1, id);
      Message location = new Message();
      location.number(1, id);
      location.message(4, line);
      profile.message(LOCATION, location);
      Message function = new Message();
      function.number(1, id);
      function.number(2, string(name(frame)));
      function.number(3, string(name(frame)));
      function.number(4, string(file(frame)));
      profile.message(FUNCTION, function);
    });
    if (samples) {
      profile.message(PERIOD_TYPE, type("time", "nanoseconds"));
      profile.number(PERIOD, about.periodNanos());
    }
    profile.number(TIME_NANOS, about.beganAt() * 1_000_000);
    profile.number(DURATION_NANOS, about.lengthMillis() * 1_000_000);
    strings.keySet().forEach(text -> profile.text(STRING_TABLE, text));
  }

  private Message type(String what, String unit) {
    Message type = new Message();
    type.number(1, string(what));
    type.number(2, string(unit));
    return type;
  }

  private int string(String text) {
    return strings.computeIfAbsent(text, one -> strings.size());
  }

  private static String name(String frame) {
    return frame.replaceAll("_\\[[a-z]]$", "");
  }

  private static String file(String frame) {
    if (frame.endsWith("_[k]")) {
      return "kernel";
    }
    int method = frame.lastIndexOf('.');
    return frame.endsWith("_[j]") && method > 0 ? frame.substring(0, method) : "";
  }

  /// A protobuf message being written (protobuf.dev, encoding): varints and texts are all it takes.
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
      return out.toByteArray();
    }

    void number(int field, long value) {
      varint((long) field << 3);
      varint(value);
    }

    void text(int field, String value) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    void message(int field, Message value) {
      bytes(field, value.bytes());
    }

    void packed(int field, List<Long> values) {
      Message packed = new Message();
      values.forEach(packed::varint);
      bytes(field, packed.bytes());
    }

    private void bytes(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
    }

    private void varint(long value) {
      long left = value;
      while ((left & ~0x7FL) != 0) {
        out.write((int) (left & 0x7F | 0x80));
        left >>>= 7;
      }
      out.write((int) left);
    }
  }
}
