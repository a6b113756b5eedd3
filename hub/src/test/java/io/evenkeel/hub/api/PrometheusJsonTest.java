package io.evenkeel.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.MatrixSeries;
import io.evenkeel.promql.Value.VectorSample;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrometheusJsonTest {
  private static final String BUCKETS =
      "{\"count\":\"5\",\"sum\":\"5.5\",\"buckets\":[[1,\"-2\",\"-1\",\"1\"],"
          + "[3,\"-0.001\",\"0.001\",\"1\"],[0,\"0.5\",\"1\",\"1\"],[0,\"1\",\"2\",\"2\"]]}";

  private static final NativeHistogram HISTOGRAM =
      new NativeHistogram(
          0,
          true,
          ResetHint.UNKNOWN,
          0.001,
          1,
          5,
          5.5,
          List.of(new Span(0, 2)),
          new double[] {1, 2},
          List.of(new Span(1, 1)),
          new double[] {1},
          new double[0]);

  private static String data(Value value) {
    String text =
        new String(
            PrometheusJson.success(
                List.of(), List.of(), json -> PrometheusJson.value(json, value, () -> {})),
            StandardCharsets.UTF_8);
    return text.substring("{\"status\":\"success\",\"data\":".length(), text.length() - 1);
  }

  @Test
  void native_histograms_are_written_with_their_buckets_and_which_ends_belong_to_them() {
    assertThat(
            data(
                new Value.InstantVector(
                    List.of(new VectorSample(Labels.of("a", "b"), 1_500, 5.5, HISTOGRAM)))))
        .isEqualTo(
            "{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":\"b\"},\"histogram\":[1.500,"
                + BUCKETS
                + "]}]}");
  }

  @Test
  void the_first_bucket_of_listed_bounds_has_no_lower_end() {
    NativeHistogram listed =
        new NativeHistogram(
            NativeHistogram.CUSTOM_BUCKETS_SCHEMA,
            true,
            ResetHint.UNKNOWN,
            0,
            0,
            3,
            4,
            List.of(new Span(0, 3)),
            new double[] {1, 0, 2},
            List.of(),
            new double[0],
            new double[] {1, 2});
    assertThat(
            data(new Value.InstantVector(List.of(new VectorSample(Labels.empty(), 0, 4, listed)))))
        .contains("[[3,\"-Inf\",\"1\",\"1\"],[0,\"2\",\"+Inf\",\"2\"]]");
  }

  @Test
  void a_series_of_numbers_and_histograms_has_both_lists() {
    assertThat(
            data(
                new Value.RangeVector(
                    List.of(
                        new MatrixSeries(
                            Labels.empty(),
                            new long[] {1_000, 2_000},
                            new double[] {7, 0},
                            new NativeHistogram[] {null, HISTOGRAM})))))
        .isEqualTo(
            "{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1,\"7\"]],\"histograms\":[[2,"
                + BUCKETS
                + "]]}]}");
  }
}
