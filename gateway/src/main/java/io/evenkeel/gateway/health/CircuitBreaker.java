package io.evenkeel.gateway.health;

/// Leaves a failing backend out for a while: open after 5 failures in a row or when it fails more
/// than its peers do, for 30 s × how often that happened lately, at most 300 s (Envoy's outlier
/// detection); then half-open: one request tries it, and closes or opens it again. Thread-safe.
public final class CircuitBreaker {
  /// Failures in a row that open it.
  static final int CONSECUTIVE = 5;

  static final long BASE_NANOS = 30_000_000_000L;
  static final long LONGEST_NANOS = 300_000_000_000L;

  /// The state as it is shown.
  public enum State {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  private State state = State.CLOSED;
  private int consecutive;
  private int times;
  private long until;
  private long goodSince;
  private boolean trialRuns;
  private long windowRequests;
  private long windowFailures;

  /// Counts an answer.
  ///
  /// @return whether failures in a row ask for opening it; the pool decides, it must keep enough
  ///   backends
  public synchronized boolean observe(boolean failed, long nowNanos) {
    windowRequests++;
    if (state == State.HALF_OPEN) {
      trialRuns = false;
      if (failed) {
        open(nowNanos);
      } else {
        state = State.CLOSED;
        consecutive = 0;
        goodSince = nowNanos;
      }
      return false;
    }
    if (failed) {
      windowFailures++;
      consecutive++;
      return state == State.CLOSED && consecutive >= CONSECUTIVE;
    }
    consecutive = 0;
    return false;
  }

  /// Opens it.
  public synchronized void open(long nowNanos) {
    times++;
    state = State.OPEN;
    consecutive = 0;
    trialRuns = false;
    until = nowNanos + Math.min(LONGEST_NANOS, BASE_NANOS * times);
  }

  /// Closes it, whatever it thinks: its backend passed a check after it was down, or somebody
  /// asked.
  public synchronized void reset() {
    state = State.CLOSED;
    consecutive = 0;
    times = 0;
    trialRuns = false;
  }

  /// Moves an open one whose time is over to half-open, and forgets old openings: one for each good
  /// interval.
  ///
  /// @return whether the state changed
  public synchronized boolean tick(long nowNanos) {
    if (state == State.OPEN && nowNanos - until >= 0) {
      state = State.HALF_OPEN;
      trialRuns = false;
      return true;
    }
    if (state == State.CLOSED && times > 0 && nowNanos - goodSince > BASE_NANOS) {
      times--;
      goodSince = nowNanos;
    }
    return false;
  }

  /// Whether a request may go there; when it is half-open, whether it may be the one that tries.
  public synchronized boolean admits() {
    return switch (state) {
      case CLOSED -> true;
      case OPEN -> false;
      case HALF_OPEN -> !trialRuns;
    };
  }

  /// Notes that a request goes there.
  public synchronized void begin() {
    if (state == State.HALF_OPEN) {
      trialRuns = true;
    }
  }

  /// Notes that a request ended without saying anything about the backend, such as when its client
  /// left.
  public synchronized void abandon() {
    trialRuns = false;
  }

  public synchronized State state() {
    return state;
  }

  /// Requests and failures since the last call.
  public synchronized Window takeWindow() {
    Window window = new Window(windowRequests, windowFailures);
    windowRequests = 0;
    windowFailures = 0;
    return window;
  }

  /// What happened in an interval.
  public record Window(long requests, long failures) {}
}
