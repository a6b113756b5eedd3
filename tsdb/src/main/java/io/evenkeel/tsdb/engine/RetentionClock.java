package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.log.LogReader;
import io.evenkeel.tsdb.engine.log.LogWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/// The time by which retention counts: the system's clock, unless it jumped.
///
/// A clock that is suddenly a year ahead must not cost a year of data. So the time here follows in
/// small steps at once, and after a leap only once a day of running time has passed with the clock
/// still ahead. It is kept in a file, since after a restart the data is no witness: samples of the
/// wrong time may be stored. Not thread-safe.
final class RetentionClock {
  private static final long STEP_MILLIS = Duration.ofDays(1).toMillis();
  private static final long TRUST_AFTER_NANOS = Duration.ofDays(1).toNanos();

  private static final int FILE_NUMBER = 1;

  private long trustedMillis;
  private boolean leapt;
  private long leaptSinceNanos;

  RetentionClock(long trustedMillis) {
    this.trustedMillis = trustedMillis;
  }

  /// Starts at the time that was kept, or at the newest one that the store has data of, or at the
  /// clock when it has none; at the clock too when that is behind.
  static RetentionClock open(Disk disk, Path file, long newestDataMillis, long nowMillis)
      throws IOException {
    OptionalLong kept = read(disk, file);
    long newest = newestDataMillis == Long.MIN_VALUE ? nowMillis : newestDataMillis;
    return new RetentionClock(Math.min(kept.orElse(newest), nowMillis));
  }

  /// What a file keeps; nothing when it is not there or damaged.
  private static OptionalLong read(Disk disk, Path file) throws IOException {
    if (disk.bytes(file) == 0) {
      return OptionalLong.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      ByteWriter record = new LogReader(disk.map(file, arena), FILE_NUMBER).next();
      if (record == null) {
        return OptionalLong.empty();
      }
      ByteReader in = new ByteReader();
      in.reset(record.array(), 0, record.size());
      return OptionalLong.of(in.zigzag());
    }
  }

  /// Keeps the time in a file.
  void write(Disk disk, Path file) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    disk.delete(unfinished);
    ByteWriter record = new ByteWriter(16);
    record.zigzag(trustedMillis);
    try (LogWriter out = new LogWriter(disk.create(unfinished), FILE_NUMBER)) {
      out.append(record.array(), 0, record.size());
      out.force();
    }
    disk.rename(unfinished, file);
  }

  /// The time to count by, given the clock and a time source that only runs forward.
  long millis(long nowMillis, long runningNanos) {
    if (nowMillis - trustedMillis <= STEP_MILLIS) {
      leapt = false;
      trustedMillis = Math.max(trustedMillis, nowMillis);
    } else if (!leapt) {
      leapt = true;
      leaptSinceNanos = runningNanos;
    } else if (runningNanos - leaptSinceNanos >= TRUST_AFTER_NANOS) {
      leapt = false;
      trustedMillis = nowMillis;
    }
    return trustedMillis;
  }
}
