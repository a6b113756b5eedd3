package io.evenkeel.tsdb.engine.index;

import io.evenkeel.tsdb.storage.Matcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.roaringbitmap.FastAggregation;
import org.roaringbitmap.RoaringBitmap;

/// Answers matchers from a [LabelIndex].
public final class Postings {
  private Postings() {}

  /// The series that meet every matcher, as a set of its own.
  public static RoaringBitmap select(LabelIndex index, List<Matcher> matchers) {
    RoaringBitmap found = null;
    List<Matcher> excluding = new ArrayList<>();
    for (Matcher matcher : matchers) {
      if (matcher.matchesEmpty()) {
        excluding.add(matcher);
        continue;
      }
      RoaringBitmap with =
          matcher
              .onlyValues()
              .map(values -> union(index, matcher.name(), values))
              .orElseGet(() -> union(index, matcher, true));
      if (found == null) {
        found = with.clone();
      } else {
        found.and(with);
      }
      if (found.isEmpty()) {
        return found;
      }
    }
    if (found == null) {
      found = index.all().clone();
    }
    // A matcher that the empty string meets takes away the series with a value that does not.
    for (Matcher matcher : excluding) {
      found.andNot(union(index, matcher, false));
    }
    return found;
  }

  private static RoaringBitmap union(LabelIndex index, String name, Set<String> values) {
    return values.size() == 1
        ? index.with(name, values.iterator().next())
        : FastAggregation.or(values.stream().map(value -> index.with(name, value)).iterator());
  }

  private static RoaringBitmap union(LabelIndex index, Matcher matcher, boolean matching) {
    List<RoaringBitmap> parts = new ArrayList<>();
    index.forEachValue(
        matcher.name(),
        (value, series) -> {
          if (matcher.matches(value) == matching) {
            parts.add(series);
          }
        });
    return FastAggregation.or(parts.iterator());
  }

  /// Adds the label names of matching series.
  public static void names(LabelIndex index, List<Matcher> matchers, TreeSet<String> into) {
    if (matchers.isEmpty()) {
      into.addAll(index.names());
      return;
    }
    RoaringBitmap wanted = select(index, matchers);
    for (String name : index.names()) {
      boolean[] used = {false};
      index.forEachValue(
          name, (_, series) -> used[0] = used[0] || RoaringBitmap.intersects(wanted, series));
      if (used[0]) {
        into.add(name);
      }
    }
  }

  /// Adds the values of a label over matching series.
  public static void values(
      LabelIndex index, String name, List<Matcher> matchers, Collection<String> into) {
    if (matchers.isEmpty()) {
      index.forEachValue(name, (value, _) -> into.add(value));
      return;
    }
    RoaringBitmap wanted = select(index, matchers);
    index.forEachValue(
        name,
        (value, series) -> {
          if (RoaringBitmap.intersects(wanted, series)) {
            into.add(value);
          }
        });
  }
}
