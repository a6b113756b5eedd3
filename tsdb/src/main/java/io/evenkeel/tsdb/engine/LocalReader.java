package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Utf8Order;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.engine.head.HeadSeries;
import io.evenkeel.tsdb.engine.index.LabelIndex;
import io.evenkeel.tsdb.engine.index.Postings;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.Resolution;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// Reads head and blocks; holds the blocks it has read from until it is closed.
final class LocalReader implements StoreReader {
  private final Head head;
  private final BlockList blocks;
  private final Rollups rollups;
  private final long from;
  private final long to;
  private final MemoryBudget budget;
  private final List<Block> held = new ArrayList<>();
  private boolean closed;

  LocalReader(
      Head head, BlockList blocks, Rollups rollups, long from, long to, MemoryBudget budget) {
    this.head = head;
    this.blocks = blocks;
    this.rollups = rollups;
    this.from = from;
    this.to = to;
    this.budget = budget;
  }

  @Override
  public List<Series> select(List<Matcher> matchers) {
    List<Acquired> acquired = new ArrayList<>(1);
    boolean done = false;
    List<HeadSeries> inHead;
    try {
      inHead = head.select(matchers, from, to, budget, () -> acquired.add(acquire()));
      done = true;
    } finally {
      if (!done) {
        acquired.forEach(Acquired::release);
      }
    }
    Acquired now = acquired.getFirst();
    hold(now);
    StoredSeries.View view = new StoredSeries.View(from, to, now.blocks, now.rollups);
    return StoredSeries.join(view, inHead, matchers, budget);
  }

  /// Blocks of samples and rollups, each with a reference to give back.
  private record Acquired(List<Block> blocks, RollupView rollups) {
    Stream<Block> all() {
      return Stream.of(blocks, rollups.minutes(), rollups.hours()).flatMap(List::stream);
    }

    void release() {
      all().forEach(Block::release);
    }
  }

  /// The caller holds the head's lock.
  private Acquired acquire() {
    BlockList minutes = rollups.of(Resolution.ONE_MINUTE);
    BlockList hours = rollups.of(Resolution.ONE_HOUR);
    long rawFrom = Math.min(blocks.from(), head.timeRange()[0]);
    return new Acquired(
        blocks.acquire(from, to),
        new RollupView(
            minutes.acquire(from, to),
            hours.acquire(from, to),
            rawFrom,
            Math.min(rawFrom, minutes.from()),
            from));
  }

  private synchronized void hold(Acquired acquired) {
    if (closed) {
      acquired.release();
      throw new IllegalStateException("the reader is closed");
    }
    acquired.all().forEach(held::add);
  }

  @Override
  public List<String> labelNames(List<Matcher> matchers, int limit) {
    return collect((index, into) -> Postings.names(index, matchers, into), limit);
  }

  @Override
  public List<String> labelValues(String name, List<Matcher> matchers, int limit) {
    return collect((index, into) -> Postings.values(index, name, matchers, into), limit);
  }

  private List<String> collect(BiConsumer<LabelIndex, TreeSet<String>> question, int limit) {
    TreeSet<String> found = new TreeSet<>(Utf8Order.INSTANCE);
    Acquired acquired;
    boolean inHead;
    head.lock().lock();
    try {
      acquired = acquire();
      long[] range = head.timeRange();
      inHead = range[0] <= to && range[1] >= from;
    } finally {
      head.lock().unlock();
    }
    try {
      if (inHead) {
        head.readIndex(index -> {
          question.accept(index, found);
          return found;
        });
      }
      for (Block block : acquired.blocks) {
        question.accept(block, found);
      }
      for (Block block : acquired.rollups.insteadOfSamples()) {
        question.accept(block, found);
      }
    } finally {
      acquired.release();
    }
    return found.stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
  }

  @Override
  public long resolutionMillis(long atMillis) {
    head.lock().lock();
    try {
      long rawFrom = Math.min(blocks.from(), head.timeRange()[0]);
      long minutesFrom = Math.min(rawFrom, rollups.of(Resolution.ONE_MINUTE).from());
      if (atMillis >= rawFrom) {
        return 0;
      }
      // Before the first sample there is nothing, unless rollups tell of it.
      if (atMillis < minutesFrom && rollups.of(Resolution.ONE_HOUR).from() < minutesFrom) {
        return Resolution.ONE_HOUR.millis();
      }
      return minutesFrom < rawFrom ? Resolution.ONE_MINUTE.millis() : 0;
    } finally {
      head.lock().unlock();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      held.forEach(Block::release);
      held.clear();
    }
  }
}
