package io.evenkeel.hub.outgoing;

import java.net.UnknownHostException;

/// An address that the hub does not connect to; the message says what to do.
public final class RefusedAddressException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  RefusedAddressException(String message) {
    super(message);
  }
}
