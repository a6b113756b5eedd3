package io.evenkeel.gateway.proxy;

/// Something on an event loop that has deadlines.
interface Timed {
  /// Looks whether one of them passed. Called on its event loop, several times a second.
  void check(long nowNanos);
}
