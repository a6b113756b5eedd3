package io.evenkeel.agent.probe;

import io.evenkeel.model.Labels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How one attempt went.
///
/// @param timeMillis when it began, epoch milliseconds
/// @param failure null when all was as expected
/// @param seconds from begin to end
/// @param address the last one that was asked, null when there was none
/// @param phases in the order in which they ended; a redirect begins them again
/// @param answer what came, as far as it is known
/// @param samples its series, `probe_success` and `probe_duration_seconds` among them
public record ProbeResult(
    long timeMillis,
    @Nullable ProbeFailure failure,
    double seconds,
    @Nullable String address,
    List<Phase> phases,
    Answer answer,
    List<Sample> samples) {
  public ProbeResult {
    phases = List.copyOf(phases);
    samples = List.copyOf(samples);
  }

  /// A part of an attempt.
  ///
  /// @param name as the label `phase` of its series: `resolve`, `connect`, `tls`, `processing`, …
  public record Phase(String name, double seconds) {}

  /// What came. The text of a page is never kept.
  ///
  /// @param status the HTTP status
  /// @param tls the version of TLS, such as `TLS 1.3`
  /// @param certificateEndsMillis when the first certificate of the chain expires, epoch
  ///   milliseconds
  /// @param records the first answers of a name server
  public record Answer(
      @Nullable Integer status,
      @Nullable String tls,
      @Nullable Long certificateEndsMillis,
      List<String> records) {
    public static final Answer NONE = new Answer(null, null, null, List.of());

    public Answer {
      records = List.copyOf(records);
    }
  }

  /// A number that is stored.
  ///
  /// @param labels with the metric's name, without those of the probe
  public record Sample(Labels labels, double value) {}

  /// Whether all was as expected.
  public boolean success() {
    return failure == null;
  }
}
