package io.evenkeel.agent.collect;

import java.io.IOException;

/// Something that this machine does not offer; the message says what, for a person to read.
public final class NotAvailableException extends IOException {
  private static final long serialVersionUID = 1L;

  public NotAvailableException(String message) {
    super(message);
  }

  /// An expected outcome, looked for again and again, has no use for a stack trace.
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
