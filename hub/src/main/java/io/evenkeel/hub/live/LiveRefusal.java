package io.evenkeel.hub.live;

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

  private final Reason reason;
  private final String field;
  private final int position;

  LiveRefusal(Reason reason, String message, String field, int position) {
    super(message, null, false, false);
    this.reason = reason;
    this.field = field;
    this.position = position;
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
