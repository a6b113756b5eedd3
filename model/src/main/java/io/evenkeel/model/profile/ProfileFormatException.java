package io.evenkeel.model.profile;

/// Bytes that are not a profile, or one beyond the limits.
public final class ProfileFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  public ProfileFormatException(String message) {
    super(message);
  }
}
