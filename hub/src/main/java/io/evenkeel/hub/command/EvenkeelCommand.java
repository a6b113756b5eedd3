package io.evenkeel.hub.command;

import io.evenkeel.hub.backup.BackupException;
import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.wiring.StartFailure;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

/// `evenkeel`: the hub when called alone, else one of its commands.
@Command(
    name = "evenkeel",
    description =
        "Watches servers, says what is wrong and why, and keeps traffic off the sick ones.",
    mixinStandardHelpOptions = true,
    versionProvider = EvenkeelCommand.VersionLine.class,
    usageHelpAutoWidth = true,
    commandListHeading = "%nCommands:%n")
public final class EvenkeelCommand implements Callable<Integer> {
  @Mixin private final HubOptions options = new HubOptions();
  private final Clock clock;

  private EvenkeelCommand(Clock clock) {
    this.clock = clock;
  }

  /// The command line for some arguments. A hub's start needs no other command, and each costs tens
  /// of milliseconds of reflection.
  public static CommandLine of(String[] arguments, Clock clock) {
    return startsHub(arguments)
        ? explaining(new CommandLine(new EvenkeelCommand(clock)))
        : all(clock);
  }

  /// Whether the arguments are options of the hub, complete and nothing else.
  private static boolean startsHub(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      if (!HubOptions.NAMES.contains(arguments[i]) || i + 1 == arguments.length) {
        return false;
      }
    }
    return true;
  }

  /// Every command, in the order of `--help`.
  public static CommandLine all(Clock clock) {
    CommandLine evenkeel =
        new CommandLine(new EvenkeelCommand(clock))
            .addSubcommand(new HubCommand(clock))
            .addSubcommand(new AgentCommand())
            .addSubcommand(new GatewayCommand(clock))
            .addSubcommand(new QueryCommand())
            .addSubcommand(new CheckRulesCommand())
            .addSubcommand(new PromqlTestCommand())
            .addSubcommand(new SetupLinkCommand(clock))
            .addSubcommand(new ResetPasswordCommand(clock))
            .addSubcommand(new TokenCommand(clock))
            .addSubcommand(new VerifyAuditCommand(clock))
            .addSubcommand(new BackupCommand())
            .addSubcommand(new RestoreCommand(clock))
            .addSubcommand(new CheckConfigCommand())
            .addSubcommand(new VersionCommand());
    LaterCommand.addTo(evenkeel);
    return explaining(evenkeel);
  }

  private static CommandLine explaining(CommandLine evenkeel) {
    return evenkeel.setExecutionExceptionHandler(EvenkeelCommand::explain);
  }

  @Override
  public Integer call() throws Exception {
    HubCommand.run(options, clock);
    return 0;
  }

  /// A failure its reader can do something about is one line for each problem; anything else is a
  /// fault of ours and keeps its stack.
  private static int explain(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    switch (failure) {
      case ConfigException config -> config.problems().forEach(problem -> say(err, problem));
      case StartFailure start -> say(err, String.valueOf(start.getMessage()));
      case DatabaseException database -> say(err, String.valueOf(database.getMessage()));
      case BackupException backup -> say(err, String.valueOf(backup.getMessage()));
      case StorageException storage -> say(err, String.valueOf(storage.getMessage()));
      case CommandFailure known -> say(err, String.valueOf(known.getMessage()));
      default ->
          LoggerFactory.getLogger(EvenkeelCommand.class)
              .error("a fault in Evenkeel: please report it with these lines", failure);
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static void say(PrintWriter err, String problem) {
    err.println("evenkeel: " + problem.replaceAll("\\s*\\R\\s*", " "));
  }

  static final class VersionLine implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"evenkeel " + Version.current()};
    }
  }
}
