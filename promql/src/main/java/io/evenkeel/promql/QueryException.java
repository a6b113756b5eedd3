package io.evenkeel.promql;

/// A query that has no answer; the message is for the person who asked.
public sealed class QueryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private QueryException(String message) {
    super(message, null, false, false);
  }

  /// The query is not PromQL, or its parameters contradict each other.
  public static final class BadQuery extends QueryException {
    private static final long serialVersionUID = 1L;
    private final int position;

    /// @param position the offset in the query's text, or −1
    public BadQuery(String message, int position) {
      super(message);
      this.position = position;
    }

    /// The offset in the query's text, from 0, or −1 when it is not about a place.
    public int position() {
      return position;
    }
  }

  /// The query cannot be evaluated on the data there is, or goes beyond a limit.
  public static final class Failed extends QueryException {
    private static final long serialVersionUID = 1L;

    public Failed(String message) {
      super(message);
    }
  }

  /// The query took longer than it may.
  public static final class TimedOut extends QueryException {
    private static final long serialVersionUID = 1L;

    public TimedOut(String message) {
      super(message);
    }
  }

  /// Other queries leave too little room for this one now; it may be asked again.
  public static final class Busy extends QueryException {
    private static final long serialVersionUID = 1L;

    public Busy(String message) {
      super(message);
    }
  }

  /// Nobody waits for the answer any more.
  public static final class Cancelled extends QueryException {
    private static final long serialVersionUID = 1L;

    public Cancelled() {
      super("query was canceled");
    }
  }
}
