package io.evenkeel.hub.command;

import io.evenkeel.hub.backup.Backup;
import io.evenkeel.tsdb.storage.StoreStatistics;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Brings a backup back into an empty data directory.
@Command(
    name = "restore",
    description = "Bring a backup back into an empty or new data folder.",
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final HubOptions options = new HubOptions();
  private final Clock clock;

  @Parameters(paramLabel = "FOLDER", description = "The backup.")
  private Path backup = Path.of("");

  RestoreCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    Path data = options.read().data();
    StoreStatistics brought = Backup.restore(backup, data, clock);
    spec.commandLine()
        .getOut()
        .println(
            String.format(
                Locale.ROOT,
                "Every file is as it was backed up. In %s: %,d series in the head, %,d sealed"
                    + " blocks, %,d bytes. Start the hub with --data to go on.",
                data.toAbsolutePath().normalize(),
                brought.headSeries(),
                brought.blocks(),
                brought.diskBytes()));
    return 0;
  }
}
