package io.evenkeel.tsdb.storage;

import io.evenkeel.model.StaleMarker;

/// Folds the samples of one series, given in time order, into rollups. Not thread-safe.
public final class RollupFold {
  private final Resolution resolution;
  private final RollupColumns into;
  private boolean open;
  private boolean stale;
  private long end;
  private long count;
  private double sum;
  private double compensation;
  private double min;
  private double max;
  private long firstTime;
  private double first;
  private long lastTime;
  private double last;
  private double resets;

  public RollupFold(Resolution resolution, RollupColumns into) {
    this.resolution = resolution;
    this.into = into;
  }

  /// Takes the samples of a buffer; native histograms among them are left out.
  public void add(SampleColumns samples) {
    for (int i = 0; i < samples.size(); i++) {
      if (samples.histogram(i) == null) {
        add(samples.times()[i], samples.valueBits()[i]);
      }
    }
  }

  private void add(long time, long bits) {
    long bucket = resolution.bucketEnd(time);
    if (open && bucket != end) {
      finish();
    }
    if (!open) {
      begin(bucket);
    }
    stale = StaleMarker.is(bits);
    if (stale) {
      return;
    }
    double value = Double.longBitsToDouble(bits);
    if (count == 0) {
      firstTime = time;
      first = value;
      min = value;
      max = value;
    } else {
      resets += value < last ? last : 0;
      min = value < min || Double.isNaN(min) ? value : min;
      max = value > max || Double.isNaN(max) ? value : max;
    }
    lastTime = time;
    last = value;
    count++;
    sum(value);
  }

  /// Neumaier's form of Kahan's sum (Zeitschrift für Angewandte Mathematik und Mechanik 54, 1974).
  private void sum(double value) {
    double next = sum + value;
    if (Double.isInfinite(next)) {
      compensation = 0;
    } else if (Math.abs(sum) >= Math.abs(value)) {
      compensation += (sum - next) + value;
    } else {
      compensation += (value - next) + sum;
    }
    sum = next;
  }

  private void begin(long bucket) {
    open = true;
    end = bucket;
    count = 0;
    sum = 0;
    compensation = 0;
    min = Double.NaN;
    max = Double.NaN;
    firstTime = bucket;
    first = 0;
    lastTime = bucket;
    last = 0;
    resets = 0;
  }

  /// Hands out the bucket that is being filled, if any.
  public void finish() {
    if (open) {
      into.add(
          end,
          count,
          firstTime,
          first,
          lastTime,
          last,
          min,
          max,
          Double.isFinite(sum) ? sum + compensation : sum,
          resets,
          stale);
      open = false;
    }
  }
}
