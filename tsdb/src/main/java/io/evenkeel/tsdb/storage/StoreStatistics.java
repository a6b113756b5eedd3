package io.evenkeel.tsdb.storage;

import java.util.Map;
import java.util.OptionalDouble;

/// A store's own figures at one moment.
///
/// @param headSeries series in the head
/// @param headChunks chunks in the head
/// @param headMinTimeMillis the oldest time in the head, epoch milliseconds; Long.MAX_VALUE when
///   empty
/// @param headMaxTimeMillis the newest time in the head, epoch milliseconds; Long.MIN_VALUE when
///   empty
/// @param samplesAppended samples stored since the start
/// @param blocks sealed blocks on disk
/// @param diskBytes bytes that the store occupies on disk
/// @param readOnly whether writes are refused for now
/// @param daysToKeep how many days of raw samples there will be at the present rate, bounded by the
///   retention's time and size; empty until enough was stored to tell
/// @param refusedByLabel how many new series a limit kept out since the start, by the label whose
///   value was new; the empty name stands for a new combination of known values
public record StoreStatistics(
    int headSeries,
    long headChunks,
    long headMinTimeMillis,
    long headMaxTimeMillis,
    long samplesAppended,
    int blocks,
    long diskBytes,
    boolean readOnly,
    OptionalDouble daysToKeep,
    Map<String, Long> refusedByLabel) {

  public StoreStatistics {
    refusedByLabel = Map.copyOf(refusedByLabel);
  }
}
