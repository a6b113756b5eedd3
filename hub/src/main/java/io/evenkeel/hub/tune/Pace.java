package io.evenkeel.hub.tune;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// How the seconds of a trial pass.
@FunctionalInterface
public interface Pace {
  /// The seconds of the wall clock.
  Pace REAL =
      ended -> {
        var unused = ended.await(1, TimeUnit.SECONDS);
      };

  /// Waits for the next second, or until the trial is told to end.
  ///
  /// @param ended at 0 when it is told to end
  void second(CountDownLatch ended) throws InterruptedException;
}
