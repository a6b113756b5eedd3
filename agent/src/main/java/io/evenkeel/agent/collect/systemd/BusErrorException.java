package io.evenkeel.agent.collect.systemd;

import java.io.IOException;

/// A call that the peer answered with an error; the connection is as good as before.
final class BusErrorException extends IOException {
  private static final long serialVersionUID = 1L;

  BusErrorException(String message) {
    super(message);
  }
}
