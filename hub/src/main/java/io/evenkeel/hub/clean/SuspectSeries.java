package io.evenkeel.hub.clean;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;

/// The series that mark outliers: a sample exists only at moments when a golden signal was one.
public final class SuspectSeries {
  /// The raw value of the outlier.
  public static final String VALUE = "evenkeel_suspect_value";

  /// The median it was judged by.
  public static final String MEDIAN = "evenkeel_suspect_median";

  /// The label that names the signal.
  public static final String SIGNAL = "signal";

  private SuspectSeries() {}

  static Labels labels(String metric, String instance, String job, GoldenSignal signal) {
    return Labels.of(
        Label.METRIC_NAME,
        metric,
        Label.INSTANCE,
        instance,
        Label.JOB,
        job,
        SIGNAL,
        signal.label());
  }
}
