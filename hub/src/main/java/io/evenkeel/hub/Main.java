package io.evenkeel.hub;

import io.evenkeel.hub.command.EvenkeelCommand;
import java.time.Clock;

/// The program: reads the command line, runs one command, exits with its code (0 done, 1 failed, 2
/// wrong use).
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(EvenkeelCommand.execute(arguments, Clock.systemUTC()));
  }
}
