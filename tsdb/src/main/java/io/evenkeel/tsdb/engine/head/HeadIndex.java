package io.evenkeel.tsdb.engine.head;

import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.index.LabelIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.roaringbitmap.RoaringBitmap;

/// Which of the head's series have which label. Reading goes on while known series are written to;
/// only a new or a leaving series waits for readers.
final class HeadIndex implements LabelIndex {
  private static final RoaringBitmap NONE = new RoaringBitmap();

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<String, Map<String, RoaringBitmap>> byName = new HashMap<>();
  private final RoaringBitmap all = new RoaringBitmap();

  void add(int series, Labels labels) {
    lock.writeLock().lock();
    try {
      all.add(series);
      for (int i = 0; i < labels.size(); i++) {
        byName
            .computeIfAbsent(labels.name(i), _ -> new HashMap<>())
            .computeIfAbsent(labels.value(i), _ -> new RoaringBitmap())
            .add(series);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  void removeAll(int[] leaving) {
    RoaringBitmap gone = RoaringBitmap.bitmapOf(leaving);
    lock.writeLock().lock();
    try {
      all.andNot(gone);
      byName
          .values()
          .removeIf(values -> {
            values
                .values()
                .removeIf(series -> {
                  series.andNot(gone);
                  return series.isEmpty();
                });
            return values.isEmpty();
          });
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// What a function answers while no series comes or goes; it must not keep what the index
  /// answers.
  <T> T read(Function<LabelIndex, T> question) {
    lock.readLock().lock();
    try {
      return question.apply(this);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public RoaringBitmap all() {
    return all;
  }

  @Override
  public RoaringBitmap with(String name, String value) {
    return byName.getOrDefault(name, Map.of()).getOrDefault(value, NONE);
  }

  @Override
  public void forEachValue(String name, BiConsumer<String, RoaringBitmap> consumer) {
    byName.getOrDefault(name, Map.of()).forEach(consumer);
  }

  @Override
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }
}
