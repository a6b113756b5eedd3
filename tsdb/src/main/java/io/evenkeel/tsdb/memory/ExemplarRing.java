package io.evenkeel.tsdb.memory;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.TimeSeriesStore.SeriesExemplars;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// The newest exemplars of all series, a fixed number of them. Safe for use by many threads.
public final class ExemplarRing {
  private record Entry(Labels series, Exemplar exemplar) {}

  private final int capacity;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final Set<Entry> known = new HashSet<>();

  /// A ring with room for some exemplars.
  public ExemplarRing(int capacity) {
    this.capacity = capacity;
  }

  /// Takes an exemplar, forgetting the one that came first when the ring is full, and answers
  /// whether it is new.
  public synchronized boolean add(Labels series, Exemplar exemplar) {
    Entry entry = new Entry(series, exemplar);
    if (capacity == 0 || !known.add(entry)) {
      return false;
    }
    if (entries.size() == capacity) {
      known.remove(entries.removeFirst());
    }
    entries.addLast(entry);
    return true;
  }

  /// The exemplars of a time interval; see [io.evenkeel.tsdb.storage.TimeSeriesStore#exemplars].
  public synchronized List<SeriesExemplars> find(
      List<List<Matcher>> selectors, long fromMillis, long toMillis) {
    Map<Labels, Boolean> wanted = new HashMap<>();
    Map<Labels, List<Exemplar>> found = new TreeMap<>();
    for (Entry entry : entries) {
      long time = entry.exemplar.timestampMillis();
      if (time >= fromMillis
          && time <= toMillis
          && wanted.computeIfAbsent(entry.series, s -> meetsOne(selectors, s))) {
        found.computeIfAbsent(entry.series, _ -> new ArrayList<>()).add(entry.exemplar);
      }
    }
    List<SeriesExemplars> result = new ArrayList<>();
    found.forEach((series, exemplars) -> {
      exemplars.sort(Comparator.comparingLong(Exemplar::timestampMillis));
      result.add(new SeriesExemplars(series, exemplars));
    });
    return result;
  }

  /// Forgets the exemplars of a time interval of series that meet every matcher.
  public synchronized void delete(List<Matcher> matchers, long fromMillis, long toMillis) {
    List<List<Matcher>> selectors = List.of(matchers);
    entries.removeIf(entry -> {
      long time = entry.exemplar.timestampMillis();
      boolean goes = time >= fromMillis && time <= toMillis && meetsOne(selectors, entry.series);
      if (goes) {
        known.remove(entry);
      }
      return goes;
    });
  }

  /// Hands every exemplar to a consumer, the one that came first at first.
  public synchronized void forEach(BiConsumer<Labels, Exemplar> consumer) {
    for (Entry entry : entries) {
      consumer.accept(entry.series, entry.exemplar);
    }
  }

  private static boolean meetsOne(List<List<Matcher>> selectors, Labels series) {
    for (List<Matcher> matchers : selectors) {
      if (Matcher.all(matchers, series)) {
        return true;
      }
    }
    return false;
  }
}
