package io.evenkeel.model.outgoing;

import java.net.UnknownHostException;

/// An address that is not connected to; the message says what to do.
public final class RefusedAddressException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  RefusedAddressException(String message) {
    super(message);
  }
}
