package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.block.BlockMeta;
import io.evenkeel.tsdb.engine.block.BlockSeries;
import io.evenkeel.tsdb.engine.block.BlockWriter;
import io.evenkeel.tsdb.engine.chunk.ChunkLoader;
import io.evenkeel.tsdb.engine.chunk.PackCache;
import io.evenkeel.tsdb.engine.chunk.RollupRun;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.disk.Disk;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rollups of sealed days, a block for each day and resolution, made shortly before the samples
/// of the day leave.
///
/// Buckets of a day end in (begin, begin of the next day], so a day is rolled up once the next one
/// is compacted too, and again when either was compacted anew (late samples, deletions): a rollup
/// names the blocks it was made from. Its directory is written beside and renamed like any block's.
/// Changes are for one thread at a time; the lists are read under the head's lock.
final class Rollups {
  private static final Logger LOG = LoggerFactory.getLogger(Rollups.class);
  static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  private final Disk disk;
  private final StoreDirectory directory;
  private final Map<Resolution, BlockList> lists = new EnumMap<>(Resolution.class);

  Rollups(Disk disk, StoreDirectory directory, PackCache packs) {
    this.disk = disk;
    this.directory = directory;
    for (Resolution resolution : Resolution.values()) {
      lists.put(resolution, new BlockList(packs));
    }
  }

  void open(Consumer<String> problem) throws IOException {
    for (Resolution resolution : Resolution.values()) {
      of(resolution).openAll(disk, directory.rollups(resolution), problem);
    }
  }

  /// The rollups of one resolution.
  BlockList of(Resolution resolution) {
    BlockList list = lists.get(resolution);
    if (list == null) {
      throw new IllegalStateException("no rollups of " + resolution);
    }
    return list;
  }

  /// Every rollup block.
  List<Block> all() {
    return lists.values().stream().map(BlockList::all).flatMap(List::stream).toList();
  }

  long bytes() {
    return lists.values().stream().mapToLong(BlockList::bytes).sum();
  }

  /// Hides a closed interval of matching series; a bucket with any of it is hidden whole.
  Set<Labels> delete(List<Matcher> matchers, long from, long to) throws IOException {
    Set<Labels> affected = new HashSet<>();
    for (Block block : all()) {
      affected.addAll(block.delete(matchers, from, to));
    }
    return affected;
  }

  // ---- making them ----

  /// Rolls up the days that are wanted and ready.
  ///
  /// @param blocks the sealed blocks
  /// @param passed tells of a day's begin whether the day is over and no sample of it should come
  ///   any more
  /// @param wanted tells of a day's begin whether its rollups are wanted
  void build(BlockList blocks, Head head, LongPredicate passed, LongPredicate wanted)
      throws IOException {
    Set<Long> days = new HashSet<>();
    for (Block block : blocks.all()) {
      days.add(Math.floorDiv(block.meta().from(), DAY_MILLIS) * DAY_MILLIS);
    }
    for (long day : days.stream().sorted().toList()) {
      List<Block> sources = new ArrayList<>(blocksOf(blocks, day));
      List<Block> next = blocksOf(blocks, day + DAY_MILLIS);
      if (wanted.test(day)
          && passed.test(day + DAY_MILLIS)
          && isCompacted(sources)
          && isCompacted(next)) {
        sources.addAll(next);
        for (Resolution resolution : Resolution.values()) {
          build(resolution, day, sources, head);
        }
      }
    }
    for (Resolution resolution : Resolution.values()) {
      for (Block block : of(resolution).all()) {
        if (block.hasTombstones() && block.meta().to() <= blocks.from() + 1) {
          rewrite(resolution, block, head);
        }
      }
    }
  }

  private static List<Block> blocksOf(BlockList blocks, long day) {
    return blocks.all().stream()
        .filter(b -> b.meta().from() < day + DAY_MILLIS && b.meta().to() > day)
        .toList();
  }

  private static boolean isCompacted(List<Block> day) {
    return day.size() <= 1 && day.stream().noneMatch(Block::hasTombstones);
  }

