package io.evenkeel.hub.wiring;

import org.jspecify.annotations.Nullable;

/// A hub that cannot start, for a reason that its operator can remove; the message is one line that
/// says what, where, and what to do.
public final class StartFailure extends Exception {
  private static final long serialVersionUID = 1L;

  public StartFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
