package io.evenkeel.promql.histogram;

import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.promql.FloatText;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A native histogram to calculate with. Immutable.
///
/// Buckets are kept by index instead of by span, which makes every operation a walk over sorted
/// lists. Buckets that count nothing may be there; [#compact] takes them out, where Prometheus does
/// so.
public final class Histogram {
  private static final int CUSTOM = NativeHistogram.CUSTOM_BUCKETS_SCHEMA;

  final int schema;
  final double zeroThreshold;
  final double zeroCount;
  final double count;
  final double sum;
  final Buckets positive;
  final Buckets negative;

  /// Upper bounds of a custom schema, else empty.
  final double[] bounds;

  final ResetHint hint;

  Histogram(
      int schema,
      double zeroThreshold,
      double zeroCount,
      double count,
      double sum,
      Buckets positive,
      Buckets negative,
      double[] bounds,
      ResetHint hint) {
    this.schema = schema;
    this.zeroThreshold = zeroThreshold;
    this.zeroCount = zeroCount;
    this.count = count;
    this.sum = sum;
    this.positive = positive;
    this.negative = negative;
    this.bounds = bounds;
    this.hint = hint;
  }

  /// What two histograms add up to.
  ///
  /// @param hintsCollide whether one of them followed a counter reset and the other did not
  /// @param boundsReconciled whether their custom bounds differed, so that only common ones are
  ///   left
  public record Combination(Histogram value, boolean hintsCollide, boolean boundsReconciled) {}

  /// A stored value to calculate with.
  public static Histogram of(NativeHistogram stored) {
    return new Histogram(
        stored.schema(),
        stored.zeroThreshold(),
        stored.zeroCount(),
        stored.count(),
        stored.sum(),
        Buckets.of(stored.positiveSpans(), stored.positiveCounts()),
        Buckets.of(stored.negativeSpans(), stored.negativeCounts()),
        stored.customBounds(),
        stored.resetHint());
  }

  /// An empty one with another's bounds.
  public Histogram emptied() {
    return new Histogram(schema, 0, 0, 0, 0, Buckets.NONE, Buckets.NONE, bounds, ResetHint.UNKNOWN);
  }

  /// As a value of a query's answer.
  public NativeHistogram toNative() {
    return new NativeHistogram(
        schema,
        false,
        hint,
        zeroThreshold,
        zeroCount,
        count,
        sum,
        positive.spans(),
        positive.counts,
        negative.spans(),
        negative.counts,
        bounds);
  }

  public int schema() {
    return schema;
  }

  public double count() {
    return count;
  }

  public double sum() {
    return sum;
  }

  public ResetHint hint() {
    return hint;
  }

  /// Whether the bounds are listed instead of exponential.
  public boolean isCustom() {
    return schema == CUSTOM;
  }

  /// About how many numbers it takes, for memory budgets.
  public int size() {
    return 9 + 2 * positive.size() + 2 * negative.size() + bounds.length;
  }

  public Histogram withHint(ResetHint other) {
    return other == hint
        ? this
        : new Histogram(
            schema, zeroThreshold, zeroCount, count, sum, positive, negative, bounds, other);
  }

  /// Without buckets that count nothing.
  public Histogram compact() {
    Buckets up = positive.compact();
    Buckets down = negative.compact();
    return up.size() == positive.size() && down.size() == negative.size()
        ? this
        : withBuckets(up, down);
  }

  private Histogram withBuckets(Buckets up, Buckets down) {
    return new Histogram(schema, zeroThreshold, zeroCount, count, sum, up, down, bounds, hint);
  }

  /// Every count and the sum times a factor; a negative one makes a gauge.
  public Histogram times(double factor) {
    return new Histogram(
        schema,
        zeroThreshold,
        zeroCount * factor,
        count * factor,
        sum * factor,
        positive.scaled(factor, false),
        negative.scaled(factor, false),
        bounds,
        factor < 0 ? ResetHint.GAUGE : hint);
  }

  /// Every count and the sum divided; by zero, the buckets go.
  public Histogram dividedBy(double divisor) {
    return new Histogram(
        schema,
        zeroThreshold,
        zeroCount / divisor,
        count / divisor,
        sum / divisor,
        divisor == 0 ? Buckets.NONE : positive.scaled(divisor, true),
        divisor == 0 ? Buckets.NONE : negative.scaled(divisor, true),
        bounds,
        divisor < 0 ? ResetHint.GAUGE : hint);
  }

