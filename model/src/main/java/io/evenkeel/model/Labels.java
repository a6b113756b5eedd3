package io.evenkeel.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The identity of a series: label names and values, sorted by name in UTF-8 order, without
/// duplicates and without empty values.
///
/// Immutable and safe for use by many threads. Names and values lie in one array, because a hub
/// holds hundreds of thousands of these.
public final class Labels implements Comparable<Labels> {
  private static final Labels EMPTY = new Labels(new String[0]);

  /// name, value, name, value …
  private final String[] pairs;

  private int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  /// The labels of nothing.
  public static Labels empty() {
    return EMPTY;
  }

  /// Labels from alternating names and values in any order.
  ///
  /// @throws IllegalArgumentException when a name repeats or a value is missing
  public static Labels of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "a label name without a value: " + Arrays.toString(namesAndValues));
    }
    Builder builder = new Builder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (builder.has(namesAndValues[i])) {
        throw new IllegalArgumentException("label '" + namesAndValues[i] + "' stands twice");
      }
      builder.set(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  /// Labels from a map.
  public static Labels of(Map<String, String> map) {
    Builder builder = new Builder();
    map.forEach(builder::set);
    return builder.build();
  }

  /// Wraps alternating names and values that are already sorted by name, free of duplicates and of
  /// empty values. The array is kept, not copied: the caller must not write to it afterwards.
  public static Labels ofSorted(String[] sortedPairs) {
    return sortedPairs.length == 0 ? EMPTY : new Labels(sortedPairs);
  }

  /// A builder that starts with these labels.
  public Builder toBuilder() {
    Builder builder = new Builder();
    for (int i = 0; i < pairs.length; i += 2) {
      builder.set(pairs[i], pairs[i + 1]);
    }
    return builder;
  }

  /// How many labels there are.
  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  /// The name of the label at a position, 0 ≤ index < [#size].
  public String name(int index) {
    return pairs[2 * index];
  }

  /// The value of the label at a position, 0 ≤ index < [#size].
  public String value(int index) {
    return pairs[2 * index + 1];
  }

  /// The value of a label, or null when it is not there.
  public @Nullable String get(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  /// The value of a label, or the empty string, which in PromQL means the same as no label.
  public String valueOrEmpty(String name) {
    String value = get(name);
    return value == null ? "" : value;
  }

  /// The metric's name, or the empty string.
  public String metricName() {
    return valueOrEmpty(Label.METRIC_NAME);
  }

  /// These labels with one set; an empty value removes it.
  public Labels with(String name, String value) {
    return toBuilder().set(name, value).build();
  }

  /// These labels but for the named ones.
  public Labels without(Collection<String> names) {
    return filter(names, false);
  }

  /// Only the named ones of these labels.
  public Labels keep(Collection<String> names) {
    return filter(names, true);
  }

  private Labels filter(Collection<String> names, boolean keepNamed) {
    String[] kept = new String[pairs.length];
    int length = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      if (names.contains(pairs[i]) == keepNamed) {
        kept[length++] = pairs[i];
        kept[length++] = pairs[i + 1];
      }
    }
    return length == pairs.length ? this : ofSorted(Arrays.copyOf(kept, length));
  }

  /// These labels as a map in their order.
  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>(Math.max(4, pairs.length));
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  /// Orders by the first label that differs, names before values, as Prometheus's API does.
  @Override
  public int compareTo(Labels other) {
    int shared = Math.min(pairs.length, other.pairs.length);
    for (int i = 0; i < shared; i++) {
      int order = Utf8Order.INSTANCE.compare(pairs[i], other.pairs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(pairs.length, other.pairs.length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Labels that && Arrays.equals(pairs, that.pairs);
  }

  @Override
  public int hashCode() {
    // A racy single-check cache, as in String: every thread computes the same int.
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(pairs);
      hash = h;
    }
    return h;
  }

  /// The series in PromQL's notation, `name{label="value"}`.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(metricName());
    boolean braces = false;
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(Label.METRIC_NAME)) {
        continue;
      }
      out.append(braces ? ", " : "{").append(pairs[i]).append("=\"");
      appendEscaped(out, pairs[i + 1]);
      out.append('"');
      braces = true;
    }
    if (braces) {
      out.append('}');
    } else if (out.isEmpty()) {
      out.append("{}");
    }
    return out.toString();
  }

  private static void appendEscaped(StringBuilder out, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
  }

  /// Collects labels in any order; the last value set for a name wins. Not thread-safe.
  public static final class Builder {
    private final TreeMap<String, String> sorted = new TreeMap<>(Utf8Order.INSTANCE);

    /// Sets a label; an empty value removes it.
    public Builder set(String name, String value) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a label needs a name (its value is '" + value + "')");
      }
      if (value.isEmpty()) {
        sorted.remove(name);
      } else {
        sorted.put(name, value);
      }
      return this;
    }

    /// Removes a label; nothing happens when it is not there.
    public Builder remove(String name) {
      sorted.remove(name);
      return this;
    }

    /// Whether a label is set.
    public boolean has(String name) {
      return sorted.containsKey(name);
    }

    /// The labels collected so far; the builder can be used on.
    public Labels build() {
      String[] pairs = new String[2 * sorted.size()];
      int i = 0;
      for (Map.Entry<String, String> entry : sorted.entrySet()) {
        pairs[i++] = entry.getKey();
        pairs[i++] = entry.getValue();
      }
      return ofSorted(pairs);
    }
  }
}
