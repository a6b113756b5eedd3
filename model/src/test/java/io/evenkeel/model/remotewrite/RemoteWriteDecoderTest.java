package io.evenkeel.model.remotewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.evenkeel.model.Exemplar;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.model.wire.ProtoBytes;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.SnappyBlock;
import io.evenkeel.model.wire.WireException;
import io.evenkeel.model.wire.WireException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RemoteWriteDecoderTest {
  private final SampleBatch batch = new SampleBatch();

  private DecodedWrite decode1(ProtoBytes message) throws WireException {
    return decode(RemoteWriteVersion.V1, message.toBytes());
  }

  private DecodedWrite decode2(ProtoBytes message) throws WireException {
    return decode(RemoteWriteVersion.V2, message.toBytes());
  }

  private DecodedWrite decode(RemoteWriteVersion version, byte[] body) throws WireException {
    return RemoteWriteDecoder.decode(version, body, body.length, RequestLimits.DEFAULT, batch);
  }

  @Test
  void series_and_samples_arrive_as_they_were_sent() throws Exception {
    DecodedWrite decoded =
        decode1(
            ProtoBytes.message()
                .nested(
                    1,
                    series ->
                        series
                            .label("__name__", "up")
                            .label("instance", "a")
                            .sample(1, 1000)
                            .sample(0.5, 2000))
                .nested(
                    1,
                    series ->
                        series
                            .label("__name__", "down")
                            .nested(2, s -> s.fixedBits(1, StaleMarker.BITS).varint(2, -3))));
    assertThat(decoded.refusedSeries()).isZero();
    assertThat(batch.seriesCount()).isEqualTo(2);
    assertThat(batch.sampleCount()).isEqualTo(3);
    assertThat(batch.labels(0)).isEqualTo(Labels.of("__name__", "up", "instance", "a"));
    assertThat(batch.time(1)).isEqualTo(2000);
    assertThat(Double.longBitsToDouble(batch.valueBits(1))).isEqualTo(0.5);
    assertThat(batch.series(2)).isEqualTo(1);
    assertThat(batch.time(2)).isEqualTo(-3);
    assertThat(batch.valueBits(2)).isEqualTo(StaleMarker.BITS);
  }

  @Test
  void labels_point_into_the_body() throws Exception {
    byte[] body =
        ProtoBytes.message()
            .nested(1, series -> series.label("__name__", "up").sample(1, 1))
            .toBytes();
    decode(RemoteWriteVersion.V1, body);
    assertThat(batch.labelBytes(0)).isSameAs(body);
  }

  @Test
  void labels_scattered_between_samples_are_gathered() throws Exception {
    decode1(
        ProtoBytes.message()
            .nested(1, series -> series.sample(7, 5).label("b", "2").sample(8, 6).label("a", "1")));
    assertThat(batch.labels(0)).isEqualTo(Labels.of("a", "1", "b", "2"));
    assertThat(batch.sampleCount()).isEqualTo(2);
  }

  @Test
  void unknown_fields_are_skipped() throws Exception {
    decode1(
        ProtoBytes.message()
            .varint(9, 1)
            .nested(
                1,
                series ->
                    series
                        .label("a", "1")
                        .text(12, "later")
                        .nested(2, s -> s.fixed(1, 1).varint(2, 2).text(7, "x"))));
    assertThat(batch.sampleCount()).isEqualTo(1);
  }

  @Test
  void a_series_beyond_a_limit_is_left_out_and_the_others_stay() throws Exception {
    DecodedWrite decoded =
        decode1(
            ProtoBytes.message()
                .nested(
                    1,
                    series -> {
                      for (int i = 0; i < 33; i++) {
                        series.label("l" + i, "v");
                      }
                      series.sample(1, 1).sample(2, 2);
                    })
                .nested(1, series -> series.label("n".repeat(129), "v").sample(1, 1))
                .nested(1, series -> series.label("n", "v".repeat(1025)).sample(1, 1))
                .nested(1, series -> series.sample(1, 1))
                .nested(1, series -> series.label("good", "v".repeat(1024)).sample(1, 1)));
    assertThat(decoded.refusedSeries()).isEqualTo(4);
    assertThat(decoded.refusedSamples()).isEqualTo(5);
    assertThat(decoded.details()).hasSize(4).first().asString().contains("33 labels", "32");
    assertThat(batch.seriesCount()).isEqualTo(1);
    assertThat(batch.sampleCount()).isEqualTo(1);
  }

  @Test
  void metadata_and_exemplars_are_kept() throws Exception {
    decode1(
        ProtoBytes.message()
            .nested(
                1,
                series ->
                    series
                        .label("__name__", "requests_total")
                        .nested(3, e -> e.label("trace_id", "abc").fixed(2, 4.5).varint(3, 99)))
            .nested(3, m -> m.varint(1, 1).text(2, "requests").text(4, "Requests.").text(5, "s")));
    assertThat(batch.metadata())
        .containsExactly(new MetricMetadata("requests", MetricType.COUNTER, "s", "Requests."));
    assertThat(batch.exemplars())
        .containsExactly(
            new SampleBatch.SeriesExemplar(0, new Exemplar(Labels.of("trace_id", "abc"), 4.5, 99)));
  }

  @Test
  void bucket_deltas_of_a_native_histogram_become_counts() throws Exception {
    decode1(
        ProtoBytes.message()
            .nested(
                1,
                series ->
                    series
                        .label("__name__", "latency")
                        .nested(
                            4,
                            h ->
                                h.varint(1, 9)
                                    .fixed(3, 12.5)
                                    .zigzag(4, 3)
                                    .fixed(5, 0.001)
                                    .varint(6, 1)
                                    .nested(11, s -> s.zigzag(1, -2).varint(2, 2))
                                    .nested(11, s -> s.zigzag(1, 3).varint(2, 1))
                                    .nested(12, d -> d.number(4).number(2).number(3))
                                    .varint(14, 2)
                                    .varint(15, 777))));
    NativeHistogram histogram = batch.histogram(0);
    assertThat(histogram)
        .isEqualTo(
            new NativeHistogram(
                3,
                true,
                NativeHistogram.ResetHint.NO,
                0.001,
                1,
                9,
                12.5,
                List.of(new NativeHistogram.Span(-2, 2), new NativeHistogram.Span(3, 1)),
                new double[] {2, 3, 1},
                List.of(),
                new double[0],
                new double[0]));
    assertThat(batch.time(0)).isEqualTo(777);
  }

  @Test
  void a_histogram_that_contradicts_itself_is_left_out() throws Exception {
    DecodedWrite decoded =
        decode1(
            ProtoBytes.message()
                .nested(
                    1,
                    series ->
                        series
                            .label("__name__", "latency")
                            .nested(
                                4,
                                h ->
                                    h.nested(11, s -> s.varint(2, 3))
                                        .nested(12, d -> d.number(4))
                                        .varint(15, 7))
                            .sample(1, 8)));
    assertThat(decoded.refusedHistograms()).isEqualTo(1);
    assertThat(decoded.details()).first().asString().contains("latency", "spans");
    assertThat(batch.sampleCount()).isEqualTo(1);
  }

  @Test
  void version_2_spells_its_symbols_out() throws Exception {
    DecodedWrite decoded =
        decode2(
            ProtoBytes.message()
                .nested(
                    5,
                    series ->
                        series
                            .nested(1, refs -> refs.number(1).number(2).number(3).number(4))
                            .nested(2, s -> s.fixed(1, 5).varint(2, 1000).varint(3, 400))
                            .nested(2, s -> s.fixed(1, 6).varint(2, 2000))
                            .nested(4, e -> e.varint(1, 3).varint(1, 4).fixed(2, 1).varint(3, 9))
                            .nested(5, m -> m.varint(1, 1).varint(3, 5).varint(4, 0)))
                .text(4, "")
                .text(4, "__name__")
                .text(4, "requests_total")
                .text(4, "code")
                .text(4, "200")
                .text(4, "Requests."));
    assertThat(decoded.refusedSeries()).isZero();
    assertThat(batch.labels(0)).isEqualTo(Labels.of("__name__", "requests_total", "code", "200"));
    assertThat(batch.startTime(0)).isEqualTo(400);
    assertThat(batch.startTime(1)).isZero();
    assertThat(batch.exemplars().getFirst().exemplar().labels())
        .isEqualTo(Labels.of("code", "200"));
    assertThat(batch.metadata())
        .containsExactly(new MetricMetadata("requests_total", MetricType.COUNTER, "", "Requests."));
  }

  @Test
  void version_2_refuses_a_symbol_that_is_not_there() {
    assertThatThrownBy(() ->
            decode2(
                ProtoBytes.message()
                    .text(4, "")
                    .nested(5, series -> series.nested(1, refs -> refs.number(1).number(2)))))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("symbol 1 is not in the table of 1");
  }

  @Test
  void version_2_does_not_blow_up_when_references_repeat_long_symbols() {
    ProtoBytes bomb = ProtoBytes.message().text(4, "").text(4, "v".repeat(1024));
    for (int i = 0; i < 32; i++) {
      bomb.text(4, "n" + i);
    }
    ProtoBytes refs = ProtoBytes.message();
    for (int i = 0; i < 32; i++) {
      refs.number(2 + i).number(1);
    }
    byte[] series = ProtoBytes.message().bytes(1, refs.toBytes()).toBytes();
    for (int i = 0; i < 20_000; i++) {
      bomb.bytes(5, series);
    }
    assertThatThrownBy(() -> decode2(bomb))
        .isInstanceOfSatisfying(
            WireException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
  }

  @Test
  void millions_of_empty_series_or_samples_are_refused_before_they_take_memory() {
    byte[] empties = new byte[4 << 20];
    for (int i = 0; i < empties.length; i += 2) {
      empties[i] = 0x0A;
    }
    assertThatThrownBy(() -> decode(RemoteWriteVersion.V1, empties))
        .isInstanceOfSatisfying(
            WireException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
    byte[] samples = new byte[2 << 20];
    for (int i = 0; i < samples.length; i += 2) {
      samples[i] = 0x12;
    }
    byte[] body =
        ProtoBytes.message()
            .bytes(1, concat(ProtoBytes.message().label("a", "b").toBytes(), samples))
            .toBytes();
    assertThatThrownBy(() -> decode(RemoteWriteVersion.V1, body))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("samples");
  }

  @Test
  void a_cut_request_is_an_error_at_every_byte_or_a_shorter_request() throws Exception {
    byte[] whole = typicalRequest();
    for (int length = 0; length < whole.length; length++) {
      batch.clear();
      try {
        RemoteWriteDecoder.decode(
            RemoteWriteVersion.V1, whole, length, RequestLimits.DEFAULT, batch);
        assertThat(batch.seriesCount()).isLessThanOrEqualTo(20);
      } catch (WireException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void mutated_requests_give_a_batch_or_a_clear_error() throws Exception {
    long seed = 20261123;
    Random random = new Random(seed);
    byte[] v1 = typicalRequest();
    byte[] v2 = typicalRequest2();
    for (int round = 0; round < 60_000; round++) {
      boolean first = random.nextBoolean();
      byte[] mutated = mutate(first ? v1 : v2, random);
      batch.clear();
      try {
        decode(first ? RemoteWriteVersion.V1 : RemoteWriteVersion.V2, mutated);
        for (int i = 0; i < batch.seriesCount(); i++) {
          assertThat(batch.labelOffset(i) + batch.labelLength(i))
              .isLessThanOrEqualTo(batch.labelBytes(i).length);
        }
      } catch (WireException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }

  @Test
  void mutated_snappy_blocks_give_bytes_or_a_clear_error() throws Exception {
    long seed = 4711;
    Random random = new Random(seed);
    byte[] block = compress(typicalRequest());
    for (int round = 0; round < 60_000; round++) {
      byte[] mutated = mutate(block, random);
      try {
        int declared = SnappyBlock.declaredLength(mutated, mutated.length, 1 << 16);
        SnappyBlock.decode(mutated, mutated.length, new byte[declared], declared);
      } catch (WireException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }

  @Test
  void a_header_bomb_is_refused_by_its_declared_length() {
    byte[] bomb = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 0};
    assertThatThrownBy(() -> SnappyBlock.declaredLength(bomb, bomb.length, 8 << 20))
        .isInstanceOfSatisfying(
            WireException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE);
              assertThat(e).hasMessageContaining("4294967295");
            });
  }

  @Test
  void a_block_round_trips() throws Exception {
    byte[] plain = typicalRequest();
    byte[] block = compress(plain);
    int declared = SnappyBlock.declaredLength(block, block.length, 8 << 20);
    byte[] decoded = new byte[declared];
    SnappyBlock.decode(block, block.length, decoded, declared);
    assertThat(decoded).isEqualTo(plain);
  }

  @Test
  void a_body_that_is_not_snappy_is_refused_with_a_hint() {
    byte[] text = "node_load1 0.5 node_load1 0.5".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> {
              int declared = SnappyBlock.declaredLength(text, text.length, 8 << 20);
              SnappyBlock.decode(text, text.length, new byte[declared], declared);
            })
        .isInstanceOf(WireException.class)
        .hasMessageContaining("snappy");
  }

  private static byte[] typicalRequest() {
    ProtoBytes request = ProtoBytes.message();
    for (int i = 0; i < 20; i++) {
      int n = i;
      request.nested(
          1,
          series ->
              series
                  .label("__name__", "node_cpu_seconds_total")
                  .label("cpu", Integer.toString(n))
                  .label("instance", "server-" + n)
                  .sample(n * 1.5, 1_700_000_000_000L)
                  .nested(3, e -> e.label("trace", "t").fixed(2, 1).varint(3, 1))
                  .nested(
                      4,
                      h ->
                          h.varint(1, 3)
                              .nested(11, s -> s.zigzag(1, 1).varint(2, 2))
                              .nested(12, d -> d.number(2).number(2))
                              .varint(15, 5)));
    }
    return request
        .nested(3, m -> m.varint(1, 1).text(2, "node_cpu_seconds_total").text(4, "CPU."))
        .toBytes();
  }

  private static byte[] typicalRequest2() {
    ProtoBytes request = ProtoBytes.message().text(4, "").text(4, "__name__").text(4, "up");
    for (int i = 0; i < 20; i++) {
      request.nested(
          5,
          series ->
              series
                  .nested(1, refs -> refs.number(1).number(2))
                  .nested(2, s -> s.fixed(1, 5).varint(2, 1000).varint(3, 400))
                  .nested(4, e -> e.nested(1, r -> r.number(1).number(2)).fixed(2, 1))
                  .nested(5, m -> m.varint(1, 1).varint(3, 2)));
    }
    return request.toBytes();
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] mutated = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(mutated.length);
      switch (random.nextInt(4)) {
        case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutated[at] = (byte) random.nextInt(256);
        case 2 -> mutated[at] = (byte) 0xFF;
        default -> mutated = Arrays.copyOf(mutated, 1 + random.nextInt(mutated.length));
      }
    }
    return mutated;
  }

  private static byte[] compress(byte[] plain) {
    SnappyJavaCompressor compressor = new SnappyJavaCompressor();
    byte[] out = new byte[compressor.maxCompressedLength(plain.length)];
    return Arrays.copyOf(out, compressor.compress(plain, 0, plain.length, out, 0, out.length));
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
