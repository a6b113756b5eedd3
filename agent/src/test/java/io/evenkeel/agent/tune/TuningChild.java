package io.evenkeel.agent.tune;

import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.nio.file.Path;
import java.time.Duration;

/// A process of its own that turns a knob and puts it back: stands still at a step until it is
/// killed, or, where no step is named, tells the values it saw.
final class TuningChild {
  private TuningChild() {}

  /// @param arguments root, data, policy, its owner, knob, value, step or nothing, what has the
  ///   knob
  public static void main(String[] arguments) throws Exception {
    TuningExecutor.Settings settings =
        new TuningExecutor.Settings(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Path.of(arguments[2]),
            Integer.parseInt(arguments[3]));
    String last = arguments.length > 6 ? arguments[6] : "";
    String target = arguments.length > 7 ? arguments[7] : "";
    try (TuningExecutor executor = StandingStill.executor(settings, last)) {
      System.out.println(
          executor.apply(
              "a1",
              new TuningRequest(arguments[4], target, arguments[5]),
              "anna",
              Duration.ofMinutes(1)));
      System.out.println(value(executor, arguments[4], target));
      System.out.println(executor.revert("a1", "anna", "the end"));
      System.out.println(value(executor, arguments[4], target));
    }
  }

  private static String value(TuningExecutor executor, String action, String target) {
    return ((TuningResult.Done) executor.read(action, target)).after();
  }
}
