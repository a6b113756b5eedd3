package io.evenkeel.hub.api;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.MatrixSeries;
import io.evenkeel.promql.Value.VectorSample;
import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes the envelopes and values of Prometheus's API: times in seconds with three digits of
/// fraction, values as strings.
final class PrometheusJson {
  /// Writes what stands under `data`.
  interface Data {
    void write(JsonGenerator json);
  }

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

  /// A query's result. Native histograms have no text yet and are left out.
  static void value(JsonGenerator json, Value value) {
    json.writeStartObject();
    switch (value) {
      case Value.Scalar scalar -> {
        json.writeStringProperty("resultType", "scalar");
        json.writeName("result");
        point(json, scalar.timestampMillis(), FloatText.of(scalar.value()));
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
        range.series().forEach(series -> series(json, series));
        json.writeEndArray();
      }
    }
    json.writeEndObject();
  }

  private static void sample(JsonGenerator json, VectorSample sample) {
    if (sample.histogram() != null) {
      return;
    }
    json.writeStartObject();
    json.writeName("metric");
    labels(json, sample.labels());
    json.writeName("value");
    point(json, sample.timestampMillis(), FloatText.of(sample.value()));
    json.writeEndObject();
  }

  private static void series(JsonGenerator json, MatrixSeries series) {
    json.writeStartObject();
    json.writeName("metric");
    labels(json, series.labels());
    json.writeName("values");
    json.writeStartArray();
    for (int i = 0; i < series.times().length; i++) {
      if (series.histograms() == null || series.histograms()[i] == null) {
        point(json, series.times()[i], FloatText.of(series.values()[i]));
      }
    }
    json.writeEndArray();
    json.writeEndObject();
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
    return fraction == 0 ? whole : whole + "." + String.format("%03d", fraction);
  }
}
