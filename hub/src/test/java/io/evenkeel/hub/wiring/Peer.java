package io.evenkeel.hub.wiring;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real program of somebody else, started for a test on this machine and stopped with it. Where
/// it is not installed the test is skipped, which `./check` tells.
final class Peer implements AutoCloseable {
  private final Process process;
  private final Path log;

  private Peer(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Starts a program found on the PATH, in a folder of its own.
  static Peer start(Path folder, String program, String... arguments) throws IOException {
    assumeTrue(isThere(program), program + " is not installed");
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(List.of(arguments));
    Files.createDirectories(folder);
    Path log = folder.resolve(program + ".log");
    return new Peer(
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start(),
        log);
  }

  static boolean isThere(String program) {
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  /// A port of this machine that is free now.
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// What the program has said.
  String said() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
