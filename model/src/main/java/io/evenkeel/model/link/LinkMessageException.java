package io.evenkeel.model.link;

import java.io.IOException;
import java.io.Serial;

/// What came over the link is not a message.
public final class LinkMessageException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  public LinkMessageException(String message) {
    super(message);
  }
}
