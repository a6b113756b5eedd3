package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.block.BlockSeries;
import io.evenkeel.tsdb.engine.block.BlockWriter;
import io.evenkeel.tsdb.engine.chunk.PackCache;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// The sealed blocks that count, in the order of their sequence.
///
/// The list is replaced as a whole, under the head's lock, so that who holds that lock sees head
/// and blocks of one moment.
final class BlockList {
  private final PackCache packs;
  private volatile List<Block> blocks = List.of();
  private int lastSequence;

  /// @param packs where packs that were read lately are kept
  BlockList(PackCache packs) {
    this.packs = packs;
  }

  /// Opens a block, which does not count before it is added.
  Block open(Disk disk, Path directory) throws IOException {
    return Block.open(disk, directory, packs);
  }

  /// Opens the blocks of a directory, those that others replace left out and deleted, and tells of
  /// those that cannot be opened.
  void openAll(Disk disk, Path directory, Consumer<String> problem) throws IOException {
    List<Block> opened = new ArrayList<>();
    Set<Integer> replaced = new HashSet<>();
    for (Path path : disk.list(directory)) {
      String name = path.getFileName().toString();
      if (name.endsWith(Block.UNFINISHED)) {
        disk.delete(path);
      } else if (BlockWriter.sequence(name) > 0) {
        lastSequence = Math.max(lastSequence, BlockWriter.sequence(name));
        try {
          Block block = open(disk, path);
          opened.add(block);
          replaced.addAll(block.meta().replaces());
        } catch (StorageException | IOException e) {
          problem.accept(String.valueOf(e.getMessage()));
        }
      }
    }
    List<Block> live = new ArrayList<>();
    for (Block block : opened) {
      if (replaced.contains(block.meta().sequence())) {
        block.retire();
      } else {
        live.add(block);
      }
    }
    replace(List.of(), live);
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

  /// The begin of the oldest block's range, or Long.MAX_VALUE.
  long from() {
    return blocks.stream().mapToLong(b -> b.meta().from()).min().orElse(Long.MAX_VALUE);
  }

  /// The bytes of all blocks.
  long bytes() {
    return blocks.stream().mapToLong(b -> b.meta().bytes()).sum();
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
