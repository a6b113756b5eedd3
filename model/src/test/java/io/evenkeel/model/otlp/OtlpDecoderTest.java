package io.evenkeel.model.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.model.wire.ProtoBytes;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class OtlpDecoderTest {
  private static final long NANOS = 1_700_000_000_123_000_000L;
  private static final long MILLIS = 1_700_000_000_123L;
  private static final long START_NANOS = 1_600_000_000_000_000_000L;

  private final SampleBatch batch = new SampleBatch();

  /// A request of one resource with one metric.
  private DecodedOtlp decode(Consumer<ProtoBytes> resource, Consumer<ProtoBytes> metric)
      throws WireException {
    byte[] body =
        ProtoBytes.message()
            .nested(
                1,
                rm ->
                    // The scope stands before the resource, which protobuf allows.
                    rm.nested(2, sm -> sm.nested(2, metric)).nested(1, resource))
            .toBytes();
    return OtlpDecoder.decode(body, body.length, RequestLimits.DEFAULT, batch);
  }

  private DecodedOtlp decode(Consumer<ProtoBytes> metric) throws WireException {
    return decode(
        resource -> {
          attribute(resource, 1, "service.name", "shop");
          attribute(resource, 1, "service.instance.id", "i-1");
        },
        metric);
  }

  private static void attribute(ProtoBytes into, int field, String key, String value) {
    into.nested(field, kv -> kv.text(1, key).nested(2, any -> any.text(1, value)));
  }

  private List<String> series() throws InvalidLabelsException {
    List<String> series = new ArrayList<>();
    for (int i = 0; i < batch.sampleCount(); i++) {
      series.add(batch.labels(batch.series(i)) + " " + Double.longBitsToDouble(batch.valueBits(i)));
    }
    return series;
  }

  @Test
  void a_gauge_gets_job_and_instance_of_its_resource() throws Exception {
    decode(
        resource -> {
          attribute(resource, 1, "service.name", "shop");
          attribute(resource, 1, "service.namespace", "eu");
          attribute(resource, 1, "service.instance.id", "i-1");
          attribute(resource, 1, "host.name", "web");
        },
        metric ->
            metric
                .text(1, "room.temperature")
                .text(2, "How warm.")
                .text(3, "Cel")
                .nested(
                    5,
                    gauge ->
                        gauge.nested(
                            1,
                            p -> {
                              p.fixedBits(2, START_NANOS).fixedBits(3, NANOS).fixed(4, 21.5);
                              attribute(p, 7, "room", "a");
                            })));
    assertThat(series())
        .containsExactly(
            "room_temperature_celsius{instance=\"i-1\", job=\"eu/shop\", room=\"a\"} 21.5",
            "target_info{host_name=\"web\", instance=\"i-1\", job=\"eu/shop\"} 1.0");
    assertThat(batch.time(0)).isEqualTo(MILLIS);
    assertThat(batch.startTime(0)).isZero();
    assertThat(batch.time(1)).isEqualTo(MILLIS);
    assertThat(batch.metadata())
        .containsExactly(
            new MetricMetadata("room_temperature_celsius", MetricType.GAUGE, "Cel", "How warm."));
  }

  @Test
  void a_monotonic_sum_is_a_counter_with_its_start_and_exemplar() throws Exception {
    decode(metric ->
        metric
            .text(1, "requests")
            .nested(
                7,
                sum ->
                    sum.nested(
                            1,
                            p ->
                                p.fixedBits(2, START_NANOS)
                                    .fixedBits(3, NANOS)
                                    .fixedBits(6, 42)
                                    .nested(
                                        5,
                                        e ->
                                            e.fixedBits(2, NANOS)
                                                .fixed(3, 0.5)
                                                .bytes(5, new byte[] {1, 2, (byte) 0xAB})))
                        .varint(2, 2)
                        .varint(3, 1)));
    assertThat(series()).containsExactly("requests_total{instance=\"i-1\", job=\"shop\"} 42.0");
    assertThat(batch.startTime(0)).isEqualTo(1_600_000_000_000L);
    assertThat(batch.exemplars().getFirst().exemplar())
        .isEqualTo(new Exemplar(Labels.of("trace_id", "0102ab"), 0.5, MILLIS));
  }

  @Test
  void delta_temporality_is_refused_with_what_to_set() throws Exception {
    DecodedOtlp decoded =
        decode(metric ->
            metric
                .text(1, "requests")
                .nested(
                    7,
                    sum ->
                        sum.nested(1, p -> p.fixedBits(3, NANOS).fixedBits(6, 1))
                            .nested(1, p -> p.fixedBits(3, NANOS).fixedBits(6, 2))
                            .varint(2, 1)
                            .varint(3, 1)));
    assertThat(decoded.refusedPoints()).isEqualTo(2);
    assertThat(decoded.details().getFirst())
        .contains("'requests' has delta temporality", "TEMPORALITY_PREFERENCE=cumulative");
    assertThat(batch.sampleCount()).isZero();
  }

  @Test
  void a_histogram_becomes_buckets_sum_and_count() throws Exception {
    decode(metric ->
        metric
            .text(1, "latency")
            .text(3, "s")
            .nested(
                9,
                h ->
                    h.nested(
                            1,
                            p ->
                                p.fixedBits(3, NANOS)
                                    .fixedBits(4, 6)
                                    .fixed(5, 7.5)
                                    .fixedBits(6, 1)
                                    .fixedBits(6, 2)
                                    .fixedBits(6, 3)
                                    .fixed(7, 0.5)
                                    .fixed(7, 1)
                                    .nested(8, e -> e.fixed(3, 0.7).fixedBits(2, NANOS)))
                        .varint(2, 2)));
    String who = "instance=\"i-1\", job=\"shop\"";
    assertThat(series())
        .containsExactly(
            "latency_seconds_sum{" + who + "} 7.5",
            "latency_seconds_count{" + who + "} 6.0",
            "latency_seconds_bucket{" + who + ", le=\"0.5\"} 1.0",
            "latency_seconds_bucket{" + who + ", le=\"1\"} 3.0",
            "latency_seconds_bucket{" + who + ", le=\"+Inf\"} 6.0");
    assertThat(batch.labels(batch.exemplars().getFirst().series()).get("le")).isEqualTo("1");
  }

  @Test
  void an_exponential_histogram_becomes_a_native_one_with_indices_moved_by_one() throws Exception {
    decode(metric ->
        metric
            .text(1, "latency")
            .nested(
                10,
                h ->
                    h.nested(
                            1,
                            p ->
                                p.fixedBits(3, NANOS)
                                    .fixedBits(4, 10)
                                    .fixed(5, 20)
                                    .zigzag(6, 3)
                                    .fixedBits(7, 1)
                                    .nested(
                                        8,
                                        b ->
                                            b.zigzag(1, -2)
                                                .varint(2, 0)
                                                .varint(2, 2)
                                                .varint(2, 0)
                                                .varint(2, 3)
                                                .varint(2, 0)
                                                .varint(2, 0)
                                                .varint(2, 0)
                                                .varint(2, 4)))
                        .varint(2, 2)));
    NativeHistogram histogram = Objects.requireNonNull(batch.histogram(0));
    assertThat(histogram.schema()).isEqualTo(3);
    // OpenTelemetry's index −1 (0.9 to 1] is Prometheus's index 0.
    assertThat(histogram.positiveSpans()).containsExactly(new Span(0, 3), new Span(3, 1));
    assertThat(histogram.positiveCounts()).containsExactly(2, 0, 3, 4);
    assertThat(histogram.zeroCount()).isEqualTo(1);
    assertThat(histogram.count()).isEqualTo(10);
  }

  @Test
  void a_scale_beyond_8_is_brought_down_by_joining_neighbours() throws Exception {
    decode(metric ->
        metric
            .text(1, "latency")
            .nested(
                10,
                h ->
                    h.nested(
                            1,
                            p ->
                                p.fixedBits(4, 10)
                                    .zigzag(6, 10)
                                    .nested(
                                        9,
                                        b -> {
                                          b.zigzag(1, -3);
                                          for (int i = 0; i < 8; i++) {
                                            b.varint(2, 1);
                                          }
                                        }))
                        .varint(2, 2)));
    NativeHistogram histogram = Objects.requireNonNull(batch.histogram(0));
    assertThat(histogram.schema()).isEqualTo(8);
    // Indices −3 … 4 are, by fours, −1 (three of them), 0 (four) and 1 (one).
    assertThat(histogram.negativeSpans()).containsExactly(new Span(0, 3));
    assertThat(histogram.negativeCounts()).containsExactly(3, 4, 1);
  }

  @Test
  void a_summary_becomes_quantiles_and_nothing_recorded_ends_the_series() throws Exception {
    decode(metric ->
        metric
            .text(1, "size")
            .nested(
                11,
                s ->
                    s.nested(
                        1,
                        p ->
                            p.fixedBits(4, 3)
                                .fixed(5, 9)
                                .nested(6, q -> q.fixed(1, 0.99).fixed(2, 5))
                                .varint(8, 1))));
    assertThat(batch.sampleCount()).isEqualTo(3);
    assertThat(batch.labels(2).get("quantile")).isEqualTo("0.99");
    for (int i = 0; i < 3; i++) {
      assertThat(StaleMarker.is(batch.valueBits(i))).isTrue();
    }
  }

  @Test
  void attributes_of_every_kind_become_texts_and_colliding_keys_are_joined() throws Exception {
    decode(metric ->
        metric
            .text(1, "m")
            .nested(
                5,
                g ->
                    g.nested(
                        1,
                        p -> {
                          attribute(p, 7, "a.b", "1");
                          attribute(p, 7, "a-b", "2");
                          p.nested(7, kv -> kv.text(1, "yes").nested(2, v -> v.varint(2, 1)));
                          p.nested(7, kv -> kv.text(1, "int").nested(2, v -> v.varint(3, -5)));
                          p.nested(7, kv -> kv.text(1, "dbl").nested(2, v -> v.fixed(4, 2.5)));
                          p.nested(
                              7,
                              kv ->
                                  kv.text(1, "list")
                                      .nested(
                                          2,
                                          v ->
                                              v.nested(
                                                  5,
                                                  list ->
                                                      list.nested(1, x -> x.text(1, "q\"r"))
                                                          .nested(1, x -> x.varint(3, 7)))));
                        })));
    Labels labels = batch.labels(0);
    assertThat(labels.get("a_b")).isEqualTo("2;1");
    assertThat(labels.get("yes")).isEqualTo("true");
    assertThat(labels.get("int")).isEqualTo("-5");
    assertThat(labels.get("dbl")).isEqualTo("2.5");
    assertThat(labels.get("list")).isEqualTo("[\"q\\\"r\",7]");
  }

  @Test
  void a_point_beyond_a_limit_is_left_out_and_the_others_stay() throws Exception {
    DecodedOtlp decoded =
        decode(metric ->
            metric
                .text(1, "m")
                .nested(
                    5,
                    g ->
                        g.nested(1, p -> attribute(p, 7, "big", "v".repeat(1025)))
                            .nested(
                                1,
                                p -> {
                                  for (int i = 0; i < 40; i++) {
                                    attribute(p, 7, "l" + i, "v");
                                  }
                                })
                            .nested(1, p -> p.fixed(4, 1))));
    assertThat(decoded.refusedPoints()).isEqualTo(2);
    assertThat(batch.sampleCount()).isEqualTo(1);
  }

  @Test
  void attributes_nested_without_end_are_refused() {
    ProtoBytes value = ProtoBytes.message().text(1, "x");
    for (int i = 0; i < 1000; i++) {
      byte[] inner = value.toBytes();
      value = ProtoBytes.message().nested(5, list -> list.bytes(1, inner));
    }
    byte[] deep = value.toBytes();
    assertThatThrownBy(() ->
            decode(metric ->
                metric
                    .text(1, "m")
                    .nested(
                        5,
                        g -> g.nested(1, p -> p.nested(7, kv -> kv.text(1, "k").bytes(2, deep))))))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("nested deeper");
  }
}
