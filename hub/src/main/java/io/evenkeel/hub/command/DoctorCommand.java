package io.evenkeel.hub.command;

import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.EvenkeelConfig;
import io.evenkeel.hub.doctor.HubCheck;
import io.evenkeel.hub.doctor.MachineCheck;
import io.evenkeel.hub.doctor.Remark;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Checks whether this installation can do its work; exits with 1 when something keeps it from
/// that.
@Command(
    name = "doctor",
    description =
        "Check this installation: settings, data, certificate, address, and what this machine offers.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final HubOptions options = new HubOptions();
  private final Clock clock;

  DoctorCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws ConfigException {
    // A settings file that is wrong is told as at a start, a line for each problem.
    EvenkeelConfig config = options.read();
    List<Remark> remarks = new ArrayList<>(new HubCheck(config, clock).remarks());
    remarks.addAll(new MachineCheck(Path.of("/")).remarks());
    for (Remark remark : remarks) {
      spec.commandLine()
          .getOut()
          .printf(
              "%-8s %-12s %s%n",
              remark.level().name().toLowerCase(Locale.ROOT), remark.about(), remark.text());
    }
    spec.commandLine().getOut().flush();
    return remarks.stream().anyMatch(remark -> remark.level() == Remark.Level.PROBLEM) ? 1 : 0;
  }
}
