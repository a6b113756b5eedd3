package io.evenkeel.model.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.model.wire.ProtoBytes;
import io.evenkeel.model.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ProtobufPageTest {
  private static CollectedPage read(ProtoBytes... families) throws WireException {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    for (ProtoBytes family : families) {
      byte[] bytes = family.toBytes();
      page.writeBytes(ProtoBytes.message().number(bytes.length).toBytes());
      page.writeBytes(bytes);
    }
    CollectedPage told = new CollectedPage();
    byte[] bytes = page.toByteArray();
    ProtobufPage.read(bytes, bytes.length, true, told);
    return told;
  }

  @Test
  void counters_gauges_and_untyped_values_are_read_with_their_start_and_exemplar()
      throws Exception {
    CollectedPage page =
        read(
            ProtoBytes.message()
                .text(1, "requests_total")
                .text(2, "Requests.")
                .varint(3, 0)
                .nested(
                    4,
                    m ->
                        m.label("code", "200")
                            .nested(
                                3,
                                c ->
                                    c.fixed(1, 5)
                                        .nested(2, e -> e.label("trace", "x").fixed(2, 0.5))
                                        .nested(
                                            3,
                                            t -> t.varint(1, 1_600_000_000).varint(2, 5_000_000)))
                            .varint(6, 123)),
            ProtoBytes.message()
                .text(1, "temperature")
                .varint(3, 1)
                .text(5, "celsius")
                .nested(4, m -> m.nested(2, g -> g.fixed(1, -2.5))),
            ProtoBytes.message()
                .text(1, "any")
                .varint(3, 3)
                .nested(4, m -> m.nested(5, u -> u.fixed(1, 1))));
    assertThat(page.lines())
        .containsExactly("requests_total{code=\"200\"} 5.0", "temperature -2.5", "any 1.0");
    assertThat(page.samples.getFirst().timestampMillis()).isEqualTo(123);
    assertThat(page.samples.getFirst().startMillis()).isEqualTo(1_600_000_000_005L);
    assertThat(page.samples.getFirst().exemplar())
        .isEqualTo(new Exemplar(Labels.of("trace", "x"), 0.5, 123));
    assertThat(page.metadata)
        .containsExactly(
            new MetricMetadata("requests_total", MetricType.COUNTER, "", "Requests."),
            new MetricMetadata("temperature", MetricType.GAUGE, "celsius", ""),
            new MetricMetadata("any", MetricType.UNKNOWN, "", ""));
  }

  @Test
  void classic_histograms_and_summaries_become_the_series_of_the_text_format() throws Exception {
    CollectedPage page =
        read(
            ProtoBytes.message()
                .text(1, "latency")
                .varint(3, 4)
                .nested(
                    4,
                    m ->
                        m.nested(
                            7,
                            h ->
                                h.varint(1, 3)
                                    .fixed(2, 4.5)
                                    .nested(3, b -> b.varint(1, 1).fixed(2, 1))
                                    .nested(3, b -> b.varint(1, 2).fixed(2, 2.5)))),
            ProtoBytes.message()
                .text(1, "size")
                .varint(3, 2)
                .nested(
                    4,
                    m ->
                        m.nested(
                            4,
                            s ->
                                s.varint(1, 9)
                                    .fixed(2, 90)
                                    .nested(3, q -> q.fixed(1, 0.5).fixed(2, 10)))));
    assertThat(page.lines())
        .containsExactly(
            "latency_bucket{le=\"1.0\"} 1.0",
            "latency_bucket{le=\"2.5\"} 2.0",
            "latency_bucket{le=\"+Inf\"} 3.0",
            "latency_sum 4.5",
            "latency_count 3.0",
            "size{quantile=\"0.5\"} 10.0",
            "size_sum 90.0",
            "size_count 9.0");
  }

  @Test
  void a_histogram_with_native_buckets_stays_one() throws Exception {
    CollectedPage page =
        read(
            ProtoBytes.message()
                .text(1, "latency")
                .varint(3, 4)
                .nested(
                    4,
                    m ->
                        m.nested(
                            7,
                            h ->
                                h.varint(1, 12)
                                    .fixed(2, 18.4)
                                    .nested(3, b -> b.varint(1, 12).fixed(2, 1))
                                    .zigzag(5, 1)
                                    .fixed(6, 0.001)
                                    .varint(7, 2)
                                    .nested(12, s -> s.zigzag(1, 0).varint(2, 2))
                                    .nested(12, s -> s.zigzag(1, 1).varint(2, 2))
                                    .zigzag(13, 1)
                                    .zigzag(13, 1)
                                    .zigzag(13, -1)
                                    .zigzag(13, 0))));
    NativeHistogram histogram = Objects.requireNonNull(page.samples.getFirst().histogram());
    assertThat(page.samples).hasSize(1);
    assertThat(histogram.schema()).isEqualTo(1);
    assertThat(histogram.count()).isEqualTo(12);
    assertThat(histogram.positiveSpans()).containsExactly(new Span(0, 2), new Span(1, 2));
    assertThat(histogram.positiveCounts()).containsExactly(1, 2, 1, 1);
  }

  @Test
  void a_native_histogram_without_observations_is_told_by_its_empty_span() throws Exception {
    CollectedPage page =
        read(
            ProtoBytes.message()
                .text(1, "latency")
                .varint(3, 4)
                .nested(
                    4,
                    m ->
                        m.nested(
                            7, h -> h.zigzag(5, 3).nested(12, s -> s.zigzag(1, 0).varint(2, 0)))));
    assertThat(Objects.requireNonNull(page.samples.getFirst().histogram()).positiveSpans())
        .isEmpty();
  }

  @Test
  void contradictions_and_cut_pages_are_told() {
    assertThatThrownBy(() ->
            read(
                ProtoBytes.message()
                    .text(1, "latency")
                    .varint(3, 4)
                    .nested(4, m -> m.nested(7, h -> h.nested(12, s -> s.varint(2, 3))))))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("histogram 'latency': its spans name another number of buckets");
    assertThatThrownBy(() ->
            read(
                ProtoBytes.message()
                    .text(1, "a")
                    .nested(
                        4, m -> m.label("b", "c").label("b", "d").nested(3, c -> c.fixed(1, 1)))))
        .hasMessage("metric 'a': label 'b' stands twice");
    byte[] cut = {9, 1, 2};
    assertThatThrownBy(() -> ProtobufPage.read(cut, cut.length, true, new CollectedPage()))
        .isInstanceOf(WireException.class);
  }
}
