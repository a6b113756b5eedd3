package io.evenkeel.model.exposition;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.wire.HistogramParts;
import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a page of `io.prometheus.client.MetricFamily` messages, each after its length.
///
/// A histogram that has native buckets is told as a native histogram, and only then; another one,
/// and a summary, becomes the series that the text format gives it. Bounds and quantiles are
/// written as OpenMetrics has them (`1.0`). Source: prometheus/client_model, metrics.proto. Used by
/// one thread, once.
public final class ProtobufPage {
  private static final int MAX_BUCKETS = 500_000;
  private static final int COUNTER = 0;
  private static final int GAUGE = 1;
  private static final int SUMMARY = 2;
  private static final int HISTOGRAM = 4;
  private static final int GAUGE_HISTOGRAM = 5;

  private final ProtoCursor cursor;
  private final PageSink sink;
  private final boolean withMetadata;
  private final HistogramParts parts = new HistogramParts(MAX_BUCKETS);
  private final Series series = new Series();

  private String family = "";
  private int type;

  private final List<Labels> pairs = new ArrayList<>();
  private Labels labels = Labels.empty();
  private long timestampMillis;

  private ProtobufPage(byte[] page, int length, boolean withMetadata, PageSink sink) {
    this.cursor = new ProtoCursor(page, 0, length);
    this.withMetadata = withMetadata;
    this.sink = sink;
  }

  /// Reads a whole page.
  ///
  /// @param withMetadata whether the sink wants to hear what the families mean
  /// @throws WireException with the reason; the sink has heard of what stands before
  public static void read(byte[] page, int length, boolean withMetadata, PageSink sink)
      throws WireException {
    new ProtobufPage(page, length, withMetadata, sink).read();
  }

  private void read() throws WireException {
    while (cursor.hasMore()) {
      int outer = cursor.enter();
      try {
        family();
      } catch (InvalidLabelsException e) {
        throw WireException.malformed("metric '" + family + "': " + e.getMessage());
      }
      cursor.leave(outer);
    }
  }

