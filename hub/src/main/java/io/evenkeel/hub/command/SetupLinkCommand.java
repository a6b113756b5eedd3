package io.evenkeel.hub.command;

import io.evenkeel.hub.config.EvenkeelConfig;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.AccountStore;
import io.evenkeel.hub.security.SetupLinks;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints a new one-time link for the administrator's first password; links before it stop working.
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
    try (Database database = SettingsFile.open(config.data())) {
      if (!new AccountStore(database).isEmpty()) {
        throw new CommandFailure(
            "this hub is set up already: 'evenkeel reset-password NAME' sets a new password");
      }
      String scheme = config.tls().isPresent() ? "https" : "http";
      spec.commandLine()
          .getOut()
          .println(
              new SetupLinks(database, clock, config.data().resolve("setup-link"))
                  .issue(scheme + "://127.0.0.1:" + config.listen().port()));
      return 0;
    }
  }
}
