package io.evenkeel.model.link;

import java.io.IOException;
import java.io.Serial;

/// The hub does not enrol this machine; its message says why.
public final class EnrolmentRefusedException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  public EnrolmentRefusedException(int status, String message) {
    super(message.isEmpty() ? "the hub answered " + status : message);
  }
}
