package io.evenkeel.tsdb.engine.block;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.chunk.Run;
import java.util.List;

/// One series of a block; valid while the block is held.
public final class BlockSeries {
  private final Labels labels;
  private final Block block;
  private final int number;
  private final byte[] entry;
  private final int chunksAt;

  BlockSeries(Labels labels, Block block, int number, byte[] entry, int chunksAt) {
    this.labels = labels;
    this.block = block;
    this.number = number;
    this.entry = entry;
    this.chunksAt = chunksAt;
  }

  public Labels labels() {
    return labels;
  }

  /// Adds the runs that may have samples in a closed interval.
  public void runs(long from, long to, List<Run> into) {
    block.runs(number, entry, chunksAt, from, to, into);
  }
}
