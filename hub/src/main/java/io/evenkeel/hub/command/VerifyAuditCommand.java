package io.evenkeel.hub.command;

import io.evenkeel.agent.tune.TuningAudit;
import io.evenkeel.hub.security.AuditStore.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Checks the chain of the audit log.
@Command(
    name = "verify-audit",
    description =
        "Check that no line of the audit log, and of this machine's tuning log, was altered or removed.",
    mixinStandardHelpOptions = true)
final class VerifyAuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final HubOptions options = new HubOptions();
  private final Clock clock;

  VerifyAuditCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    try (SettingsFile settings = SettingsFile.open(options.read().data(), clock)) {
      return switch (settings.audit().verify()) {
        case Verdict.Intact(long entries, String lastHash) -> {
          spec.commandLine()
              .getOut()
              .println(
                  "The audit log is whole: "
                      + entries
                      + " entries, the last with hash "
                      + lastHash);
          verifyTuning(options.read().data().resolve("tuning").resolve(TuningAudit.FILE));
          yield 0;
        }
        case Verdict.Broken(long seq, String reason) ->
            throw new CommandFailure(
                "the audit log is broken at entry "
                    + seq
                    + ": "
                    + reason
                    + "; compare with a backup of settings.db");
      };
    }
  }

  private void verifyTuning(Path file) throws CommandFailure {
    if (!Files.exists(file)) {
      return;
    }
    try {
      switch (TuningAudit.verify(file)) {
        case TuningAudit.Verdict.Intact(long entries, String lastHash) ->
            spec.commandLine()
                .getOut()
                .println(
                    "The tuning log is whole: "
                        + entries
                        + " entries, the last with hash "
                        + lastHash);
        case TuningAudit.Verdict.Broken(long line, String reason) ->
            throw new CommandFailure(
                "the tuning log is broken at line " + line + " of " + file + ": " + reason);
      }
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + e.getMessage());
    }
  }
}
