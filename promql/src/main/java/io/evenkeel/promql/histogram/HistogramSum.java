package io.evenkeel.promql.histogram;

import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.promql.histogram.Buckets.Compensation;

/// Adds histograms up, or takes their mean, with compensated summation (Neumaier 1974) of every
/// count. Not thread-safe.
public final class HistogramSum {
  private Histogram total;
  private double size = 1;
  private boolean reset;
  private boolean noReset;
  private boolean boundsReconciled;

  /// Whether adding would overflow, so that `total` is the running mean instead.
  private boolean running;

  private double zeroError;
  private double countError;
  private double sumError;
  private Compensation positiveErrors = new Compensation();
  private Compensation negativeErrors = new Compensation();

  public HistogramSum(Histogram first) {
    total = first;
    note(first);
  }

  private void note(Histogram added) {
    reset |= added.hint == ResetHint.YES;
    noReset |= added.hint == ResetHint.NO;
  }

  /// Whether some of the histograms followed a counter reset and others did not.
  public boolean hintsCollide() {
    return reset && noReset;
  }

  /// Whether custom bounds differed, so that only the common ones are left.
  public boolean boundsReconciled() {
    return boundsReconciled;
  }

  /// Adds one for a sum; false when exponential and listed bounds meet.
  public boolean add(Histogram added) {
    if (total.isCustom() != added.isCustom()) {
      return false;
    }
    note(added);
    size++;
    plus(added);
    return true;
  }

  /// Adds one for a mean; false when exponential and listed bounds meet.
  public boolean addForMean(Histogram added) {
    if (total.isCustom() != added.isCustom()) {
      return false;
    }
    note(added);
    size++;
    if (!running) {
      Histogram before = total;
      double[] errors = {zeroError, countError, sumError};
      Buckets up = positiveErrors.buckets;
      Buckets down = negativeErrors.buckets;
      plus(added);
      if (!total.hasOverflown() || before.hasOverflown()) {
        return true;
      }
      total = before;
      zeroError = errors[0];
      countError = errors[1];
      sumError = errors[2];
      positiveErrors.buckets = up;
      negativeErrors.buckets = down;
      running = true;
      scale(1 / (size - 1));
    }
    scale((size - 1) / size);
    plus(added.dividedBy(size));
    return true;
  }

  private void scale(double factor) {
    ResetHint hint = total.hint;
    total = total.times(factor).withHint(hint);
    zeroError *= factor;
    countError *= factor;
    sumError *= factor;
    positiveErrors.buckets = positiveErrors.buckets.scaled(factor, false);
    negativeErrors.buckets = negativeErrors.buckets.scaled(factor, false);
  }

  private void plus(Histogram added) {
    Layout layout = Layout.common(total, added);
    boundsReconciled |= layout.reconciled();
    Histogram errors =
        layout.apply(
            new Histogram(
                total.schema,
                total.zeroThreshold,
                zeroError,
                countError,
                sumError,
                positiveErrors.buckets,
                negativeErrors.buckets,
                total.bounds,
                ResetHint.UNKNOWN));
    positiveErrors.buckets = errors.positive;
    negativeErrors.buckets = errors.negative;
    Histogram a = layout.apply(total);
    Histogram b = layout.apply(added);
    double zero = a.zeroCount + b.zeroCount;
    double count = a.count + b.count;
    double sum = a.sum + b.sum;
    zeroError = errors.zeroCount + Compensation.error(a.zeroCount, b.zeroCount, zero);
    countError = errors.count + Compensation.error(a.count, b.count, count);
    sumError = errors.sum + Compensation.error(a.sum, b.sum, sum);
    total =
        new Histogram(
            a.schema,
            a.zeroThreshold,
            zero,
            count,
            sum,
            a.positive.plus(b.positive, 1, positiveErrors),
            a.negative.plus(b.negative, 1, negativeErrors),
            a.bounds,
            Histogram.joined(total.hint, added.hint));
  }

  /// The sum.
  public Histogram sum() {
    return new Histogram(
        total.schema,
        total.zeroThreshold,
        corrected(total.zeroCount, zeroError),
        corrected(total.count, countError),
        corrected(total.sum, sumError),
        total.positive.plus(positiveErrors.buckets, 1, null),
        total.negative.plus(negativeErrors.buckets, 1, null),
        total.bounds,
        total.hint);
  }

  private static double corrected(double value, double error) {
    return Double.isFinite(value) ? value + error : value;
  }

  /// The mean.
  public Histogram mean() {
    return running ? sum() : sum().dividedBy(size);
  }
}
