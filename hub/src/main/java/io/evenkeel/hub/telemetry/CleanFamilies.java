package io.evenkeel.hub.telemetry;

import io.evenkeel.hub.clean.CleanCounts;
import io.evenkeel.model.MetricType;
import java.util.List;

/// What cleaning counted, as metrics.
public final class CleanFamilies implements Family.Source {
  /// The counter of doubtful samples, by host and reason.
  public static final String DOUBTFUL = "evenkeel_clean_doubtful_samples_total";

  /// The counter of recognised counter resets, by host.
  public static final String RESETS = "evenkeel_clean_counter_resets_total";

  /// The label that names the host whose samples were meant.
  public static final String HOST = "host";

  /// The label that names the reason.
  public static final String REASON = "reason";

  private final CleanCounts counts;

  public CleanFamilies(CleanCounts counts) {
    this.counts = counts;
  }

  @Override
  public List<Family> families() {
    Family.Builder doubtful =
        Family.builder(DOUBTFUL, MetricType.COUNTER, "Samples found doubtful, by host and reason.");
    for (CleanCounts.Count count : counts.doubts()) {
      doubtful.add(count.count(), HOST, count.host(), REASON, count.what());
    }
    Family.Builder resets =
        Family.builder(RESETS, MetricType.COUNTER, "Counters that fell, by host.");
    for (CleanCounts.Count count : counts.resets()) {
      resets.add(count.count(), HOST, count.host());
    }
    Family.Builder suspects =
        Family.builder(
            "evenkeel_clean_suspect_values_total",
            MetricType.COUNTER,
            "Values of golden signals marked as outliers, by host and signal.");
    for (CleanCounts.Count count : counts.suspects()) {
      suspects.add(count.count(), HOST, count.host(), "signal", count.what());
    }
    return List.of(doubtful.build(), resets.build(), suspects.build());
  }
}