  /// This plus another, in the coarser layout of both; nothing when one has exponential and the
  /// other listed bounds.
  public Optional<Combination> plus(Histogram other) {
    return combine(other, 1);
  }

  /// This minus another, as [#plus].
  public Optional<Combination> minus(Histogram other) {
    return combine(other, -1);
  }

  private Optional<Combination> combine(Histogram other, double sign) {
    if (isCustom() != other.isCustom()) {
      return Optional.empty();
    }
    Layout layout = Layout.common(this, other);
    Histogram a = layout.apply(this);
    Histogram b = layout.apply(other);
    Histogram value =
        new Histogram(
            a.schema,
            a.zeroThreshold,
            a.zeroCount + sign * b.zeroCount,
            a.count + sign * b.count,
            a.sum + sign * b.sum,
            a.positive.plus(b.positive, sign, null),
            a.negative.plus(b.negative, sign, null),
            a.bounds,
            joined(hint, other.hint));
    return Optional.of(new Combination(value, collide(hint, other.hint), layout.reconciled()));
  }

  /// The hint of a sum.
  static ResetHint joined(ResetHint a, ResetHint b) {
    if (a == b) {
      return a;
    }
    return a == ResetHint.GAUGE || b == ResetHint.GAUGE ? ResetHint.GAUGE : ResetHint.UNKNOWN;
  }

  static boolean collide(ResetHint a, ResetHint b) {
    return (a == ResetHint.YES && b == ResetHint.NO) || (a == ResetHint.NO && b == ResetHint.YES);
  }

  /// In a schema with fewer buckets.
  public Histogram coarser(int target) {
    return target >= schema || isCustom()
        ? this
        : new Histogram(
            target,
            zeroThreshold,
            zeroCount,
            count,
            sum,
            positive.coarser(schema - target),
            negative.coarser(schema - target),
            bounds,
            ResetHint.UNKNOWN);
  }

  /// Whether the counter was reset between another value and this later one: said by the hint, or
  /// because some count fell, or because the layout became finer, which only a restart does.
  public boolean isResetAfter(Histogram previous) {
    return switch (hint) {
      case YES -> true;
      case NO -> false;
      case UNKNOWN, GAUGE -> detectsReset(previous);
    };
  }

  private boolean detectsReset(Histogram previous) {
    if (count < previous.count) {
      return true;
    }
    if (isCustom()) {
      return !previous.isCustom() || customFell(previous);
    }
    if (schema > previous.schema || zeroThreshold < previous.zeroThreshold) {
      return true;
    }
    if (previous.isCustom()) {
      return false;
    }
    Layout.Zero zero = Layout.zeroAt(previous, zeroThreshold);
    if (zero.threshold() != zeroThreshold || zeroCount < zero.count()) {
      return true;
    }
    Histogram before = previous.coarser(schema);
    return fell(beyondZero(positive), beyondZero(before.positive))
        || fell(beyondZero(negative), beyondZero(before.negative));
  }

  private Buckets beyondZero(Buckets buckets) {
    int from = 0;
    while (from < buckets.size()
        && ExponentialBounds.upper(buckets.indexes[from], schema) <= zeroThreshold) {
      from++;
    }
    return buckets.from(from);
  }

  private static boolean fell(Buckets now, Buckets before) {
    int i = 0;
    for (int j = 0; j < before.size(); j++) {
      while (i < now.size() && now.indexes[i] < before.indexes[j]) {
        i++;
      }
      double current = i < now.size() && now.indexes[i] == before.indexes[j] ? now.counts[i] : 0;
      if (current < before.counts[j]) {
        return true;
      }
    }
    return false;
  }

  private boolean customFell(Histogram previous) {
    if (Arrays.equals(bounds, previous.bounds)) {
      return fell(positive, previous.positive);
    }
    double[] common = Layout.intersection(bounds, previous.bounds);
    return fell(
        Layout.rebound(positive, bounds, common),
        Layout.rebound(previous.positive, previous.bounds, common));
  }

  /// Whether a number in it has become infinite or none.
  boolean hasOverflown() {
    return !Double.isFinite(zeroCount)
        || !Double.isFinite(count)
        || !Double.isFinite(sum)
        || !Double.isFinite(positive.total())
        || !Double.isFinite(negative.total());
  }

