package io.evenkeel.hub.command;

import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.ConfigReader;
import io.evenkeel.hub.config.EvenkeelConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Checks a settings file and says everything that is wrong with it.
@Command(
    name = "check-config",
    description = "Check a settings file.",
    mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The settings file.")
  private Path file = Path.of("evenkeel.yaml");

  @Override
  public Integer call() throws ConfigException {
    EvenkeelConfig config = ConfigReader.read(file, Map.of());
    spec.commandLine()
        .getOut()
        .println(
            file
                + " is in order: listens on "
                + config.listen().host()
                + ":"
                + config.listen().port()
                + ", keeps its data in "
                + config.data());
    return 0;
  }
}
