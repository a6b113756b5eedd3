package io.evenkeel.tsdb.storage;

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
public record StoreStatistics(
    int headSeries,
    long headChunks,
    long headMinTimeMillis,
    long headMaxTimeMillis,
    long samplesAppended,
    int blocks,
    long diskBytes,
    boolean readOnly) {}
