package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Utf8Order;
import io.evenkeel.tsdb.engine.block.Block;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.engine.head.HeadSeries;
import io.evenkeel.tsdb.engine.index.LabelIndex;
import io.evenkeel.tsdb.engine.index.Postings;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.MemoryBudget;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/// Reads head and blocks; holds the blocks it has read from until it is closed.
final class LocalReader implements StoreReader {
  private final Head head;
  private final BlockList blocks;
  private final long from;
  private final long to;
  private final MemoryBudget budget;
  private final List<Block> held = new ArrayList<>();
  private boolean closed;

  LocalReader(Head head, BlockList blocks, long from, long to, MemoryBudget budget) {
    this.head = head;
    this.blocks = blocks;
    this.from = from;
    this.to = to;
    this.budget = budget;
  }

  @Override
  public List<Series> select(List<Matcher> matchers) {
    List<Block> acquired = new ArrayList<>();
    boolean done = false;
    List<HeadSeries> inHead;
    try {
      inHead =
          head.select(matchers, from, to, budget, () -> acquired.addAll(blocks.acquire(from, to)));
      done = true;
    } finally {
      if (!done) {
        acquired.forEach(Block::release);
      }
    }
    hold(acquired);
    return StoredSeries.join(acquired, inHead, matchers, from, to, budget);
  }

  private synchronized void hold(List<Block> acquired) {
    if (closed) {
      acquired.forEach(Block::release);
      throw new IllegalStateException("the reader is closed");
    }
    held.addAll(acquired);
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
    List<Block> acquired;
    boolean inHead;
    head.lock().lock();
    try {
      acquired = blocks.acquire(from, to);
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
      for (Block block : acquired) {
        question.accept(block, found);
      }
    } finally {
      acquired.forEach(Block::release);
    }
    return found.stream().limit(limit == 0 ? Long.MAX_VALUE : limit).toList();
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
