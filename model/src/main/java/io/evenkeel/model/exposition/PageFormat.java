package io.evenkeel.model.exposition;

import java.util.Locale;
import java.util.Optional;

/// The formats of a page of metrics.
public enum PageFormat {
  /// Prometheus's text, version 0.0.4 (and 1.0.0, whose quoted names are read in both).
  TEXT,
  /// OpenMetrics 1.0 text.
  OPEN_METRICS,
  /// `io.prometheus.client.MetricFamily` messages, each after its length: the only format that
  /// carries native histograms.
  PROTOBUF;

  /// What to send as Accept, so that a target answers in the best format it has. Order and weights
  /// are Prometheus's.
  ///
  /// @param protobuf whether to ask for protobuf first, for the native histograms
  public static String accept(boolean protobuf) {
    return (protobuf
            ? "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
                + "encoding=delimited;q=0.6,"
            : "")
        + "application/openmetrics-text;version=1.0.0;q=0.5,"
        + "text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
  }

  /// The format that a Content-Type names. One that is missing or not known to name another kind of
  /// document is taken as text, which exporters written by hand often forget to say.
  ///
  /// @return nothing when the type names a page that is no page of metrics
  public static Optional<PageFormat> of(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT).replace(" ", "");
    int end = type.indexOf(';');
    return switch (end < 0 ? type : type.substring(0, end)) {
      case "application/openmetrics-text" -> Optional.of(OPEN_METRICS);
      case "application/vnd.google.protobuf" ->
          type.contains("encoding=delimited") ? Optional.of(PROTOBUF) : Optional.empty();
      case "text/plain", "", "application/octet-stream", "text/plain-text" -> Optional.of(TEXT);
      default -> Optional.empty();
    };
  }
}
