package io.evenkeel.hub.api;

import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.MatrixSeries;
import io.evenkeel.promql.Value.VectorSample;
import io.evenkeel.promql.histogram.Histogram;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Writes the envelopes and values of Prometheus's API: times in seconds with three digits of
/// fraction, values as strings.
final class PrometheusJson {
  /// Writes what stands under `data`.
  interface Data {
    void write(JsonGenerator json);
  }

  /// The warning of an answer that `limit` cut.
  static final String TRUNCATED = "results truncated due to limit";

  private PrometheusJson() {}

  /// A successful answer.
  static byte[] success(List<String> warnings, List<String> infos, Data data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = Json.mapper().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringProperty("status", "success");
      json.writeName("data");
      data.write(json);
      strings(json, "warnings", warnings);
      strings(json, "infos", infos);
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  /// An error.
  static byte[] error(String type, String message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = Json.mapper().createGenerator(out)) {
      json.writeStartObject();
      json.writeStringProperty("status", "error");
      json.writeStringProperty("errorType", type);
      json.writeStringProperty("error", message);
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void strings(JsonGenerator json, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      json.writeName(name);
      strings(json, texts);
    }
  }

  static void strings(JsonGenerator json, List<String> texts) {
    json.writeStartArray();
    texts.forEach(json::writeString);
    json.writeEndArray();
  }

  static void labels(JsonGenerator json, Labels labels) {
    json.writeStartObject();
    for (int i = 0; i < labels.size(); i++) {
      json.writeStringProperty(labels.name(i), labels.value(i));
    }
    json.writeEndObject();
  }

  /// A query's result.
  ///
  /// @param after writes further fields behind the result
  static void value(JsonGenerator json, Value value, Runnable after) {
    json.writeStartObject();
    switch (value) {
      case Value.Scalar scalar -> {
        json.writeStringProperty("resultType", "scalar");
        json.writeName("result");
        point(json, scalar.timestampMillis(), scalar.value());
      }
      case Value.Text text -> {
        json.writeStringProperty("resultType", "string");
        json.writeName("result");
        point(json, text.timestampMillis(), text.value());
      }
      case Value.InstantVector vector -> {
        json.writeStringProperty("resultType", "vector");
        json.writeName("result");
        json.writeStartArray();
        vector.samples().forEach(sample -> sample(json, sample));
        json.writeEndArray();
      }
      case Value.RangeVector range -> {
        json.writeStringProperty("resultType", "matrix");
        json.writeName("result");
        json.writeStartArray();
        PointTexts points = new PointTexts();
        range.series().forEach(series -> series(json, series, points));
        json.writeEndArray();
      }
    }
    after.run();
    json.writeEndObject();
  }

  private static void sample(JsonGenerator json, VectorSample sample) {
    json.writeStartObject();
    json.writeName("metric");
    labels(json, sample.labels());
    NativeHistogram histogram = sample.histogram();
    if (histogram == null) {
      json.writeName("value");
      point(json, sample.timestampMillis(), sample.value());
    } else {
      json.writeName("histogram");
      point(json, sample.timestampMillis(), histogram);
    }
    json.writeEndObject();
  }

  private static void series(JsonGenerator json, MatrixSeries series, PointTexts points) {
    json.writeStartObject();
    json.writeName("metric");
    labels(json, series.labels());
    @Nullable NativeHistogram @Nullable [] histograms = series.histograms();
    points.begin();
    for (int i = 0; i < series.times().length; i++) {
      if (histograms == null || histograms[i] == null) {
        points.add(series.times()[i], series.values()[i]);
      }
    }
    if (points.count() > 0) {
      json.writeName("values");
      json.writeStartArray();
      json.writeRawValue(points.text());
      json.writeEndArray();
    }
    if (histograms != null && points.count() < histograms.length) {
      json.writeName("histograms");
      json.writeStartArray();
      for (int i = 0; i < histograms.length; i++) {
        NativeHistogram histogram = histograms[i];
        if (histogram != null) {
          point(json, series.times()[i], histogram);
        }
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void point(JsonGenerator json, long timestampMillis, NativeHistogram histogram) {
    json.writeStartArray();
    json.writeNumber(seconds(timestampMillis));
    json.writeStartObject();
    json.writeStringProperty("count", FloatText.of(histogram.count()));
    json.writeStringProperty("sum", FloatText.of(histogram.sum()));
    boolean custom = histogram.hasCustomBounds();
    boolean[] any = new boolean[1];
    Histogram.of(histogram)
        .forEachAscending((lower, upper, count) -> {
          if (count != 0) {
            if (!any[0]) {
              json.writeName("buckets");
              json.writeStartArray();
              any[0] = true;
            }
            bucket(json, boundaries(custom, lower, upper), lower, upper, count);
          }
          return true;
        });
    if (any[0]) {
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeEndArray();
  }

  /// Which ends belong to a bucket: 0 the upper, 1 the lower, 3 both.
  private static int boundaries(boolean custom, double lower, double upper) {
    boolean withLower = custom ? lower == Double.NEGATIVE_INFINITY : lower < 0;
    boolean withUpper = custom || upper > 0;
    return withLower ? (withUpper ? 3 : 1) : 0;
  }

  private static void bucket(
      JsonGenerator json, int boundaries, double lower, double upper, double count) {
    json.writeStartArray();
    json.writeNumber(boundaries);
    json.writeString(FloatText.of(lower));
    json.writeString(FloatText.of(upper));
    json.writeString(FloatText.of(count));
    json.writeEndArray();
  }

  private static void point(JsonGenerator json, long timestampMillis, double value) {
    point(json, timestampMillis, FloatText.of(value));
  }

  private static void point(JsonGenerator json, long timestampMillis, String value) {
    json.writeStartArray();
    json.writeNumber(seconds(timestampMillis));
    json.writeString(value);
    json.writeEndArray();
  }

  /// Seconds with as many digits of fraction as there are, three at most.
  static String seconds(long millis) {
    long fraction = Math.abs(millis % 1000);
    String sign = millis < 0 ? "-" : "";
    String whole = sign + Math.abs(millis / 1000);
    return fraction == 0 ? whole : whole + "." + Long.toString(1000 + fraction).substring(1);
  }
}
