package io.evenkeel.hub.command;

import io.evenkeel.hub.config.EvenkeelConfig;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints a new one-time link for the first administrator; links before it stop working.
@Command(
    name = "setup-link",
    description = "Print a new one-time link to set the administrator's password.",
    mixinStandardHelpOptions = true)
final class SetupLinkCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final HubOptions options = new HubOptions();
  private final Clock clock;

  SetupLinkCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    EvenkeelConfig config = options.read();
    String scheme = config.tls().isPresent() ? "https" : "http";
    try (SettingsFile settings = SettingsFile.open(config.data(), clock)) {
      String link =
          CommandFailure.resultOf(
              settings.accounts().openSetupLink(scheme + "://127.0.0.1:" + config.listen().port()));
      spec.commandLine().getOut().println(link);
      return 0;
    }
  }
}
