package io.evenkeel.hub.fleet;

/// How a host is, the most pressing first.
public enum FleetStatus {
  /// It does not report.
  DOWN,
  /// A critical alert of it fires.
  CRITICAL,
  /// Another alert of it fires, or it reports late.
  WARNING,
  /// Planned work is done on it, so that nobody is told of its alerts.
  MAINTENANCE,
  OK
}