  private void build(Resolution resolution, long day, List<Block> sources, Head head)
      throws IOException {
    List<Integer> sequences = sources.stream().map(b -> b.meta().sequence()).toList();
    BlockList list = of(resolution);
    List<Block> old = list.all().stream().filter(block -> block.meta().from() == day + 1).toList();
    if (old.stream().anyMatch(block -> block.meta().sources().equals(sequences))) {
      return;
    }
    long last = day + DAY_MILLIS;
    List<Series> series = StoredSeries.join(sources, List.of(), List.of(), day + 1, last, _ -> {});
    write(resolution, day, old, sequences, series, head);
  }

  /// Takes what was deleted out of a rollup whose samples are gone.
  private void rewrite(Resolution resolution, Block block, Head head) throws IOException {
    List<Series> series = new ArrayList<>();
    for (BlockSeries one : block.select(List.of(), _ -> {})) {
      series.add(new RolledSeries(one));
    }
    BlockMeta meta = block.meta();
    write(resolution, meta.from() - 1, List.of(block), meta.sources(), series, head);
  }

  private void write(
      Resolution resolution,
      long day,
      List<Block> old,
      List<Integer> sources,
      List<Series> series,
      Head head)
      throws IOException {
    BlockList list = of(resolution);
    BlockWriter.Plan plan =
        new BlockWriter.Plan(
            list.nextSequence(),
            day + 1,
            day + DAY_MILLIS + 1,
            0,
            old.stream().map(b -> b.meta().sequence()).toList());
    Path path =
        BlockWriter.writeRollups(
            disk, directory.rollups(resolution), plan, resolution, sources, series);
    replace(list, old, path == null ? List.of() : List.of(list.open(disk, path)), head);
    LOG.info("rolled a day up into {}", path);
  }

  private static void replace(
      BlockList list, Collection<Block> old, Collection<Block> added, Head head) {
    head.lock().lock();
    try {
      list.replace(old, added);
    } finally {
      head.lock().unlock();
    }
    old.forEach(Block::retire);
  }

  /// A series of a rollup block, to be written again.
  private record RolledSeries(BlockSeries series) implements Series {
    @Override
    public Labels labels() {
      return series.labels();
    }

    @Override
    public SampleCursor samples(long fromMillis, long toMillis) {
      return (_, _) -> 0;
    }

    @Override
    public void rollups(Resolution resolution, long from, long to, RollupColumns into) {
      ChunkLoader loader = new ChunkLoader();
      List<Run> runs = new ArrayList<>();
      series.runs(from, to, runs);
      for (Run run : runs) {
        if (run instanceof RollupRun rollup) {
          rollup.read(loader, from, to, into);
        }
      }
    }
  }

  // ---- letting them go ----

  /// Lets go of rollups that are too old, and of the oldest while all take more than some bytes:
  /// minutes before hours.
  boolean retain(StoreSettings settings, long nowMillis, long mostBytes, Head head) {
    boolean less =
        drop(Resolution.ONE_MINUTE, nowMillis - settings.minuteRetention().toMillis(), head);
    less |= drop(Resolution.ONE_HOUR, nowMillis - settings.hourRetention().toMillis(), head);
    for (Resolution resolution : Resolution.values()) {
      List<Block> oldestFirst = new ArrayList<>(of(resolution).all());
      oldestFirst.sort(Comparator.comparingLong(block -> block.meta().from()));
      for (Block block : oldestFirst) {
        if (bytes() > mostBytes) {
          replace(of(resolution), List.of(block), List.of(), head);
          LOG.info("let go of {} for its size", block.directory());
          less = true;
        }
      }
    }
    return less;
  }

  private boolean drop(Resolution resolution, long before, Head head) {
    List<Block> leaving =
        of(resolution).all().stream().filter(b -> b.meta().maxTime() < before).toList();
    if (!leaving.isEmpty()) {
      replace(of(resolution), leaving, List.of(), head);
    }
    return !leaving.isEmpty();
  }
}
