package io.evenkeel.hub.live;

import io.evenkeel.model.Text;

/// A wish of a browser that a live stream cannot fulfil; the message is for the browser's user.
public final class LiveRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What is wrong.
  public enum Reason {
    /// Too many streams, subscriptions or expressions.
    TOO_MANY,
    /// An expression that is no PromQL, or too long.
    BAD_EXPRESSION,
    /// A host that the hub does not know.
    UNKNOWN_HOST
  }

  private final transient Text text;
  private final Reason reason;
  private final String field;
  private final int position;

  LiveRefusal(Reason reason, Text text, String field, int position) {
    super(text.en(), null, false, false);
    this.text = text;
    this.reason = reason;
    this.field = field;
    this.position = position;
  }

  /// The message in both languages.
  public Text text() {
    return text;
  }

  public Reason reason() {
    return reason;
  }

  /// Which part of the request it is about, such as `subs[2].expr`; empty when it is about all.
  public String field() {
    return field;
  }

  /// Where in the expression, from 0; −1 when it is not about a place.
  public int position() {
    return position;
  }
}
