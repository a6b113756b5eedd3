package io.evenkeel.agent.profile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Programs that record: by their absolute paths, without a shell, in an empty environment.
final class Program {
  private static final int MOST_OUTPUT = 64 << 10;

  private Program() {}

  /// @param output what it printed, both streams, up to 64 KiB
  record Result(int exit, String output) {
    boolean ok() {
      return exit == 0;
    }
  }

  /// A program that is ready to start.
  static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  /// Runs a program to its end; one that takes too long is ended.
  ///
  /// @param scratch a folder for what it prints
  static Result run(List<String> command, Path scratch, Duration most)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(scratch, "output", "");
    Process process =
        builder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Result(
            -1, command.getFirst() + " did not end within " + most.toSeconds() + " s");
      }
      return new Result(process.exitValue(), read(output));
    } finally {
      process.destroyForcibly();
    }
  }

  /// The beginning of a file as text; empty when it is not there.
  static String read(Path file) throws IOException {
    if (Files.notExists(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8).strip();
    }
  }
}
