package io.evenkeel.agent.tune;

import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/// An executor of a process that is to be killed: it tells when it comes to a step and stands still
/// there.
public final class StandingStill {
  private StandingStill() {}

  /// @param last the step's name; empty for none
  public static TuningExecutor executor(TuningExecutor.Settings settings, String last)
      throws IOException {
    return TuningExecutor.open(
        settings,
        InstantSource.system(),
        System::nanoTime,
        step -> {
          if (step.name().equals(last)) {
            System.out.println("at " + step);
            standStill();
          }
        });
  }

  private static void standStill() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
