package io.evenkeel.hub.alert.template;

/// A template that cannot be read or run; the message is for who wrote it.
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TemplateException(String message) {
    super(message, null, false, false);
  }
}
