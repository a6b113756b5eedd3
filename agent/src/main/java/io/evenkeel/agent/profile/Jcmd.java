package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.ProfileNote.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The JDK's `jcmd` of the runtime that the agent itself runs on, never one that lies beside the
/// process: that would be somebody else's program.
final class Jcmd {
  private static final Path PROGRAM = Path.of(System.getProperty("java.home"), "bin", "jcmd");

  /// A server that is looked at for its load may take long to start a program and to begin a
  /// recording. Three commands of a run stay below the time that the hub waits for it.
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private static final Pattern VERSION = Pattern.compile("(?m)^JDK (\\d+)");

  private final TargetProcess target;
  private final Path scratch;

  /// @param scratch a folder for what the program prints
  Jcmd(TargetProcess target, Path scratch) throws ProfileFailure {
    this.target = target;
    this.scratch = scratch;
    if (!target.java()) {
      throw new ProfileFailure(Code.NOT_JAVA, target.comm());
    }
    if (!Files.isExecutable(PROGRAM)) {
      throw new ProfileFailure(Code.NO_JCMD, PROGRAM.toString());
    }
  }

  /// Runs a diagnostic command in the process; answers what it says.
  ///
  /// @throws ProfileFailure when the process does not take it
  String execute(String... arguments) throws ProfileFailure, IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                PROGRAM.toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-J-Xmx32m",
                Integer.toString(target.pid())));
    command.addAll(List.of(arguments));
    Program.Result result = Program.run(command, scratch, PATIENCE);
    if (result.ok()) {
      return result.output();
    }
    if (!target.isAlive()) {
      throw new ProfileFailure(Code.NO_PROCESS, Integer.toString(target.pid()));
    }
    boolean forbidden =
        result.output().contains("not permitted") || result.output().contains("Permission denied");
    throw new ProfileFailure(
        forbidden ? Code.NOT_PERMITTED : Code.FAILED, "jcmd: " + result.output());
  }

  /// The feature release of the process's Java, such as 17.
  int version() throws ProfileFailure, IOException, InterruptedException {
    String said = execute("VM.version");
    Matcher version = VERSION.matcher(said);
    if (!version.find()) {
      throw new ProfileFailure(Code.FAILED, "jcmd VM.version: " + said);
    }
    return Integer.parseInt(version.group(1));
  }
}
