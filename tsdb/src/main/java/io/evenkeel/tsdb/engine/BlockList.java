package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.block.BlockSeries;
import io.evenkeel.tsdb.engine.chunk.PackCache;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// The sealed blocks that count, in the order of their sequence.
///
/// The list is replaced as a whole, under the head's lock, so that who holds that lock sees head
/// and blocks of one moment.
final class BlockList {
  private final PackCache packs = new PackCache();
  private volatile List<Block> blocks = List.of();
  private int lastSequence;

  /// Opens a block, which does not count before it is added.
  Block open(Disk disk, Path directory) throws IOException {
    return Block.open(disk, directory, packs);
  }

  /// The blocks now; the caller holds no reference to them.
  List<Block> all() {
    return blocks;
  }

  /// The blocks with samples in a closed interval, each with a reference that the caller gives
  /// back. The caller holds the head's lock.
  List<Block> acquire(long from, long to) {
    List<Block> acquired = new ArrayList<>();
    for (Block block : blocks) {
      if (block.meta().minTime() <= to && block.meta().maxTime() >= from && block.acquire()) {
        acquired.add(block);
      }
    }
    return acquired;
  }

  /// Adds and removes blocks; the caller holds the head's lock, and retires the removed ones after
  /// letting go of it.
  void replace(Collection<Block> removed, Collection<Block> added) {
    List<Block> next = new ArrayList<>(blocks);
    next.removeAll(removed);
    next.addAll(added);
    next.sort(Comparator.comparingInt(block -> block.meta().sequence()));
    blocks = List.copyOf(next);
  }

  /// The newest time in any block, or Long.MIN_VALUE.
  long maxTime() {
    return blocks.stream().mapToLong(b -> b.meta().maxTime()).max().orElse(Long.MIN_VALUE);
  }

  /// A sequence that no block had, also none that could not be opened. For one thread at a time.
  int nextSequence() {
    return ++lastSequence;
  }

  /// Notes that a sequence was given out before the start.
  void reserveSequence(int sequence) {
    lastSequence = Math.max(lastSequence, sequence);
  }

  /// What the blocks hold of a series; see [io.evenkeel.tsdb.engine.head.Head.SealedRuns].
  void find(Labels labels, long from, long to, List<Run> into) {
    for (Block block : blocks) {
      if (block.meta().minTime() <= to && block.meta().maxTime() >= from) {
        BlockSeries series = block.find(labels);
        if (series != null) {
          series.runs(from, to, into);
        }
      }
    }
  }
}
