package io.evenkeel.hub.hosts;

/// How a host's reports come in.
public enum HostStatus {
  /// As often as expected.
  OK,
  /// At least two were missed.
  LATE,
  /// At least three were missed: the host counts as down, `up` is 0.
  SILENT;

  /// Time that a report may take on its way before it counts as missed: a long pause of the hub or
  /// a slow fsync is no silence.
  static final long SLACK_MILLIS = 1_000;

  /// The status after some time without a report.
  static HostStatus after(long elapsedMillis, long periodMillis) {
    if (elapsedMillis > 3 * periodMillis + SLACK_MILLIS) {
      return SILENT;
    }
    return elapsedMillis > 2 * periodMillis + SLACK_MILLIS ? LATE : OK;
  }
}
