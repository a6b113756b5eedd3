package io.evenkeel.hub.wiring;

import com.google.re2j.Pattern;
import io.airlift.compress.v3.snappy.SnappyCompressor;
import io.evenkeel.agent.AgentMain;
import io.evenkeel.model.SampleBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.minidns.dnsmessage.DnsMessage;

/// A real agent in a process of its own, with nothing of the hub on its class path.
final class AgentProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private AgentProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Starts an agent; its output goes to a file beside its state.
  static AgentProcess start(Path state, String... options) {
    try {
      Files.createDirectories(state);
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-Xmx16m",
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  place(AgentMain.class)
                      + ":"
                      + place(SampleBatch.class)
                      + ":"
                      + place(SnappyCompressor.class)
                      + ":"
                      + place(DnsMessage.class)
                      + ":"
                      + place(DefaultBHttpClientConnection.class)
                      + ":"
                      + place(Pattern.class),
                  AgentMain.class.getName(),
                  "--state",
                  state.toString()));
      command.addAll(List.of(options));
      Path log = state.resolve("test.log");
      return new AgentProcess(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start(),
          log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What it printed so far.
  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits for its end and answers the exit code.
  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the agent did not end within 60 s: " + output());
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Ends it as systemd would.
  void stop() throws InterruptedException {
    process.destroy();
    exitCode();
  }

  /// Ends it as a power cut would.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    exitCode();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
