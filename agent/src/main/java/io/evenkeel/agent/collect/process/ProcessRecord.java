package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.KernelFile;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What is remembered of one process between two scans. Negative counters are unknown.
final class ProcessRecord {
  static final long UNKNOWN = -1;

  final int pid;
  final long startTicks;
  String comm;
  ProcessGroup group;

  /// How many full scans have seen it.
  int scans;

  long scan;
  char state;
  int threads;
  long residentPages;
  long openFds = UNKNOWN;
  long cpuTicks = UNKNOWN;
  long readBytes = UNKNOWN;
  long writtenBytes = UNKNOWN;

  /// Whether its I/O may be read; asked once, because a refusal costs more than an answer.
  boolean ioReadable = true;

  /// When it was last seen to have used anything.
  long movedNanos;

  /// When it was read last, and by the full scan before, with what it had used by then.
  long readNanos;

  long scanNanos;
  long scanCpuTicks = UNKNOWN;
  long scanReadBytes = UNKNOWN;
  long scanWrittenBytes = UNKNOWN;

  /// Its files, kept open while it is among the top.
  @Nullable KernelFile stat;

  @Nullable KernelFile io;

  ProcessRecord(int pid, long startTicks, String comm, ProcessGroup group) {
    this.pid = pid;
    this.startTicks = startTicks;
    this.comm = comm;
    this.group = group;
  }

  /// It began after the scan before: all that it has used it used since.
  void startAt(long nanos) {
    scanNanos = nanos;
    scanCpuTicks = 0;
    scanReadBytes = 0;
    scanWrittenBytes = 0;
  }

  /// What was read now becomes what the next scan measures from.
  void rebase() {
    scanNanos = readNanos;
    scanCpuTicks = cpuTicks;
    scanReadBytes = readBytes;
    scanWrittenBytes = writtenBytes;
  }

  /// The time since the scan before; 0 when this was the first.
  long elapsedNanos() {
    return scanCpuTicks == UNKNOWN ? 0 : readNanos - scanNanos;
  }

  OptionalDouble cores() {
    long nanos = elapsedNanos();
    return nanos <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((cpuTicks - scanCpuTicks) / ProcessStat.TICKS_PER_SECOND / nanos * 1e9);
  }

  OptionalDouble readPerSecond() {
    return perSecond(readBytes, scanReadBytes);
  }

  OptionalDouble writtenPerSecond() {
    return perSecond(writtenBytes, scanWrittenBytes);
  }

  OptionalLong openFileDescriptors() {
    return openFds == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(openFds);
  }

  private OptionalDouble perSecond(long now, long before) {
    long nanos = elapsedNanos();
    return nanos <= 0 || now == UNKNOWN || before == UNKNOWN
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(0, now - before) * 1e9 / nanos);
  }

  /// How much processor it used since the scan before, to rank by.
  long cpuActivity() {
    return scanCpuTicks == UNKNOWN ? 0 : cpuTicks - scanCpuTicks;
  }

  /// How much it read and wrote since the scan before, to rank by.
  long ioActivity() {
    return readBytes == UNKNOWN || scanReadBytes == UNKNOWN
        ? 0
        : readBytes - scanReadBytes + writtenBytes - scanWrittenBytes;
  }

  void closeFiles() {
    if (stat != null) {
      stat.close();
      stat = null;
    }
    if (io != null) {
      io.close();
      io = null;
    }
  }
}
