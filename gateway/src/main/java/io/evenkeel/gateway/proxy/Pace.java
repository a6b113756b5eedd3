package io.evenkeel.gateway.proxy;

/// When each side of a request last moved, on the clock of [System#nanoTime]. Lives on one event
/// loop.
final class Pace {
  private final long beganNanos;
  private long bodyNanos;
  private long backendNanos;
  private long clientNanos;

  Pace(long beganNanos) {
    this.beganNanos = beganNanos;
    bodyNanos = beganNanos;
    backendNanos = beganNanos;
    clientNanos = beganNanos;
  }

  long beganNanos() {
    return beganNanos;
  }

  /// A part of the request's body came.
  void bodyMoved(long now) {
    bodyNanos = now;
  }

  /// The backend was given the request, or sent a part of its answer.
  void backendMoved(long now) {
    backendNanos = now;
  }

  /// The client took what was written; only from now on can the backend be late.
  void clientMoved(long now, boolean backendHeld) {
    clientNanos = now;
    if (backendHeld) {
      backendNanos = now;
    }
  }

  /// Whether the next part of the request's body is overdue.
  boolean isBodyLate(long now, long allowedNanos) {
    return now - bodyNanos > allowedNanos;
  }

  /// Whether the client does not take its answer.
  boolean isClientLate(long now, long allowedNanos) {
    return now - Math.max(clientNanos, backendNanos) > allowedNanos;
  }

  /// Whether the backend says nothing although it has all that came.
  boolean isBackendLate(long now, long allowedNanos) {
    return now - Math.max(bodyNanos, backendNanos) > allowedNanos;
  }

  /// Whether the whole request takes too long.
  boolean isRequestLate(long now, long allowedNanos) {
    return now - beganNanos > allowedNanos;
  }
}
