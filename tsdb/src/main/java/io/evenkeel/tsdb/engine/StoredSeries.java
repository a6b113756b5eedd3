package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.block.BlockSeries;
import io.evenkeel.tsdb.engine.chunk.Run;
import io.evenkeel.tsdb.engine.chunk.RunCursor;
import io.evenkeel.tsdb.engine.head.HeadSeries;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One series with its parts in blocks and in the head.
final class StoredSeries implements Series {
  /// Where runs of a series come from.
  @FunctionalInterface
  interface Part {
    void runs(long from, long to, List<Run> into);
  }

  private final Labels labels;
  private final List<Part> parts = new ArrayList<>(2);
  private final long from;
  private final long to;

  StoredSeries(Labels labels, long from, long to) {
    this.labels = labels;
    this.from = from;
    this.to = to;
  }

  StoredSeries add(Part part) {
    parts.add(part);
    return this;
  }

  @Override
  public Labels labels() {
    return labels;
  }

  @Override
  public SampleCursor samples(long fromMillis, long toMillis) {
    long begin = Math.max(from, fromMillis);
    long end = Math.min(to, toMillis);
    List<Run> runs = new ArrayList<>();
    for (Part part : parts) {
      part.runs(begin, end, runs);
    }
    return new RunCursor(runs, begin, end);
  }

  /// Joins what blocks and head have of the matching series, sorted by labels.
  static List<Series> join(
      List<Block> blocks,
      List<HeadSeries> head,
      List<Matcher> matchers,
      long from,
      long to,
      MemoryBudget budget) {
    Map<Labels, StoredSeries> joined = new TreeMap<>();
    for (Block block : blocks) {
      for (BlockSeries series : block.select(matchers, budget)) {
        joined
            .computeIfAbsent(series.labels(), labels -> new StoredSeries(labels, from, to))
            .add(series::runs);
      }
    }
    List<Series> result = new ArrayList<>(Math.max(joined.size(), head.size()));
    if (joined.isEmpty()) {
      // Sorted already.
      for (HeadSeries series : head) {
        result.add(new StoredSeries(series.labels(), from, to).add(series::runs));
      }
      return result;
    }
    for (HeadSeries series : head) {
      joined
          .computeIfAbsent(series.labels(), labels -> new StoredSeries(labels, from, to))
          .add(series::runs);
    }
    result.addAll(joined.values());
    return result;
  }
}
