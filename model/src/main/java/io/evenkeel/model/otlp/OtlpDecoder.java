package io.evenkeel.model.otlp;

import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.WireException;

/// Decodes an `ExportMetricsServiceRequest` into a batch: resources, scopes and metrics; the points
/// are [OtlpPoints]' work.
///
/// Messages are walked twice where protobuf lets what is needed first stand last. Delta temporality
/// is refused with a reason: turning it into what Prometheus keeps needs a memory of every series
/// that a restart would lose. Source: opentelemetry-proto 1.x, metrics.proto. Used once.
public final class OtlpDecoder {
  private static final int GAUGE = 5;
  private static final int SUM = 7;
  private static final int HISTOGRAM = 9;
  private static final int EXPONENTIAL_HISTOGRAM = 10;
  private static final int SUMMARY = 11;
  private static final int CUMULATIVE = 2;
  private static final int DELTA = 1;

  private final ProtoCursor cursor;
  private final OtlpPoints points;
  private final SampleBatch batch;

  private OtlpDecoder(byte[] body, int length, RequestLimits limits, SampleBatch batch) {
    this.cursor = new ProtoCursor(body, 0, length);
    this.batch = batch;
    this.points = new OtlpPoints(cursor, limits, batch);
  }

  /// Adds a request's samples, histograms, exemplars and metadata to a batch.
  ///
  /// @throws WireException when the request as a whole cannot be read; the batch may then hold a
  ///   part of it and must be cleared
  public static DecodedOtlp decode(byte[] body, int length, RequestLimits limits, SampleBatch into)
      throws WireException {
    OtlpDecoder decoder = new OtlpDecoder(body, length, limits, into);
    decoder.each(1, decoder::resourceMetrics);
    return decoder.points.outcome();
  }

  private interface Part {
    void read(int tag) throws WireException;
  }

  /// Reads every message in a field of the message that the cursor is in.
  private void each(int field, Part part) throws WireException {
    int from = cursor.position();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      if (tag >>> 3 == field) {
        cursor.expect(tag, ProtoCursor.BYTES);
        part.read(tag);
      } else {
        cursor.skip(tag);
      }
    }
    cursor.position(from);
  }

  private void resourceMetrics(int tag) throws WireException {
    int outer = cursor.enter();
    Attributes resource = new Attributes(cursor);
    each(
        1,
        unused -> {
          int inner = cursor.enter();
          each(1, resource::read);
          cursor.leave(inner);
        });
    points.resource(resource);
    each(
        2,
        unused -> {
          int inner = cursor.enter();
          each(2, this::metric);
          cursor.leave(inner);
        });
    points.targetInfo();
    cursor.leave(outer);
  }

  private void metric(int tag) throws WireException {
    int outer = cursor.enter();
    int from = cursor.position();
    String name = "";
    String description = "";
    String unit = "";
    int kind = 0;
    while (cursor.hasMore()) {
      int field = cursor.tag();
      switch (field >>> 3) {
        case 1 -> name = text(field);
        case 2 -> description = text(field);
        case 3 -> unit = text(field);
        case GAUGE, SUM, HISTOGRAM, EXPONENTIAL_HISTOGRAM, SUMMARY -> {
          kind = field >>> 3;
          cursor.skip(field);
        }
        default -> cursor.skip(field);
      }
    }
    cursor.position(from);
    String original = name;
    String itsUnit = unit;
    String help = description;
    int itsKind = kind;
    each(
        itsKind,
        unused -> {
          int inner = cursor.enter();
          data(itsKind, original, itsUnit, help);
          cursor.leave(inner);
        });
    cursor.leave(outer);
  }

  private void data(int kind, String original, String unit, String help) throws WireException {
    int from = cursor.position();
    long temporality = 0;
    boolean monotonic = false;
    while (kind != GAUGE && kind != SUMMARY && cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 2 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          temporality = cursor.varint();
        }
        case 3 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          monotonic = cursor.varint() != 0;
        }
        default -> cursor.skip(tag);
      }
    }
    cursor.position(from);
    String name = OtlpNames.metric(original, unit, kind == SUM && monotonic, kind == GAUGE);
    String refusal = null;
    if (name.isEmpty()) {
      refusal = "a metric has no name";
    } else if (kind != GAUGE && kind != SUMMARY && temporality != CUMULATIVE) {
      refusal =
          "metric '"
              + original
              + "' has "
              + (temporality == DELTA ? "delta" : "no")
              + " temporality, cumulative is accepted: set"
              + " OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=cumulative at the sender";
    }
    if (refusal != null) {
      String why = refusal;
      int[] refused = {0};
      each(
          1,
          tag -> {
            cursor.skip(tag);
            refused[0]++;
          });
      points.refuse(refused[0], why);
      return;
    }
    points.metric(name);
    switch (kind) {
      case GAUGE -> each(1, tag -> points.number(false));
      case SUM -> each(1, tag -> points.number(true));
      case HISTOGRAM -> each(1, tag -> points.histogram());
      case EXPONENTIAL_HISTOGRAM -> each(1, tag -> points.exponentialHistogram());
      default -> each(1, tag -> points.summary());
    }
    batch.addMetadata(new MetricMetadata(name, type(kind, monotonic), unit, help));
  }

  private static MetricType type(int kind, boolean monotonic) {
    return switch (kind) {
      case SUM -> monotonic ? MetricType.COUNTER : MetricType.GAUGE;
      case HISTOGRAM, EXPONENTIAL_HISTOGRAM -> MetricType.HISTOGRAM;
      case SUMMARY -> MetricType.SUMMARY;
      default -> MetricType.GAUGE;
    };
  }

  private String text(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    return cursor.string();
  }
}
