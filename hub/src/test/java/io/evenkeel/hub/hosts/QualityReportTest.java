package io.evenkeel.hub.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.memory.MemoryStore;
import org.junit.jupiter.api.Test;

class QualityReportTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final long FROM = NOW - 86_400_000;

  private final MemoryStore store = new MemoryStore();

  private void add(long time, double value, String... labels) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(Labels.of(labels)), time, value);
    store.append(batch);
  }

  private void doubtful(long time, double value, String reason) {
    add(
        time,
        value,
        "__name__",
        "evenkeel_clean_doubtful_samples_total",
        "job",
        "evenkeel",
        "host",
        "web1",
        "reason",
        reason);
  }

  @Test
  void counts_are_what_the_counters_grew_by_in_the_range_restarts_included() {
    doubtful(FROM - 5_000, 100, "non_finite");
    doubtful(FROM + 5_000, 103, "non_finite");
    doubtful(NOW - 50_000, 110, "non_finite");
    doubtful(NOW - 40_000, 2, "non_finite");
    doubtful(NOW - 30_000, 4, "duplicate");
    add(
        NOW - 1_000,
        3,
        "__name__",
        "evenkeel_clean_counter_resets_total",
        "job",
        "evenkeel",
        "host",
        "web1");
    QualityReport report = QualityReport.read(store, "web1", FROM, NOW);
    assertThat(report.rejected())
        .containsExactly(
            new QualityReport.Rejected("non_finite", 9),
            new QualityReport.Rejected("duplicate", 4));
    assertThat(report.resets()).isEqualTo(3);
    assertThat(QualityReport.read(store, "other", FROM, NOW).rejected()).isEmpty();
  }

  @Test
  void outliers_come_with_their_median_the_newest_first() {
    for (long time : new long[] {NOW - 60_000, NOW - 5_000}) {
      add(time, 0.95, "__name__", "evenkeel_suspect_value", "instance", "web1", "signal", "cpu");
    }
    add(
        NOW - 5_000,
        0.2,
        "__name__",
        "evenkeel_suspect_median",
        "instance",
        "web1",
        "signal",
        "cpu");
    assertThat(QualityReport.read(store, "web1", FROM, NOW).suspects())
        .containsExactly(
            new QualityReport.Suspect("cpu", NOW - 5_000, 0.95, 0.2),
            new QualityReport.Suspect("cpu", NOW - 60_000, 0.95, null));
  }
}
