package io.evenkeel.agent.tuner;

import io.evenkeel.agent.tune.ExecutorOrders;
import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.agent.tune.TuningPolicy;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The tuner as a process: turns knobs of this server for the agent, which has no right to.
///
/// systemd starts it when somebody connects to its socket, which it gets as standard input, and
/// again after a crash; it ends when no change is open. With `--revert yes` it only puts back what
/// a process before left turned: so the unit at boot. It reads no environment and starts no shell.
public final class TunerMain {
  private static final String USAGE =
      """
      usage: java … io.evenkeel.agent.tuner.TunerMain --data FOLDER (--user NAME [--socket PATH] | --revert yes)
        --data    where the journal and the audit log are, of root alone
        --user    whose orders are taken: the agent's
        --socket  listen here; without it the socket is standard input
        --policy  what may be changed, instead of /etc/evenkeel/tuning-policy
        --revert  yes: put back what was left turned, and end\
      """;

  private static final List<String> OPTIONS =
      List.of("--data", "--user", "--socket", "--policy", "--revert");
  private static final Duration LINGER = Duration.ofSeconds(10);

  private TunerMain() {}

  public static void main(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!OPTIONS.contains(args[i]) || i + 1 == args.length) {
        end(2, "unknown option or no value: " + args[i] + "\n" + USAGE);
      }
      options.put(args[i], args[i + 1]);
    }
    if (!options.containsKey("--data")
        || options.containsKey("--user") == options.containsKey("--revert")) {
      end(2, USAGE);
    }
    try {
      run(options);
    } catch (UserPrincipalNotFoundException e) {
      end(2, "there is no user " + e.getName());
    } catch (IOException e) {
      end(1, String.valueOf(e.getMessage()));
    }
  }

  private static void run(Map<String, String> options) throws IOException {
    Path data = Files.createDirectories(Path.of(options.getOrDefault("--data", "")));
    // One process at a time: the unit at boot and one that was started by the socket may meet.
    try (FileChannel held =
            FileChannel.open(
                data.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = held.lock();
        ExecutorOrders orders =
            ExecutorOrders.start(
                new TuningExecutor.Settings(
                    Path.of("/"),
                    data,
                    Path.of(options.getOrDefault("--policy", TuningPolicy.FILE.toString())),
                    TuningPolicy.ROOT),
                Clock.systemUTC(),
                System::nanoTime)) {
      if (options.containsKey("--revert")) {
        if (!orders.problem().isEmpty()) {
          throw new IOException(orders.problem());
        }
        return;
      }
      UserPrincipal agent =
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName(options.getOrDefault("--user", ""));
      // An orderly end puts back at once, as a crash does at the next start.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(orders)));
      try (ServerSocketChannel socket = socket(options, agent)) {
        new TunerSocket(orders, agent, TunerSocket.PATIENCE, System::nanoTime)
            .serve(socket, options.containsKey("--socket") ? Duration.ZERO : LINGER);
      }
    }
  }

  private static ServerSocketChannel socket(Map<String, String> options, UserPrincipal agent)
      throws IOException {
    if (!options.containsKey("--socket")) {
      if (System.inheritedChannel() instanceof ServerSocketChannel given
          && given.getLocalAddress() instanceof UnixDomainSocketAddress) {
        return given;
      }
      throw new IOException("standard input is no local socket: name one by --socket");
    }
    Path path = Path.of(options.get("--socket"));
    Files.deleteIfExists(path);
    ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      Files.setOwner(path, agent);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void close(ExecutorOrders orders) {
    try {
      orders.close();
    } catch (IOException e) {
      System.err.println("evenkeel-tuner: " + e.getMessage());
    }
  }

  private static void end(int code, String problem) {
    System.err.println("evenkeel-tuner: " + problem);
    System.exit(code);
  }
}
