package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.block.BlockMeta;
import io.evenkeel.tsdb.engine.block.BlockWriter;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.chunk.RunCursor;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.engine.head.HeadSeries;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Seals what has passed into blocks, compacts days of blocks, and lets go of what is too old or
/// too much.
///
/// Every step leaves the same samples visible at every moment, also to a restart in its middle:
/// sealing first moves a window's samples to chunk files and takes a checkpoint; the block then
/// says up to which chunk file it holds its window, and a compacted block says which blocks it
/// replaces. For one thread at a time.
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  /// How long after its end a window is sealed; what comes later makes a further block.
  private static final long GRACE_MILLIS = Duration.ofMinutes(15).toMillis();

  private static final long DAY_MILLIS = Rollups.DAY_MILLIS;

  /// Makes the state of the head durable; see [LocalStore].
  @FunctionalInterface
  interface CheckpointStep {
    void take() throws IOException;
  }

  private final Disk disk;
  private final StoreDirectory directory;
  private final StoreSettings settings;
  private final Head head;
  private final BlockList blocks;
  private final Rollups rollups;
  private final CheckpointStep checkpoint;
  private final List<Path> dropped;
  private final RetentionClock retentionClock;
  private final long retentionBytes;
  private long sealedUpTo = Long.MIN_VALUE;

  /// @param dropped takes the files that can be deleted after the next checkpoint
  Upkeep(
      Disk disk,
      StoreDirectory directory,
      StoreSettings settings,
      Head head,
      BlockList blocks,
      Rollups rollups,
      CheckpointStep checkpoint,
      List<Path> dropped,
      long nowMillis)
      throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.settings = settings;
    this.head = head;
    this.blocks = blocks;
    this.rollups = rollups;
    this.checkpoint = checkpoint;
    this.dropped = dropped;
    this.retentionClock =
        RetentionClock.open(
            disk,
            directory.retention(),
            Math.max(blocks.maxTime(), head.timeRange()[1]),
            nowMillis);
    this.retentionBytes =
        settings.retentionBytes() > 0
            ? settings.retentionBytes()
            : (disk.usableBytes(directory.root()) + blocks.bytes() + rollups.bytes()) / 2;
  }

  /// How many days of raw samples there will be; the caller holds the head's lock.
  OptionalDouble daysToKeep() {
    long[] range = head.timeRange();
    return new KeepEstimate(settings.retention(), retentionBytes - rollups.bytes())
        .days(blocks.all(), head.chunkFileBytes(), range[0] > range[1] ? 0 : range[1] - range[0]);
  }

  /// Whether a window has passed since the last sealing.
  boolean due(long nowMillis) {
    return sealBoundary(nowMillis) > sealedUpTo;
  }

  private long sealBoundary(long nowMillis) {
    return head.sealed().windowOf(nowMillis - GRACE_MILLIS);
  }

  /// Seals, compacts and lets go; answers whether it let go of anything.
  boolean run(long nowMillis, long runningNanos) throws IOException {
    long boundary = sealBoundary(nowMillis);
    seal(boundary);
    sealedUpTo = boundary;
    compact(nowMillis);
    long counted = retentionClock.millis(nowMillis, runningNanos);
    retentionClock.write(disk, directory.retention());
    List<Block> leaving = leaving(counted);
    rollups.build(
        blocks, head, day -> isPassed(day, nowMillis), day -> leavesSoon(day, counted, leaving));
    boolean lessRollups = rollups.retain(settings, counted, retentionBytes / 2, head);
    letGo(leaving);
    return lessRollups || !leaving.isEmpty();
  }

  // ---- sealing ----

  private void seal(long boundary) throws IOException {
    Set<Long> windows;
    int beforeFile;
    head.lock().lock();
    try {
      windows = head.windowsBefore(boundary);
      if (windows.isEmpty()) {
        return;
      }
      head.sealBefore(boundary);
      beforeFile = head.rollFile();
    } finally {
      head.lock().unlock();
    }
    checkpoint.take();
    List<Block> sealed = new ArrayList<>();
    List<HeadSeries> series =
        head.select(List.of(), Long.MIN_VALUE, boundary - 1, _ -> {}, () -> {});
    for (long window : windows.stream().sorted().toList()) {
      long end = window + settings.window().toMillis();
      List<Series> parts = new ArrayList<>(series.size());
      for (HeadSeries one : series) {
        parts.add(new SealingSeries(one, beforeFile));
      }
      Path path =
          BlockWriter.write(
              disk,
              directory.blocks(),
              new BlockWriter.Plan(blocks.nextSequence(), window, end, beforeFile, List.of()),
              parts);
      if (path != null) {
        sealed.add(blocks.open(disk, path));
      }
    }
    head.lock().lock();
    try {
      blocks.replace(List.of(), sealed);
      dropped.addAll(head.release(head.sealed().with(windows, beforeFile), blocks.maxTime()));
    } finally {
      head.lock().unlock();
    }
    checkpoint.take();
    LOG.info("sealed {} window(s) into {} block(s)", windows.size(), sealed.size());
  }

  /// The full chunks of a head's series, to be sealed. What is damaged is told and left out, since
  /// it must not keep everything else from being sealed.
  private record SealingSeries(HeadSeries series, int beforeFile) implements Series {
    @Override
    public Labels labels() {
      return series.labels();
    }

    @Override
    public SampleCursor samples(long fromMillis, long toMillis) {
      List<Run> runs = new ArrayList<>();
      try {
        series.fullChunks(beforeFile, fromMillis, toMillis, runs);
      } catch (StorageException e) {
        tellLoss(e);
      }
      return new RunCursor(runs, fromMillis, toMillis, this::tellLoss);
    }

    private void tellLoss(StorageException problem) {
      LOG.error(
          "samples of {} are lost to the block that is being sealed: {}",
          series.labels(),
          problem.getMessage());
    }
  }

  // ---- compaction ----

  private void compact(long nowMillis) throws IOException {
    Map<Long, List<Block>> byDay = new TreeMap<>();
    for (Block block : blocks.all()) {
      long day = Math.floorDiv(block.meta().from(), DAY_MILLIS);
      boolean inside = Math.floorDiv(block.meta().to() - 1, DAY_MILLIS) == day;
      if (inside && isPassed(day * DAY_MILLIS, nowMillis)) {
        byDay.computeIfAbsent(day, _ -> new ArrayList<>()).add(block);
      }
    }
    for (List<Block> day : byDay.values()) {
      if (day.size() > 1 || day.getFirst().hasTombstones()) {
        compact(day);
      }
    }
  }

  /// Whether a day, given by its begin, is over and its last window sealed.
  private boolean isPassed(long day, long nowMillis) {
    return day + DAY_MILLIS + settings.window().toMillis() <= nowMillis;
  }

  private void compact(List<Block> old) throws IOException {
    long from = old.stream().mapToLong(b -> b.meta().from()).min().orElseThrow();
    long to = old.stream().mapToLong(b -> b.meta().to()).max().orElseThrow();
    List<Integer> replaces = old.stream().map(b -> b.meta().sequence()).toList();
    List<Series> series = StoredSeries.join(old, List.of(), List.of(), from, to - 1, _ -> {});
    Path path =
        BlockWriter.write(
            disk,
            directory.blocks(),
            new BlockWriter.Plan(blocks.nextSequence(), from, to, 0, replaces),
            series);
    List<Block> compacted = path == null ? List.of() : List.of(blocks.open(disk, path));
    replace(old, compacted);
    LOG.info("compacted {} blocks into {}", old.size(), path);
  }

  private void replace(List<Block> old, List<Block> added) {
    head.lock().lock();
    try {
      blocks.replace(old, added);
    } finally {
      head.lock().unlock();
    }
    old.forEach(Block::retire);
  }

  // ---- retention ----

  /// The blocks that are too old or too much.
  private List<Block> leaving(long nowMillis) {
    List<Block> leaving = new ArrayList<>();
    long oldest = nowMillis - settings.retention().toMillis();
    long bytes = rollups.bytes();
    List<Block> newestFirst = new ArrayList<>(blocks.all());
    newestFirst.sort((a, b) -> Long.compare(b.meta().maxTime(), a.meta().maxTime()));
    for (Block block : newestFirst) {
      BlockMeta meta = block.meta();
      bytes += meta.bytes();
      if (meta.maxTime() < oldest || bytes > retentionBytes) {
        leaving.add(block);
      }
    }
    return leaving;
  }

  /// Whether a day's samples leave for their age soon, or for their number now: while they are
  /// there nobody asks its rollups, which take as much room.
  private boolean leavesSoon(long day, long nowMillis, List<Block> leaving) {
    long oldest = nowMillis - settings.retention().minus(settings.rollUpAhead()).toMillis();
    return day + DAY_MILLIS <= oldest
        || leaving.stream()
            .anyMatch(b -> b.meta().from() < day + DAY_MILLIS && b.meta().to() > day);
  }

  private void letGo(List<Block> leaving) {
    if (!leaving.isEmpty()) {
      replace(leaving, List.of());
      LOG.info("let go of {} block(s) by retention", leaving.size());
    }
  }
}
