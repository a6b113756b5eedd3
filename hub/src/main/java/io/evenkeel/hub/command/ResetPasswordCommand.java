package io.evenkeel.hub.command;

import io.evenkeel.hub.security.Account;
import io.evenkeel.hub.security.Secret;
import java.io.Console;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Gives an account another password: the one typed at a terminal, else a random one that is
/// printed once. All sessions of the account end.
@Command(
    name = "reset-password",
    description = "Give an account another password and end its sessions.",
    mixinStandardHelpOptions = true)
final class ResetPasswordCommand implements Callable<Integer> {
  private static final int PASSWORD_BITS = 120;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final HubOptions options = new HubOptions();

  @Parameters(paramLabel = "NAME", description = "The account.")
  private String name = "";

  private final Clock clock;

  ResetPasswordCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    try (SettingsFile settings = SettingsFile.open(options.read().data(), clock)) {
      String typed = typed();
      String password = typed.isEmpty() ? Secret.random("", PASSWORD_BITS).text() : typed;
      Account account =
          CommandFailure.resultOf(
              settings.accounts().resetPassword(name, password, SettingsFile.ACTOR));
      spec.commandLine()
          .getOut()
          .println(
              typed.isEmpty()
                  ? "The new password of " + account.name() + ":  " + password
                  : "The password of " + account.name() + " is changed.");
      return 0;
    }
  }

  /// What was typed twice at the terminal; nothing when there is no terminal or the line was empty.
  private static String typed() throws CommandFailure {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      return "";
    }
    char[] first = console.readPassword("New password (empty for a random one): ");
    if (first == null || first.length == 0) {
      return "";
    }
    char[] second = console.readPassword("Once more: ");
    if (second == null || !String.valueOf(first).equals(String.valueOf(second))) {
      throw new CommandFailure("the two passwords differ; nothing was changed");
    }
    return String.valueOf(first);
  }
}
