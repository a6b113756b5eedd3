package io.evenkeel.hub.work;

/// Too many computations wait already; try again in a moment.
public final class BusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BusyException() {
    super("The hub is computing at its limit: try again in a moment.");
  }
}
