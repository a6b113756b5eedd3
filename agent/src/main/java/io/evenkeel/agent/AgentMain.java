package io.evenkeel.agent;

import io.evenkeel.agent.push.Pusher;
import io.evenkeel.model.link.Backoff;
import io.evenkeel.model.link.HubConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/// The agent as a process of its own: `evenkeel agent --hub URL --token T`.
///
/// It parses its few options itself, because a command-line library would cost more memory than the
/// agent's own code.
public final class AgentMain {
  private static final String USAGE =
      """
      usage: evenkeel agent --hub URL --token TOKEN [--instance NAME] [--period 1s] [--textfiles FOLDER]
        --hub        the hub's address, such as https://monitor.example.org:9595
        --token      an API token of the hub with the scope ingest ('evenkeel token'); or the variable EVENKEEL_TOKEN
        --instance   this server's name, unique on the hub; its host name when left out
        --period     1s, 2s, 5s, 10s, 15s, 30s or 60s
        --textfiles  a folder whose *.prom files are collected too\
      """;

  private static final List<String> OPTIONS =
      List.of("--hub", "--token", "--instance", "--period", "--textfiles");
  private static final long QUEUE_BYTES = 4L << 20;

  private AgentMain() {}

  public static void main(String[] args) throws InterruptedException {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (args[i].equals("--help") || args[i].equals("-h")) {
        System.out.println(USAGE);
        return;
      }
      if (!OPTIONS.contains(args[i]) || i + 1 == args.length) {
        fail(OPTIONS.contains(args[i]) ? args[i] + " needs a value" : "unknown option " + args[i]);
      }
      options.put(args[i], args[i + 1]);
    }
    String token =
        options.getOrDefault("--token", System.getenv().getOrDefault("EVENKEEL_TOKEN", ""));
    String hub = options.getOrDefault("--hub", "");
    if (hub.isEmpty() || token.isEmpty()) {
      fail("--hub and --token are needed");
    }
    if (!token.matches("[A-Za-z0-9_-]+")) {
      fail("--token is not an API token: it has letters, digits, _ and - only");
    }
    run(hub(hub), token, settings(options));
  }

  private static void run(URI hub, String token, AgentSettings settings)
      throws InterruptedException {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), new Random());
    Pusher pusher =
        new Pusher(new HubConnection(hub, token, Duration.ofSeconds(10)), backoff, QUEUE_BYTES);
    Agent agent = Agent.start(settings, pusher, Clock.systemUTC());
    CountDownLatch end = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              agent.close();
              pusher.close();
              end.countDown();
            }));
    System.out.println("Watching this machine as '" + settings.instance() + "' for " + hub);
    end.await();
  }

  private static AgentSettings settings(Map<String, String> options) {
    String instance =
        options.containsKey("--instance")
            ? options.get("--instance")
            : HostFacts.read(Path.of("/")).hostName();
    return AgentSettings.of(
        instance,
        period(options.getOrDefault("--period", "1s")),
        Optional.ofNullable(options.get("--textfiles")).map(Path::of));
  }

  private static Duration period(String text) {
    if (!text.matches("(1|2|5|10|15|30|60)s")) {
      fail("--period is one of 1s, 2s, 5s, 10s, 15s, 30s, 60s");
    }
    return Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
  }

  private static URI hub(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      fail("--hub " + text + " is not an address: " + e.getMessage());
    }
    fail("--hub is an http or https address, such as https://monitor.example.org:9595");
    throw new IllegalStateException("unreachable");
  }

  private static void fail(String problem) {
    System.err.println("evenkeel agent: " + problem + "\n" + USAGE);
    System.exit(2);
  }
}
