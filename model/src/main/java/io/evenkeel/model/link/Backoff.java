package io.evenkeel.model.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next try: full jitter below a bound that doubles (M. Brooker,
/// 'Exponential Backoff and Jitter', AWS Architecture Blog, 2015), so that ten thousand agents do
/// not come back at once. Not thread-safe.
public final class Backoff {
  private final Duration least;
  private final Duration most;
  private final RandomGenerator random;
  private int failures;

  public Backoff(Duration least, Duration most, RandomGenerator random) {
    this.least = least;
    this.most = most;
    this.random = random;
  }

  /// Counts a failure and answers how long to wait, at least as long as the other side asked.
  public Duration failed(Duration asked) {
    int doublings = Math.min(failures++, 30);
    long bound = Math.min(most.toMillis(), least.toMillis() << doublings);
    Duration wait = Duration.ofMillis(random.nextLong(Math.max(1, bound)) + 1);
    return asked.compareTo(wait) > 0 ? asked.plus(wait) : wait;
  }

  /// Starts over after a success.
  public void succeeded() {
    failures = 0;
  }
}
