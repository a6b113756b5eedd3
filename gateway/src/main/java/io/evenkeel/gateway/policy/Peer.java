package io.evenkeel.gateway.policy;

/// What a policy sees of a backend.
public interface Peer {
  /// Identifies the backend for affinity; the same name always has the same id.
  long id();

  /// Its part of the traffic beside its peers', 0 for none.
  double weight();

  /// Requests in flight there (RIF).
  int inFlight();

  /// What its answers took.
  LatencyEstimate latency();

  /// When a request was last sent there, on the clock of `nowNanos`.
  long lastPickedNanos();
}