  private void family() throws WireException, InvalidLabelsException {
    int from = cursor.position();
    family = "";
    type = COUNTER;
    String help = "";
    String unit = "";
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> family = text(tag);
        case 2 -> help = text(tag);
        case 3 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          type = (int) Math.clamp(cursor.varint(), 0, 100);
        }
        case 5 -> unit = text(tag);
        default -> cursor.skip(tag);
      }
    }
    if (family.isEmpty()) {
      throw WireException.malformed("a metric family has no name");
    }
    cursor.position(from);
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag >>> 3 == 4) {
        cursor.expect(tag, ProtoCursor.BYTES);
        int outer = cursor.enter();
        metric();
        cursor.leave(outer);
      } else {
        cursor.skip(tag);
      }
    }
    if (withMetadata) {
      sink.metadata(new MetricMetadata(family, metricType(), unit, help));
    }
  }

  private MetricType metricType() {
    return switch (type) {
      case COUNTER -> MetricType.COUNTER;
      case GAUGE -> MetricType.GAUGE;
      case SUMMARY -> MetricType.SUMMARY;
      case HISTOGRAM -> MetricType.HISTOGRAM;
      case GAUGE_HISTOGRAM -> MetricType.GAUGE_HISTOGRAM;
      default -> MetricType.UNKNOWN;
    };
  }

  private void metric() throws WireException, InvalidLabelsException {
    int from = cursor.position();
    timestampMillis = PageSink.NO_TIME;
    pairs.clear();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> pairs.add(pair(tag));
        case 6 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          timestampMillis = cursor.varint();
        }
        default -> cursor.skip(tag);
      }
    }
    labels = joined(pairs);
    cursor.position(from);
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      int field = tag >>> 3;
      // Only the part that fits the family's type counts: 2 gauge, 3 counter, 4 summary, 5 untyped,
      // 7 histogram.
      boolean wanted =
          switch (type) {
            case COUNTER -> field == 3;
            case GAUGE -> field == 2;
            case SUMMARY -> field == 4;
            case HISTOGRAM, GAUGE_HISTOGRAM -> field == 7;
            default -> field == 5;
          };
      if (!wanted) {
        cursor.skip(tag);
        continue;
      }
      cursor.expect(tag, ProtoCursor.BYTES);
      int outer = cursor.enter();
      switch (field) {
        case 4 -> summary();
        case 7 -> histogram();
        default -> number();
      }
      cursor.leave(outer);
    }
  }

  private Labels pair(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    String name = "";
    String value = "";
    while (cursor.hasMore()) {
      int field = cursor.tag();
      switch (field >>> 3) {
        case 1 -> name = text(field);
        case 2 -> value = text(field);
        default -> cursor.skip(field);
      }
    }
    cursor.leave(outer);
    if (name.isEmpty()) {
      throw WireException.malformed("metric '" + family + "': a label has no name");
    }
    return value.isEmpty() ? Labels.empty() : Labels.of(name, value);
  }

  private static Labels joined(List<Labels> pairs) throws InvalidLabelsException {
    Labels.Builder all = new Labels.Builder();
    for (Labels pair : pairs) {
      if (!pair.isEmpty()) {
        if (all.has(pair.name(0))) {
          throw new InvalidLabelsException("label '" + pair.name(0) + "' stands twice");
        }
        all.set(pair.name(0), pair.value(0));
      }
    }
    return all.build();
  }

  /// A counter, gauge or untyped value: value 1, and of counters exemplar 2 and start time 3.
  private void number() throws WireException, InvalidLabelsException {
    long bits = 0;
    long startMillis = 0;
    Exemplar exemplar = null;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> bits = fixed(tag);
        case 2 -> exemplar = exemplar(tag);
        case 3 -> startMillis = time(tag);
        default -> cursor.skip(tag);
      }
    }
    tell(family, "", "", bits, startMillis, exemplar);
  }

  private void summary() throws WireException, InvalidLabelsException {
    int from = cursor.position();
    double count = 0;
    long sumBits = 0;
    long startMillis = 0;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> count = unsigned(tag);
        case 2 -> sumBits = fixed(tag);
        case 4 -> startMillis = time(tag);
        default -> cursor.skip(tag);
      }
    }
    cursor.position(from);
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag >>> 3 == 3) {
        cursor.expect(tag, ProtoCursor.BYTES);
        int outer = cursor.enter();
        long quantile = 0;
        long value = 0;
        while (cursor.hasMore()) {
          int field = cursor.tag();
          switch (field >>> 3) {
            case 1 -> quantile = fixed(field);
            case 2 -> value = fixed(field);
            default -> cursor.skip(field);
          }
        }
        cursor.leave(outer);
        tell(family, "quantile", bound(Double.longBitsToDouble(quantile)), value, 0, null);
      } else {
        cursor.skip(tag);
      }
    }
    tell(family + "_sum", "", "", sumBits, startMillis, null);
    tell(family + "_count", "", "", Double.doubleToRawLongBits(count), startMillis, null);
  }

  private void histogram() throws WireException, InvalidLabelsException {
    int from = cursor.position();
    long startMillis = 0;
    boolean nativeBuckets = false;
    Exemplar exemplar = null;
    parts.clear();
    if (type == GAUGE_HISTOGRAM) {
      parts.gauge();
    }
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> parts.count(cursor, tag);
        case 2 -> parts.sum(cursor, tag);
        case 4 -> parts.floatCount(cursor, tag);
        case 5 -> parts.schema(cursor, tag);
        case 6 -> parts.zeroThreshold(cursor, tag);
        case 7 -> parts.zeroCount(cursor, tag);
        case 8 -> parts.floatZeroCount(cursor, tag);
        case 9 -> parts.negativeSpan(cursor, tag);
        case 10 -> parts.negativeDeltas(cursor, tag);
        case 11 -> parts.negativeCounts(cursor, tag);
        case 12 -> {
          nativeBuckets = true;
          parts.positiveSpan(cursor, tag);
        }
        case 13 -> parts.positiveDeltas(cursor, tag);
        case 14 -> parts.positiveCounts(cursor, tag);
        case 15 -> startMillis = time(tag);
        case 16 -> exemplar = exemplar(tag);
        default -> cursor.skip(tag);
      }
    }
    if (nativeBuckets || parts.isNative()) {
      String contradiction = parts.contradiction();
      if (contradiction != null) {
        throw WireException.malformed("histogram '" + family + "': " + contradiction);
      }
      series.name(family, labels, "", "");
      sink.histogram(series, timestampMillis, parts.build(), startMillis, exemplar);
      return;
    }
    cursor.position(from);
    long count = Double.doubleToRawLongBits(parts.count());
    if (!buckets(startMillis)) {
      tell(family + "_bucket", "le", "+Inf", count, startMillis, null);
    }
    long sum = Double.doubleToRawLongBits(parts.sum());
    tell(family + "_sum", "", "", sum, startMillis, null);
    tell(family + "_count", "", "", count, startMillis, null);
  }

  /// Tells the classic buckets; answers whether one for +Inf was among them.
  private boolean buckets(long startMillis) throws WireException, InvalidLabelsException {
    boolean infinite = false;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag >>> 3 != 3) {
        cursor.skip(tag);
        continue;
      }
      cursor.expect(tag, ProtoCursor.BYTES);
      int outer = cursor.enter();
      double cumulative = 0;
      double upper = 0;
      Exemplar exemplar = null;
      while (cursor.hasMore()) {
        int field = cursor.tag();
        switch (field >>> 3) {
          case 1 -> cumulative = unsigned(field);
          case 2 -> upper = Double.longBitsToDouble(fixed(field));
          case 3 -> exemplar = exemplar(field);
          case 4 -> {
            double given = Double.longBitsToDouble(fixed(field));
            cumulative = given > 0 ? given : cumulative;
          }
          default -> cursor.skip(field);
        }
      }
      cursor.leave(outer);
      infinite |= upper == Double.POSITIVE_INFINITY;
      tell(
          family + "_bucket",
          "le",
          bound(upper),
          Double.doubleToRawLongBits(cumulative),
          startMillis,
          exemplar);
    }
    return infinite;
  }

  private void tell(
      String name,
      String extraName,
      String extraValue,
      long bits,
      long startMillis,
      @Nullable Exemplar exemplar)
      throws WireException, InvalidLabelsException {
    series.name(name, labels, extraName, extraValue);
    sink.sample(series, timestampMillis, bits, startMillis, exemplar);
  }

  private Exemplar exemplar(int tag) throws WireException, InvalidLabelsException {
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    List<Labels> own = new ArrayList<>(2);
    double value = 0;
    long millis = timestampMillis;
    while (cursor.hasMore()) {
      int field = cursor.tag();
      switch (field >>> 3) {
        case 1 -> own.add(pair(field));
        case 2 -> value = Double.longBitsToDouble(fixed(field));
        case 3 -> millis = time(field);
        default -> cursor.skip(field);
      }
    }
    cursor.leave(outer);
    return new Exemplar(joined(own), value, millis);
  }

  /// A `google.protobuf.Timestamp` as epoch milliseconds.
  private long time(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    long seconds = 0;
    long nanos = 0;
    while (cursor.hasMore()) {
      int field = cursor.tag();
      switch (field >>> 3) {
        case 1 -> {
          cursor.expect(field, ProtoCursor.VARINT);
          seconds = cursor.varint();
        }
        case 2 -> {
          cursor.expect(field, ProtoCursor.VARINT);
          nanos = cursor.varint();
        }
        default -> cursor.skip(field);
      }
    }
    cursor.leave(outer);
    return seconds * 1000 + nanos / 1_000_000;
  }

  private String text(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    return cursor.string();
  }

  private long fixed(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.FIXED64);
    return cursor.fixed64();
  }

  private double unsigned(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.VARINT);
    return HistogramParts.unsigned(cursor.varint());
  }

  /// A bound or quantile as OpenMetrics writes it.
  private static String bound(double value) {
    StringBuilder out = new StringBuilder();
    TextWriter.appendNumber(out, value);
    boolean whole = value == Math.rint(value) && !Double.isInfinite(value);
    return whole && out.indexOf("e") < 0 ? out.append(".0").toString() : out.toString();
  }

  /// A series, named by the bytes of its labels.
  private static final class Series implements PageSeries {
    private byte[] bytes = new byte[0];

    void name(String name, Labels labels, String extraName, String extraValue) {
      Labels.Builder all = labels.toBuilder().set(Label.METRIC_NAME, name);
      if (!extraName.isEmpty()) {
        all.set(extraName, extraValue);
      }
      bytes = LabelBytes.encode(all.build());
    }

    @Override
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public int offset() {
      return 0;
    }

    @Override
    public int length() {
      return bytes.length;
    }

    @Override
    public Labels labels() throws InvalidLabelsException {
      return LabelBytes.decode(bytes, 0, bytes.length);
    }
  }
}
