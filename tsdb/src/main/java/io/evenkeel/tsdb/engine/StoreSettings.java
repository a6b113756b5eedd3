package io.evenkeel.tsdb.engine;

import io.evenkeel.tsdb.storage.WriteLimits;
import java.time.Duration;

/// How a [LocalStore] keeps its data. Immutable.
///
/// @param limits what it accepts
/// @param retention how long raw samples are kept
/// @param minuteRetention how long rollups of a minute are kept
/// @param hourRetention how long rollups of an hour are kept
/// @param rollUpAhead how long before raw samples leave for their age they are rolled up: earlier
///   the rollups would only take room
/// @param retentionBytes how many bytes sealed blocks and rollups may take; 0 = half of what was
///   free at the start and theirs together
/// @param window the range of time of a block before compaction
/// @param lowWaterBytes with less free disk than this it takes no writes; it takes them again with
///   a quarter more
/// @param checkpointEvery how much time a restart has to read back at most
/// @param checkpointBytes how much log a restart has to read back, about; twice what the last
///   checkpoint took, where that is more, so that checkpoints of many series stay few
/// @param maintenanceEvery how often the store looks after itself; zero = only when it is told to
public record StoreSettings(
    WriteLimits limits,
    Duration retention,
    Duration minuteRetention,
    Duration hourRetention,
    Duration rollUpAhead,
    long retentionBytes,
    Duration window,
    long lowWaterBytes,
    Duration checkpointEvery,
    long checkpointBytes,
    Duration maintenanceEvery) {

  /// 15 days in blocks of two hours, minutes of 90 days, hours of two years; checkpoints after five
  /// minutes or 16 MiB of log, some four million samples, which is a second of reading back.
  public static final StoreSettings DEFAULT =
      new StoreSettings(
          WriteLimits.DEFAULT,
          Duration.ofDays(15),
          Duration.ofDays(90),
          Duration.ofDays(730),
          Duration.ofDays(2),
          0,
          Duration.ofHours(2),
          256L << 20,
          Duration.ofMinutes(5),
          16L << 20,
          Duration.ofSeconds(1));

  /// With another retention of raw samples; rollups stay at least as long.
  public StoreSettings keeping(Duration time, long bytes) {
    return keeping(
        time,
        minuteRetention.compareTo(time) > 0 ? minuteRetention : time,
        hourRetention.compareTo(time) > 0 ? hourRetention : time,
        bytes);
  }

  /// With another retention of raw samples, of rollups of a minute and of an hour.
  public StoreSettings keeping(Duration time, Duration minutes, Duration hours, long bytes) {
    return new StoreSettings(
        limits,
        time,
        minutes,
        hours,
        rollUpAhead,
        bytes,
        window,
        lowWaterBytes,
        checkpointEvery,
        checkpointBytes,
        maintenanceEvery);
  }

  /// With samples rolled up at another time before they leave.
  public StoreSettings rollingUp(Duration ahead) {
    return new StoreSettings(
        limits,
        retention,
        minuteRetention,
        hourRetention,
        ahead,
        retentionBytes,
        window,
        lowWaterBytes,
        checkpointEvery,
        checkpointBytes,
        maintenanceEvery);
  }

  /// With other limits.
  public StoreSettings accepting(WriteLimits other) {
    return new StoreSettings(
        other,
        retention,
        minuteRetention,
        hourRetention,
        rollUpAhead,
        retentionBytes,
        window,
        lowWaterBytes,
        checkpointEvery,
        checkpointBytes,
        maintenanceEvery);
  }

  /// Looking after itself only when it is told to, for tests whose clock does not run.
  public StoreSettings withoutMaintenance() {
    return maintaining(Duration.ZERO, checkpointEvery, checkpointBytes);
  }

  /// Looking after itself at another pace; zero = only when it is told to. A checkpoint is due
  /// after a time, or after an amount of log.
  public StoreSettings maintaining(Duration every, Duration checkpoint, long bytes) {
    return new StoreSettings(
        limits,
        retention,
        minuteRetention,
        hourRetention,
        rollUpAhead,
        retentionBytes,
        window,
        lowWaterBytes,
        checkpoint,
        bytes,
        every);
  }

  /// Taking samples until the disk is full.
  public StoreSettings withoutLowWaterMark() {
    return new StoreSettings(
        limits,
        retention,
        minuteRetention,
        hourRetention,
        rollUpAhead,
        retentionBytes,
        window,
        0,
        checkpointEvery,
        checkpointBytes,
        maintenanceEvery);
  }
}
