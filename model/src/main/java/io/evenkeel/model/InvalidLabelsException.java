package io.evenkeel.model;

/// Labels that came over the wire and cannot be a series' identity; the message says which and why.
public final class InvalidLabelsException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidLabelsException(String message) {
    super(message);
  }
}