  /// Visits buckets from the lowest to the highest.
  public interface BucketVisitor {
    /// @return whether to go on
    boolean visit(double lower, double upper, double bucketCount);
  }

  /// Visits every bucket, those that count nothing too.
  public void forEachAscending(BucketVisitor visitor) {
    for (int i = negative.size() - 1; i >= 0; i--) {
      if (!visitNegative(i, visitor)) {
        return;
      }
    }
    if (zeroCount > 0 && !visitor.visit(-zeroThreshold, zeroThreshold, zeroCount)) {
      return;
    }
    for (int i = 0; i < positive.size(); i++) {
      if (!visitPositive(i, visitor)) {
        return;
      }
    }
  }

  void forEachDescending(BucketVisitor visitor) {
    for (int i = positive.size() - 1; i >= 0; i--) {
      if (!visitPositive(i, visitor)) {
        return;
      }
    }
    if (zeroCount > 0 && !visitor.visit(-zeroThreshold, zeroThreshold, zeroCount)) {
      return;
    }
    for (int i = 0; i < negative.size(); i++) {
      if (!visitNegative(i, visitor)) {
        return;
      }
    }
  }

  private boolean visitPositive(int i, BucketVisitor visitor) {
    double lower = positiveLower(i);
    if (lower > 0 && lower < zeroThreshold) {
      lower = zeroThreshold;
    }
    return visitor.visit(lower, positiveUpper(i), positive.counts[i]);
  }

  private boolean visitNegative(int i, BucketVisitor visitor) {
    int index = negative.indexes[i];
    double upper = -ExponentialBounds.upper(index - 1, schema);
    if (upper < 0 && upper > -zeroThreshold) {
      upper = -zeroThreshold;
    }
    return visitor.visit(-ExponentialBounds.upper(index, schema), upper, negative.counts[i]);
  }

  double positiveLower(int i) {
    int index = positive.indexes[i];
    if (!isCustom()) {
      return ExponentialBounds.upper(index - 1, schema);
    }
    return index <= 0 ? Double.NEGATIVE_INFINITY : bound(index - 1);
  }

  double positiveUpper(int i) {
    int index = positive.indexes[i];
    return isCustom() ? bound(index) : ExponentialBounds.upper(index, schema);
  }

  private double bound(int index) {
    return index < bounds.length ? bounds[index] : Double.POSITIVE_INFINITY;
  }

  /// Whether both say the same, hints aside.
  public boolean sameAs(Histogram other) {
    return schema == other.schema
        && bits(count) == bits(other.count)
        && bits(sum) == bits(other.sum)
        && zeroThreshold == other.zeroThreshold
        && bits(zeroCount) == bits(other.zeroCount)
        && (!isCustom() || Arrays.equals(bounds, other.bounds))
        && positive.equals(other.positive)
        && negative.equals(other.negative);
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  /// In Prometheus's notation: `{count:3, sum:4, [-0.1,0.1]:1, (1,2]:2}`.
  @Override
  public String toString() {
    StringBuilder out =
        new StringBuilder("{count:")
            .append(FloatText.general(count))
            .append(", sum:")
            .append(FloatText.general(sum));
    for (int i = negative.size() - 1; i >= 0; i--) {
      int index = negative.indexes[i];
      append(
          out,
          '[',
          -ExponentialBounds.upper(index, schema),
          -ExponentialBounds.upper(index - 1, schema),
          ')',
          negative.counts[i]);
    }
    append(out, '[', -zeroThreshold, zeroThreshold, ']', zeroCount);
    for (int i = 0; i < positive.size(); i++) {
      char open = positiveLower(i) == Double.NEGATIVE_INFINITY ? '[' : '(';
      append(out, open, positiveLower(i), positiveUpper(i), ']', positive.counts[i]);
    }
    return out.append('}').toString();
  }

  private static void append(
      StringBuilder out, char open, double lower, double upper, char close, double count) {
    if (count != 0) {
      out.append(", ")
          .append(open)
          .append(FloatText.general(lower))
          .append(',')
          .append(FloatText.general(upper))
          .append(close)
          .append(':')
          .append(FloatText.general(count));
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Histogram that && hint == that.hint && sameAs(that);
  }

  @Override
  public int hashCode() {
    return 31 * Double.hashCode(count) + Double.hashCode(sum);
  }
}
