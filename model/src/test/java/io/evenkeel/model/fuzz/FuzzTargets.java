package io.evenkeel.model.fuzz;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.exposition.PageSeries;
import io.evenkeel.model.exposition.PageSink;
import io.evenkeel.model.exposition.ProtobufPage;
import io.evenkeel.model.exposition.TextPage;
import io.evenkeel.model.otlp.OtlpDecoder;
import io.evenkeel.model.remotewrite.RemoteWriteDecoder;
import io.evenkeel.model.remotewrite.RemoteWriteVersion;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.SnappyBlock;
import io.evenkeel.model.wire.WireException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is fuzzed: each target takes any bytes and must end with a result or a [WireException],
/// within the limits. The methods' shape is Jazzer's, `scripts/fuzz.sh` runs them under it.
public final class FuzzTargets {
  private static final RequestLimits LIMITS =
      new RequestLimits(1 << 20, 1 << 20, 5_000, 20_000, 20_000, 32, 128, 1024);

  private FuzzTargets() {}

  /// A remote write body; its first byte chooses the version.
  public static final class RemoteWrite {
    private RemoteWrite() {}

    public static void fuzzerTestOneInput(byte[] data) {
      if (data.length == 0) {
        return;
      }
      byte[] body = Arrays.copyOfRange(data, 1, data.length);
      SampleBatch batch = new SampleBatch();
      try {
        RemoteWriteDecoder.decode(
            (data[0] & 1) == 0 ? RemoteWriteVersion.V1 : RemoteWriteVersion.V2,
            body,
            body.length,
            LIMITS,
            batch);
        walk(batch);
      } catch (WireException e) {
        sentence(e);
      }
    }
  }

  /// A snappy block.
  public static final class Snappy {
    private Snappy() {}

    public static void fuzzerTestOneInput(byte[] data) {
      try {
        int length = SnappyBlock.declaredLength(data, data.length, LIMITS.decodedBytes());
        byte[] decoded = new byte[length];
        SnappyBlock.decode(data, data.length, decoded, length);
      } catch (WireException e) {
        sentence(e);
      }
    }
  }

  /// A page of metrics; its first byte chooses the format.
  public static final class Exposition {
    private Exposition() {}

    public static void fuzzerTestOneInput(byte[] data) {
      if (data.length == 0) {
        return;
      }
      byte[] page = Arrays.copyOfRange(data, 1, data.length);
      Sink sink = new Sink();
      try {
        switch (data[0] & 3) {
          case 0 -> TextPage.read(page, page.length, false, true, sink);
          case 1 -> TextPage.read(page, page.length, true, true, sink);
          default -> ProtobufPage.read(page, page.length, true, sink);
        }
      } catch (WireException e) {
        sentence(e);
      }
    }
  }

  /// An OTLP request.
  public static final class Otlp {
    private Otlp() {}

    public static void fuzzerTestOneInput(byte[] data) {
      SampleBatch batch = new SampleBatch();
      try {
        OtlpDecoder.decode(data, data.length, LIMITS, batch);
        walk(batch);
      } catch (WireException e) {
        sentence(e);
      }
    }
  }

  private static void walk(SampleBatch batch) {
    check(batch.seriesCount() <= 2 * LIMITS.samples() * 64, "series beyond the limit");
    for (int i = 0; i < batch.seriesCount(); i++) {
      try {
        Labels labels = batch.labels(i);
        check(labels.size() <= LIMITS.labels(), "labels beyond the limit");
      } catch (InvalidLabelsException e) {
        check(e.getMessage() != null, "no reason");
      }
    }
    for (int i = 0; i < batch.sampleCount(); i++) {
      check(batch.series(i) < batch.seriesCount(), "a sample of no series");
      walk(batch.histogram(i));
    }
  }

  private static void walk(@Nullable NativeHistogram histogram) {
    if (histogram == null) {
      return;
    }
    long positive = histogram.positiveSpans().stream().mapToLong(s -> s.length()).sum();
    check(positive == histogram.positiveCounts().length, "spans and counts differ");
  }

  private static void sentence(WireException e) {
    check(e.getMessage() != null && !e.getMessage().isEmpty(), "no reason");
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /// Asks for everything that a page tells.
  private static final class Sink implements PageSink {
    @Override
    public void sample(
        PageSeries series,
        long timestampMillis,
        long valueBits,
        long startMillis,
        @Nullable Exemplar exemplar)
        throws InvalidLabelsException {
      check(series.offset() + series.length() <= series.bytes().length, "beyond the page");
      check(!series.labels().metricName().isEmpty(), "a series without a name");
    }

    @Override
    public void histogram(
        PageSeries series,
        long timestampMillis,
        NativeHistogram histogram,
        long startMillis,
        @Nullable Exemplar exemplar)
        throws InvalidLabelsException {
      check(!series.labels().metricName().isEmpty(), "a series without a name");
      walk(histogram);
    }

    @Override
    public void metadata(MetricMetadata metadata) {
      check(!metadata.metric().isEmpty(), "a family without a name");
    }
  }
}
