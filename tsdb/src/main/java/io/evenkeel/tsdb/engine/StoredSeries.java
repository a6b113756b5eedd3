package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.block.BlockSeries;
import io.evenkeel.tsdb.engine.chunk.ChunkLoader;
import io.evenkeel.tsdb.engine.chunk.RollupRun;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.chunk.RunCursor;
import io.evenkeel.tsdb.engine.head.HeadSeries;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.RollupColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One series with its parts in blocks, in the head, and in rollups.
final class StoredSeries implements Series {
  /// The head's parts are of no block.
  private static final int HEAD = 0;

  /// Where runs of a series come from.
  @FunctionalInterface
  interface Source {
    void runs(long from, long to, List<Run> into);
  }

  /// @param sequence of the block, or [#HEAD]
  private record Part(int sequence, Source source) {}

  private final Labels labels;
  private final List<Part> parts = new ArrayList<>(2);
  private final View view;

  private StoredSeries(Labels labels, View view) {
    this.labels = labels;
    this.view = view;
  }

  /// What a reader sees of the store.
  ///
  /// @param from the begin of its interval
  /// @param to the end of its interval
  /// @param blocks the blocks of samples in it
  /// @param rollups the rollups in it
  record View(long from, long to, List<Block> blocks, RollupView rollups) {}

  @Override
  public Labels labels() {
    return labels;
  }

  @Override
  public SampleCursor samples(long fromMillis, long toMillis) {
    long begin = Math.max(view.from, fromMillis);
    long end = Math.min(view.to, toMillis);
    List<Run> runs = new ArrayList<>();
    for (Part part : parts) {
      part.source.runs(begin, end, runs);
    }
    view.rollups.samples(labels, begin, end, runs);
    return new RunCursor(runs, begin, end);
  }

  @Override
  public void rollups(Resolution resolution, long fromMillis, long toMillis, RollupColumns into) {
    long length = resolution.millis();
    long next = resolution.bucketEnd(Math.max(fromMillis, Long.MIN_VALUE + length));
    long last = Math.floorDiv(toMillis, length) * length;
    ChunkLoader loader = null;
    for (Block block : view.rollups.of(resolution)) {
      long first = Math.max(next, resolution.bucketEnd(block.meta().from()));
      long end = Math.min(last, block.meta().to() - 1);
      if (first > end || !isExact(block)) {
        continue;
      }
      if (first > next) {
        Series.super.rollups(resolution, next, first - 1, into);
      }
      BlockSeries rolled = block.find(labels);
      if (rolled != null) {
        loader = loader == null ? new ChunkLoader() : loader;
        read(rolled, loader, first, end, into);
      }
      next = end + 1;
    }
    if (next <= last) {
      Series.super.rollups(resolution, next, last, into);
    }
  }

  private static void read(
      BlockSeries rolled, ChunkLoader loader, long from, long to, RollupColumns into) {
    List<Run> runs = new ArrayList<>();
    rolled.runs(from, to, runs);
    for (Run run : runs) {
      if (run instanceof RollupRun rollup) {
        rollup.read(loader, from, to, into);
      }
    }
  }

  /// Whether a rollup holds all that is known of its time: its samples are gone, or they are still
  /// those it was made from.
  private boolean isExact(Block rollup) {
    long from = rollup.meta().from();
    long to = rollup.meta().to() - 1;
    if (to <= view.rollups.rawFrom()) {
      return true;
    }
    if (from < view.rollups.rawFrom()) {
      return false;
    }
    List<Integer> sources = rollup.meta().sources();
    for (Block block : view.blocks) {
      if (sources.contains(block.meta().sequence()) && block.hasTombstones()) {
        return false;
      }
    }
    List<Run> others = new ArrayList<>();
    for (Part part : parts) {
      if (!sources.contains(part.sequence)) {
        part.source.runs(from, to, others);
      }
    }
    return others.isEmpty();
  }

  /// Joins what some blocks have of the matching series, sorted by labels.
  static List<Series> join(
      List<Block> blocks,
      List<HeadSeries> head,
      List<Matcher> matchers,
      long from,
      long to,
      MemoryBudget budget) {
    return join(new View(from, to, blocks, RollupView.NONE), head, matchers, budget);
  }

  /// Joins what blocks, head and rollups have of the matching series, sorted by labels.
  static List<Series> join(
      View view, List<HeadSeries> head, List<Matcher> matchers, MemoryBudget budget) {
    if (view.blocks.isEmpty() && view.rollups.insteadOfSamples().isEmpty()) {
      // Sorted already.
      List<Series> result = new ArrayList<>(head.size());
      for (HeadSeries series : head) {
        StoredSeries alone = new StoredSeries(series.labels(), view);
        alone.parts.add(new Part(HEAD, series::runs));
        result.add(alone);
      }
      return result;
    }
    Map<Labels, StoredSeries> joined = new HashMap<>();
    for (Block block : view.rollups.insteadOfSamples()) {
      for (BlockSeries series : block.select(matchers, budget)) {
        joined.computeIfAbsent(series.labels(), labels -> new StoredSeries(labels, view));
      }
    }
    for (Block block : view.blocks) {
      int sequence = block.meta().sequence();
      for (BlockSeries series : block.select(matchers, budget)) {
        joined
            .computeIfAbsent(series.labels(), labels -> new StoredSeries(labels, view))
            .parts
            .add(new Part(sequence, series::runs));
      }
    }
    for (HeadSeries series : head) {
      joined
          .computeIfAbsent(series.labels(), labels -> new StoredSeries(labels, view))
          .parts
          .add(new Part(HEAD, series::runs));
    }
    List<Series> result = new ArrayList<>(joined.values());
    result.sort(Comparator.comparing(Series::labels));
    return result;
  }
}
