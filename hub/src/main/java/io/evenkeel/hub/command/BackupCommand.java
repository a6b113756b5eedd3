package io.evenkeel.hub.command;

import io.evenkeel.hub.backup.Backup;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Backs up everything a hub keeps, also while it runs.
@Command(
    name = "backup",
    description = "Back up a hub's data, also while it runs.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final HubOptions options = new HubOptions();

  @Parameters(paramLabel = "FOLDER", description = "Where to; it must not exist yet.")
  private Path target = Path.of("");

  @Override
  public Integer call() throws Exception {
    Backup.Summary made = Backup.make(options.read().data(), target);
    spec.commandLine()
        .getOut()
        .println(
            String.format(
                Locale.ROOT,
                "Backed up %,d files, %,d bytes, into %s",
                made.files(),
                made.bytes(),
                target.toAbsolutePath().normalize()));
    return 0;
  }
}
