package io.evenkeel.hub.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints the version of Evenkeel and of the Java it runs on.
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine()
        .getOut()
        .println(
            new EvenkeelCommand.VersionLine().getVersion()[0] + " on Java " + Runtime.version());
    return 0;
  }
}
