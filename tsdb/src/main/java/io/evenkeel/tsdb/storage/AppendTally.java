package io.evenkeel.tsdb.storage;

import io.evenkeel.tsdb.storage.AppendReport.Rejection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts what becomes of one batch while a store works through it. Not thread-safe.
public final class AppendTally {
  private static final int DETAILS = 10;

  private int samples;
  private int histograms;
  private int exemplars;
  private @Nullable Map<Rejection, Integer> rejected;
  private @Nullable List<String> details;

  /// Counts a stored number.
  public void sample() {
    samples++;
  }

  /// Counts a stored native histogram.
  public void histogram() {
    histograms++;
  }

  /// Counts a kept exemplar.
  public void exemplar() {
    exemplars++;
  }

  /// Counts a refusal; the text is asked for only while few refusals have one.
  public void reject(Rejection reason, Supplier<String> detail) {
    if (rejected == null || details == null) {
      rejected = new EnumMap<>(Rejection.class);
      details = new ArrayList<>();
    }
    rejected.merge(reason, 1, Integer::sum);
    if (reason != Rejection.DUPLICATE && details.size() < DETAILS) {
      details.add(detail.get());
    }
  }

  /// The counts so far.
  public AppendReport report() {
    return new AppendReport(
        samples,
        histograms,
        exemplars,
        rejected == null ? Map.of() : rejected,
        details == null ? List.of() : details);
  }
}
