package io.evenkeel.agent.tuner;

import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.TuningAnswer;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.tune.TuningRequest;
import java.nio.file.Path;
import java.time.Duration;

/// An agent as a process of an unprivileged user: turns a knob by the tuner and tells what came of
/// it, and, where it is told to, puts it back.
final class AskingAgent {
  private AskingAgent() {}

  /// @param arguments socket, id, knob, value, seconds, whether to put it back
  public static void main(String[] arguments) {
    try (TunerClient tuner = new TunerClient(Path.of(arguments[0]), System::nanoTime)) {
      String id = arguments[1];
      ask(
          tuner,
          new TuningCommand.Apply(
              id,
              new TuningRequest(arguments[2], "", arguments[3]),
              "anna",
              Duration.ofSeconds(Long.parseLong(arguments[4]))));
      if (arguments[5].equals("yes")) {
        ask(tuner, new TuningCommand.Read(arguments[2], ""));
        ask(tuner, new TuningCommand.Revert(id, "anna", "enough"));
      }
    }
  }

  private static void ask(TunerClient tuner, TuningCommand command) {
    String id = "o" + System.nanoTime();
    System.out.println(
        TuningAnswer.result(tuner.execute(new CommandOrder(id, 1, command), command)));
  }
}
