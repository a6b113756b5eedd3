package io.evenkeel.tsdb.engine;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.tsdb.engine.bytes.ByteReader;
import io.evenkeel.tsdb.engine.bytes.ByteWriter;
import io.evenkeel.tsdb.engine.bytes.DamagedBytesException;
import io.evenkeel.tsdb.engine.chunk.HistogramCodec;
import org.jspecify.annotations.Nullable;

/// What a batch put into the store, as one record of the write-ahead log.
///
/// A row of entries, each with a control byte whose two low bits tell its kind. For a number, the
/// other bits tell whether its series' id follows on the one before, whether the time repeats,
/// whether a start time follows, and how many of the value's high bytes are not zero. Nothing in it
/// refers to another record but the ids of series, which the same log file or its checkpoint
/// defines. Not thread-safe; reusable after [#begin].
final class BatchRecord {
  /// The first byte of such a record.
  static final int TYPE = 1;

  private static final int SERIES = 0;
  private static final int NUMBER = 1;
  private static final int HISTOGRAM = 2;
  private static final int OTHER = 3;
  private static final int METADATA = OTHER;
  private static final int EXEMPLAR = OTHER | 4;
  private static final int NEXT_ID = 4;
  private static final int SAME_TIME = 8;
  private static final int HAS_START = 16;
  private static final int LENGTH_SHIFT = 5;
  private static final int FULL_LENGTH = 7;

  private final ByteWriter out = new ByteWriter(4096);
  private long lastId;
  private long lastTime;

  void begin() {
    out.clear();
    out.u8(TYPE);
    lastId = 0;
    lastTime = 0;
  }

  boolean isEmpty() {
    return out.size() <= 1;
  }

  ByteWriter bytes() {
    return out;
  }

  void series(int id, byte[] canonical) {
    out.u8(SERIES);
    out.varint(id);
    out.block(canonical, 0, canonical.length);
  }

  void sample(int id, long time, long bits, @Nullable NativeHistogram histogram, long start) {
    if (histogram != null) {
      out.u8(HISTOGRAM);
      out.varint(id);
      out.zigzag(time);
      out.zigzag(start);
      HistogramCodec.write(out, histogram, null);
      return;
    }
    int length = 8 - (Long.numberOfTrailingZeros(bits) >>> 3);
    int code = bits == 0 ? 0 : Math.min(length, FULL_LENGTH);
    int bytes = code == FULL_LENGTH ? 8 : code;
    if (id == lastId + 1 && time == lastTime && start == 0) {
      // As nearly all come: a sender keeps the order of its series and reads them at one time.
      out.u8AndHighBytes(NUMBER | NEXT_ID | SAME_TIME | code << LENGTH_SHIFT, bits, bytes);
      lastId = id;
      return;
    }
    out.u8(
        NUMBER
            | (id == lastId + 1 ? NEXT_ID : 0)
            | (time == lastTime ? SAME_TIME : 0)
            | (start != 0 ? HAS_START : 0)
            | code << LENGTH_SHIFT);
    if (id != lastId + 1) {
      out.zigzag(id - lastId);
    }
    if (time != lastTime) {
      out.zigzag(time - lastTime);
    }
    if (start != 0) {
      out.zigzag(start - time);
    }
    out.highBytes(bits, bytes);
    lastId = id;
    lastTime = time;
  }

  void metadata(MetricMetadata entry) {
    out.u8(METADATA);
    out.string(entry.metric());
    out.u8(entry.type().ordinal());
    out.string(entry.unit());
    out.string(entry.help());
  }

  void exemplar(Labels series, Exemplar exemplar) {
    out.u8(EXEMPLAR);
    labels(series);
    labels(exemplar.labels());
    out.i64(Double.doubleToRawLongBits(exemplar.value()));
    out.zigzag(exemplar.timestampMillis());
  }

  private void labels(Labels labels) {
    byte[] bytes = LabelBytes.encode(labels);
    out.block(bytes, 0, bytes.length);
  }

  /// Takes what a record holds, in the order it was put in.
  interface Visitor {
    void series(int id, byte[] canonical) throws InvalidLabelsException;

    void sample(int id, long time, long bits, @Nullable NativeHistogram histogram, long start);

    void metadata(MetricMetadata entry);

    void exemplar(Labels series, Exemplar exemplar);
  }

  /// Hands a record's entries to a visitor; the type byte has been read.
  static void read(ByteReader in, Visitor visitor) throws InvalidLabelsException {
    long lastId = 0;
    long lastTime = 0;
    while (in.hasMore()) {
      int control = in.u8();
      switch (control & 3) {
        case SERIES -> visitor.series(in.size(Integer.MAX_VALUE), in.block());
        case NUMBER -> {
          lastId += (control & NEXT_ID) != 0 ? 1 : in.zigzag();
          lastTime += (control & SAME_TIME) != 0 ? 0 : in.zigzag();
          long start = (control & HAS_START) != 0 ? lastTime + in.zigzag() : 0;
          int code = control >>> LENGTH_SHIFT;
          long bits = in.highBytes(code == FULL_LENGTH ? 8 : code);
          visitor.sample((int) lastId, lastTime, bits, null, start);
        }
        case HISTOGRAM -> {
          int id = in.size(Integer.MAX_VALUE);
          long time = in.zigzag();
          long start = in.zigzag();
          NativeHistogram histogram = HistogramCodec.read(in, null);
          visitor.sample(id, time, Double.doubleToRawLongBits(histogram.sum()), histogram, start);
        }
        default -> {
          if (control == METADATA) {
            String metric = in.string();
            int type = in.u8();
            if (type >= MetricType.values().length) {
              throw new DamagedBytesException("unknown metric type " + type);
            }
            visitor.metadata(
                new MetricMetadata(metric, MetricType.values()[type], in.string(), in.string()));
          } else {
            Labels series = labels(in);
            visitor.exemplar(
                series, new Exemplar(labels(in), Double.longBitsToDouble(in.i64()), in.zigzag()));
          }
        }
      }
    }
  }

  private static Labels labels(ByteReader in) throws InvalidLabelsException {
    byte[] bytes = in.block();
    return LabelBytes.decode(bytes, 0, bytes.length);
  }
}
