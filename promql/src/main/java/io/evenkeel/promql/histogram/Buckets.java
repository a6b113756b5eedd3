package io.evenkeel.promql.histogram;

import io.evenkeel.model.NativeHistogram.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The buckets of one side of a histogram: indexes, ascending, and a count for each. Immutable by
/// contract: the arrays are shared and never written to after construction.
final class Buckets {
  static final Buckets NONE = new Buckets(new int[0], new double[0]);

  final int[] indexes;
  final double[] counts;

  Buckets(int[] indexes, double[] counts) {
    this.indexes = indexes;
    this.counts = counts;
  }

  static Buckets of(List<Span> spans, double[] counts) {
    if (counts.length == 0) {
      return NONE;
    }
    int[] indexes = new int[counts.length];
    int at = 0;
    int index = 0;
    for (Span span : spans) {
      index += span.offset();
      for (int i = 0; i < span.length(); i++) {
        indexes[at++] = index++;
      }
    }
    return new Buckets(indexes, counts);
  }

  List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    int end = 0;
    for (int from = 0; from < indexes.length; ) {
      int to = from + 1;
      while (to < indexes.length && indexes[to] == indexes[to - 1] + 1) {
        to++;
      }
      spans.add(new Span(indexes[from] - end, to - from));
      end = indexes[to - 1] + 1;
      from = to;
    }
    return spans;
  }

  int size() {
    return indexes.length;
  }

  double total() {
    double total = 0;
    for (double count : counts) {
      total += count;
    }
    return total;
  }

  Buckets scaled(double factor, boolean divide) {
    if (counts.length == 0) {
      return this;
    }
    double[] scaled = new double[counts.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = divide ? counts[i] / factor : counts[i] * factor;
    }
    return new Buckets(indexes, scaled);
  }

  /// Without those that count nothing.
  Buckets compact() {
    int kept = 0;
    for (double count : counts) {
      kept += count != 0 ? 1 : 0;
    }
    if (kept == counts.length) {
      return this;
    }
    int[] newIndexes = new int[kept];
    double[] newCounts = new double[kept];
    int at = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        newIndexes[at] = indexes[i];
        newCounts[at++] = counts[i];
      }
    }
    return new Buckets(newIndexes, newCounts);
  }

  /// From a position on.
  Buckets from(int position) {
    return position == 0
        ? this
        : new Buckets(
            Arrays.copyOfRange(indexes, position, indexes.length),
            Arrays.copyOfRange(counts, position, counts.length));
  }

  /// With neighbours merged, 2^steps old buckets into one.
  Buckets coarser(int steps) {
    if (steps == 0 || counts.length == 0) {
      return this;
    }
    int[] newIndexes = new int[counts.length];
    double[] newCounts = new double[counts.length];
    int size = 0;
    for (int i = 0; i < counts.length; i++) {
      int index = ((indexes[i] - 1) >> steps) + 1;
      if (size > 0 && newIndexes[size - 1] == index) {
        newCounts[size - 1] += counts[i];
      } else {
        newIndexes[size] = index;
        newCounts[size++] = counts[i];
      }
    }
    return new Buckets(Arrays.copyOf(newIndexes, size), Arrays.copyOf(newCounts, size));
  }

  /// Bucket by bucket this + sign · other. With a compensation, the rounding errors are added to it
  /// (Neumaier 1974); it must have no bucket that this side lacks.
  Buckets plus(Buckets other, double sign, @Nullable Compensation compensation) {
    if (other.size() == 0 && compensation == null) {
      return this;
    }
    int most = size() + other.size();
    int[] newIndexes = new int[most];
    double[] newCounts = new double[most];
    double[] errors = compensation == null ? null : new double[most];
    Buckets old = compensation == null ? NONE : compensation.buckets;
    int size = 0;
    int i = 0;
    int j = 0;
    int k = 0;
    while (i < size() || j < other.size()) {
      int index =
          Math.min(
              i < size() ? indexes[i] : Integer.MAX_VALUE,
              j < other.size() ? other.indexes[j] : Integer.MAX_VALUE);
      double mine = i < size() && indexes[i] == index ? counts[i++] : 0;
      boolean changes = j < other.size() && other.indexes[j] == index;
      double added = changes ? sign * other.counts[j++] : 0;
      double sum = changes ? mine + added : mine;
      newIndexes[size] = index;
      newCounts[size] = sum;
      if (errors != null) {
        while (k < old.size() && old.indexes[k] < index) {
          k++;
        }
        double before = k < old.size() && old.indexes[k] == index ? old.counts[k] : 0;
        errors[size] = before + Compensation.error(mine, added, sum);
      }
      size++;
    }
    int[] finalIndexes = Arrays.copyOf(newIndexes, size);
    if (compensation != null && errors != null) {
      compensation.buckets = new Buckets(finalIndexes, Arrays.copyOf(errors, size));
    }
    return new Buckets(finalIndexes, Arrays.copyOf(newCounts, size));
  }

  /// The rounding errors of one side while it is summed.
  static final class Compensation {
    Buckets buckets = NONE;

    /// What an addition lost.
    static double error(double a, double b, double sum) {
      if (Double.isInfinite(sum)) {
        return 0;
      }
      return Math.abs(a) >= Math.abs(b) ? (a - sum) + b : (b - sum) + a;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Buckets that
        && Arrays.equals(indexes, that.indexes)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(indexes) + Arrays.hashCode(counts);
  }
}
