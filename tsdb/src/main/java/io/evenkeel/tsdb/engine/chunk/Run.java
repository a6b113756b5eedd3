package io.evenkeel.tsdb.engine.chunk;

import io.evenkeel.tsdb.storage.SampleColumns;

/// Some samples of one series in time order, within known bounds.
public sealed interface Run permits PackedChunk, PackedRun, RollupRun, LooseSamples {
  /// A time at or before the first sample, epoch milliseconds.
  long minTime();

  /// A time at or after the last sample, epoch milliseconds.
  long maxTime();

  /// Appends the samples of a closed interval.
  ///
  /// @throws io.evenkeel.tsdb.storage.StorageException when they cannot be read
  void read(ChunkLoader loader, long from, long to, SampleColumns into);
}
