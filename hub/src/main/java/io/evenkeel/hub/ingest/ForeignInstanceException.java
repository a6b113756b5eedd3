package io.evenkeel.hub.ingest;

import java.io.Serial;

/// A sender brought samples of a host that it may not speak for.
public final class ForeignInstanceException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  ForeignInstanceException(String instance) {
    super(
        "the samples are of the instance '"
            + instance
            + "', and this certificate speaks for another one only");
  }
}
