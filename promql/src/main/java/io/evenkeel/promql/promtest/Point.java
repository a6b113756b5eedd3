package io.evenkeel.promql.promtest;

import io.evenkeel.model.StaleMarker;
import io.evenkeel.promql.histogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A sample as a script writes it.
///
/// @param bits the number's bits; meaningless for a histogram
/// @param histogram the histogram, or null for a number
/// @param hintGiven whether the script says whether the histogram follows a counter reset
record Point(long bits, @Nullable Histogram histogram, boolean hintGiven) {
  static final Point STALE = new Point(StaleMarker.BITS, null, false);

  static Point of(double value) {
    return new Point(Double.doubleToRawLongBits(value), null, false);
  }

  static Point of(Histogram histogram, boolean hintGiven) {
    return new Point(0, histogram, hintGiven);
  }

  double value() {
    return Double.longBitsToDouble(bits);
  }

  @Override
  public String toString() {
    return histogram == null ? Double.toString(value()) : histogram.toString();
  }
}
