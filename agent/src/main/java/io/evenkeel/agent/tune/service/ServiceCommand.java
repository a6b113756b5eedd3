package io.evenkeel.agent.tune.service;

import io.evenkeel.model.tune.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A command that the server's policy names: a program by its path with its words, never a shell,
/// with nothing of the caller's environment, and with a deadline.
///
/// @param words `{directive}` and `{value}` in them stand for what is changed
record ServiceCommand(List<String> words) {
  private static final int MOST_OUTPUT = 2_000;
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  ServiceCommand {
    words = List.copyOf(words);
  }

  /// Runs it.
  ///
  /// @param owner the user, beside root, that the program may belong to
  /// @return why it did not succeed, with what it said; empty when it did
  Optional<String> run(String directive, String value, Duration deadline, int owner) {
    Optional<String> unsafe = objection(owner);
    if (unsafe.isPresent()) {
      return unsafe;
    }
    List<String> called = new ArrayList<>();
    for (String word : words) {
      called.add(word.replace("{directive}", directive).replace("{value}", value));
    }
    ProcessBuilder builder = new ProcessBuilder(called).redirectErrorStream(true);
    builder.directory(Path.of("/").toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      Output output = new Output(process.getInputStream());
      Thread reader = Thread.ofVirtual().start(output);
      boolean ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      // A child that it left behind may hold the pipe open.
      reader.join(LAST_WORDS);
      if (!ended) {
        return Optional.of(
            Refusal.COMMAND_LATE.text(words.getFirst(), Long.toString(deadline.toSeconds())));
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of(
              Refusal.COMMAND_FAILED.text(words.getFirst(), process.exitValue() + output.told()));
    } catch (IOException e) {
      return Optional.of(
          Refusal.COMMAND_UNSTARTED.text(words.getFirst(), String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted while " + words.getFirst() + " ran");
    }
  }

  private Optional<String> objection(int owner) {
    Path program = Path.of(words.getFirst());
    try {
      Path real = program.toRealPath();
      if (!Files.isRegularFile(real) || !Files.isExecutable(real)) {
        return Optional.of(Refusal.IS_NO_PROGRAM.text(program.toString()));
      }
      return Safety.objection(real, owner);
    } catch (IOException e) {
      return Optional.of(Refusal.NO_PROGRAM.text(program.toString()));
    }
  }

  /// What a command says, as far as anybody wants to read it; the rest is read and dropped, so that
  /// the command does not wait for a reader.
  private static final class Output implements Runnable {
    private final InputStream from;
    private final StringBuilder text = new StringBuilder();

    private Output(InputStream from) {
      this.from = from;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[4_096];
      try (from) {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          synchronized (text) {
            int room = Math.min(n, MOST_OUTPUT - text.length());
            text.append(new String(buffer, 0, Math.max(0, room), StandardCharsets.UTF_8));
          }
        }
      } catch (IOException e) {
        synchronized (text) {
          text.append(" (its output cannot be read: ").append(e.getMessage()).append(')');
        }
      }
    }

    private String told() {
      synchronized (text) {
        String line = text.toString().replaceAll("\\s+", " ").strip();
        return line.isEmpty() ? "" : ": " + line;
      }
    }
  }
}
