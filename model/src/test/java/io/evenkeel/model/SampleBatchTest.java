package io.evenkeel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleBatchTest {
  private static final NativeHistogram HISTOGRAM =
      new NativeHistogram(
          0,
          true,
          NativeHistogram.ResetHint.UNKNOWN,
          1e-128,
          0,
          3,
          4.5,
          List.of(new NativeHistogram.Span(0, 2)),
          new double[] {1, 2},
          List.of(),
          new double[0],
          new double[0]);

  @Test
  void carries_raw_bits_start_times_and_histograms_past_its_first_room()
      throws InvalidLabelsException {
    SampleBatch batch = new SampleBatch();
    for (int i = 0; i < 1_000; i++) {
      int series = batch.addSeries(Labels.of("i", Integer.toString(i)));
      switch (i % 3) {
        case 0 -> batch.addSample(series, i, StaleMarker.BITS);
        case 1 -> batch.addSample(series, i, Double.doubleToRawLongBits(i), 7);
        default -> batch.addHistogram(series, i, HISTOGRAM, 9);
      }
    }
    assertThat(batch.sampleCount()).isEqualTo(1_000);
    for (int i = 0; i < 1_000; i++) {
      assertThat(batch.series(i)).isEqualTo(i);
      assertThat(batch.time(i)).isEqualTo(i);
      assertThat(batch.labels(i)).isEqualTo(Labels.of("i", Integer.toString(i)));
      switch (i % 3) {
        case 0 -> assertThat(StaleMarker.is(batch.valueBits(i))).isTrue();
        case 1 -> assertThat(batch.startTime(i)).isEqualTo(7);
        default -> {
          assertThat(batch.histogram(i)).isEqualTo(HISTOGRAM);
          assertThat(batch.startTime(i)).isEqualTo(9);
        }
      }
      assertThat(batch.histogram(i) == null).isEqualTo(i % 3 != 2);
      assertThat(batch.startTime(i) == 0).isEqualTo(i % 3 == 0);
    }
  }

  @Test
  void forgets_start_times_and_histograms_when_it_is_used_again() {
    SampleBatch batch = new SampleBatch();
    batch.addHistogram(batch.addSeries(Labels.of("a", "1")), 1, HISTOGRAM, 5);
    batch.clear();
    batch.addSample(batch.addSeries(Labels.of("a", "1")), 2, 1.0);
    assertThat(batch.histogram(0)).isNull();
    assertThat(batch.startTime(0)).isZero();
  }

  @Test
  void samples_taken_out_leave_no_trace_and_the_others_keep_everything() {
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(Labels.of("a", "1"));
    batch.addSample(series, 1, 1.0);
    batch.addHistogram(series, 2, HISTOGRAM, 5);
    batch.addSample(series, 3, Double.doubleToRawLongBits(3.0), 9);
    batch.addHistogram(series, 4, HISTOGRAM, 0);
    BitSet out = new BitSet();
    out.set(1);
    out.set(3);
    batch.removeSamples(out);
    assertThat(batch.sampleCount()).isEqualTo(2);
    assertThat(batch.time(1)).isEqualTo(3);
    assertThat(batch.startTime(0)).isZero();
    assertThat(batch.startTime(1)).isEqualTo(9);
    assertThat(batch.histogram(1)).isNull();
    batch.addSample(series, 5, 5.0);
    assertThat(batch.histogram(2)).isNull();
    assertThat(batch.startTime(2)).isZero();
  }

  @Test
  void refuses_a_sample_of_a_series_that_was_not_named() {
    assertThatThrownBy(() -> new SampleBatch().addSample(0, 1, 1.0))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("series 0 of 0");
  }
}
