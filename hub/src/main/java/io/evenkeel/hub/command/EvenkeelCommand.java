package io.evenkeel.hub.command;

import io.evenkeel.hub.backup.BackupException;
import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.wiring.StartFailure;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
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
  private static final int FAILED = 1;

  @Mixin private final HubOptions options = new HubOptions();
  private final Clock clock;

  private EvenkeelCommand(Clock clock) {
    this.clock = clock;
  }

  /// Runs the command that the arguments name and answers its exit code: 0 done, 1 failed, 2 wrong
  /// use. The start of a hub goes without the reflection of a command line, which takes a quarter
  /// of a second.
  public static int execute(String[] arguments, Clock clock) {
    Optional<HubOptions> hub = HubOptions.ofNothingElse(arguments);
    if (hub.isEmpty()) {
      return all(clock).execute(arguments);
    }
    try {
      HubCommand.run(hub.get(), clock);
      return 0;
    } catch (Exception e) {
      return explain(e, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }
  }

  /// Every command, in the order of `--help`.
  public static CommandLine all(Clock clock) {
    CommandLine evenkeel =
        new CommandLine(new EvenkeelCommand(clock))
            .addSubcommand(new HubCommand(clock))
            .addSubcommand(new AgentCommand())
            .addSubcommand(new GatewayCommand(clock))
            .addSubcommand(new DiagnoseCommand(clock))
            .addSubcommand(new QueryCommand())
            .addSubcommand(new CheckRulesCommand())
            .addSubcommand(new TestRulesCommand())
            .addSubcommand(new PromqlTestCommand())
            .addSubcommand(new SetupLinkCommand(clock))
            .addSubcommand(new ResetPasswordCommand(clock))
            .addSubcommand(new TokenCommand(clock))
            .addSubcommand(new DoctorCommand(clock))
            .addSubcommand(new VerifyAuditCommand(clock))
            .addSubcommand(new SimulateCommand(clock))
            .addSubcommand(new BackupCommand())
            .addSubcommand(new RestoreCommand(clock))
            .addSubcommand(new CheckConfigCommand())
            .addSubcommand(new VersionCommand());
    return evenkeel.setExecutionExceptionHandler(
        (failure, command, parsed) -> explain(failure, command.getErr()));
  }

  @Override
  public Integer call() throws Exception {
    HubCommand.run(options, clock);
    return 0;
  }

  /// A failure its reader can do something about is one line for each problem; anything else is a
  /// fault of ours and keeps its stack.
  private static int explain(Exception failure, PrintWriter err) {
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
    return FAILED;
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
