package io.evenkeel.hub.clean;

import java.util.Arrays;
import java.util.OptionalDouble;

/// Tells outliers of one signal: values far from the median of those before, measured in their
/// median absolute deviation (MAD).
///
/// After Hampel (1974) and Pearson ("Outliers in process modeling and identification", IEEE Trans.
/// Control Systems Technology, 2002), used causally: a value is judged by the [#WINDOW] values
/// before it, never by later ones. It is an outlier when it lies more than [#THRESHOLD] × 1.4826 ×
/// MAD from the median (1.4826 makes the MAD of a normal distribution its standard deviation) and
/// more than the signal's smallest step. Pearson's threshold is 3; server signals have heavier
/// tails than the normal distribution, so 5 is used. A run of more than [#LONGEST_RUN] outliers is
/// a change of level: the window starts anew with it. Not thread-safe.
final class HampelFilter {
  /// How many values back the filter looks: a minute at the usual period.
  static final int WINDOW = 60;

  /// How many scaled MADs away an outlier lies at least.
  static final double THRESHOLD = 5;

  /// How many outliers may follow each other.
  static final int LONGEST_RUN = 5;

  /// How many values must have been seen before one is judged.
  static final int FEWEST = 20;

  private static final double MAD_TO_DEVIATION = 1.4826;

  private final double smallestStep;
  private final double[] window = new double[WINDOW];
  private final double[] sorted = new double[WINDOW];
  private int seen;
  private int run;

  HampelFilter(double smallestStep) {
    this.smallestStep = smallestStep;
  }

  /// Judges a value and remembers it; the median it was judged by when it is an outlier, else
  /// empty.
  OptionalDouble accept(double value) {
    int length = Math.min(seen, WINDOW);
    OptionalDouble verdict = OptionalDouble.empty();
    if (length >= FEWEST) {
      double median = medianOfWindow(length);
      double distance = Math.abs(value - median);
      if (distance > smallestStep
          && distance > THRESHOLD * MAD_TO_DEVIATION * mad(length, median)) {
        verdict = OptionalDouble.of(median);
      }
    }
    run = verdict.isPresent() ? run + 1 : 0;
    window[seen++ % WINDOW] = value;
    if (run > LONGEST_RUN) {
      startAnew();
      return OptionalDouble.empty();
    }
    return verdict;
  }

  /// Keeps only the run, the first values of the new level.
  private void startAnew() {
    double[] level = new double[run];
    for (int i = 0; i < run; i++) {
      level[i] = window[(seen - run + i) % WINDOW];
    }
    System.arraycopy(level, 0, window, 0, run);
    seen = run;
    run = 0;
  }

  private double medianOfWindow(int length) {
    System.arraycopy(window, 0, sorted, 0, length);
    return medianOfSorted(length);
  }

  private double mad(int length, double median) {
    for (int i = 0; i < length; i++) {
      sorted[i] = Math.abs(window[i] - median);
    }
    return medianOfSorted(length);
  }

  private double medianOfSorted(int length) {
    Arrays.sort(sorted, 0, length);
    int middle = length / 2;
    return length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
