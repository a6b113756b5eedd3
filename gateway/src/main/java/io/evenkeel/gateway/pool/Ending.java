package io.evenkeel.gateway.pool;

/// How a request at a backend ended.
public enum Ending {
  /// With an answer; its status says whether it counts as a failure (5xx).
  ANSWERED,
  /// Without a whole answer: reset, cut short, timed out.
  FAILED,
  /// No connection could be made.
  UNREACHABLE,
  /// The client left; it says nothing about the backend.
  ABANDONED
}
