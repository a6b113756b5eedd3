package io.evenkeel.agent;

import io.evenkeel.agent.collect.kernel.FilePages;
import io.evenkeel.agent.push.Pusher;
import io.evenkeel.agent.tune.ExecutorOrders;
import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.agent.tune.TuningOrders;
import io.evenkeel.agent.tune.TuningPolicy;
import io.evenkeel.agent.tuner.TunerClient;
import io.evenkeel.model.link.AgentIdentity;
import io.evenkeel.model.link.Backoff;
import io.evenkeel.model.link.Enroller;
import io.evenkeel.model.link.EnrolmentRefusedException;
import io.evenkeel.model.link.EnrolmentToken;
import io.evenkeel.model.link.HubConnection;
import io.evenkeel.model.link.Machine;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The agent as a process of its own: `evenkeel agent --hub URL --token T`.
///
/// It parses its few options itself, because a command-line library would cost more memory than the
/// agent's own code.
public final class AgentMain {
  private static final String USAGE =
      """
      usage: evenkeel agent --hub URL --token TOKEN [--state FOLDER] [--buffer 64] [--textfiles FOLDER]
        --hub        the hub's address for agents, such as https://monitor.example.org:9596
        --token      an enrolment token of the hub ('Add a server'), needed once; or the variable EVENKEEL_TOKEN
        --name       how this server is called at its enrolment; its host name when left out
        --state      where the agent keeps its identity and what waits for the hub
        --buffer     how much may wait on disk while the hub cannot be reached, in MiB
        --textfiles  a folder whose *.prom files are collected too
        --probe-loopback  yes: the hub's probes may ask services on this machine's own loopback
        --tuning-policy  what the hub may change here, instead of /etc/evenkeel/tuning-policy
        --tuner      the socket of the service evenkeel-tuner, which changes things in the agent's stead
        --enrol-only yes: enrol and end
      With an API token of the scope ingest ('evenkeel token') instead: [--instance NAME] [--period 1s]\
      """;

  private static final List<String> OPTIONS =
      List.of(
          "--hub",
          "--token",
          "--name",
          "--state",
          "--buffer",
          "--enrol-only",
          "--instance",
          "--period",
          "--textfiles",
          "--probe-loopback",
          "--tuning-policy",
          "--tuner");
  private static final long QUEUE_BYTES = 4L << 20;

  /// What only the start needed is let go of after this time.
  private static final Duration STARTED = Duration.ofMinutes(1);

  /// And later what only rare things needed, such as connecting anew.
  private static final Duration TIDY_EVERY = Duration.ofMinutes(10);

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
    if (!token.matches("[A-Za-z0-9_-]*")) {
      fail("--token is not a token: it has letters, digits, _ and - only");
    }
    if (token.isEmpty() || token.startsWith(EnrolmentToken.PREFIX)) {
      runEnrolled(hub, token, options);
    } else if (options.containsKey("--enrol-only")) {
      fail(
          "--token is no enrolment token, which begins with '"
              + EnrolmentToken.PREFIX
              + "': paste the whole line of 'Add a server' again");
    } else if (hub.isEmpty()) {
      fail("--hub is needed");
    } else {
      run(hub(hub), token, settings(options));
    }
  }

  private static void runEnrolled(String hub, String token, Map<String, String> options)
      throws InterruptedException {
    Path state = StateFolder.of(Optional.ofNullable(options.get("--state")));
    long buffer = bufferBytes(options.getOrDefault("--buffer", "64"));
    try {
      Machine machine = Machine.read(Path.of("/"), state);
      AgentIdentity identity = identity(hub, token, options, state, machine);
      if (options.containsKey("--enrol-only")) {
        return;
      }
      EnrolledAgent agent =
          EnrolledAgent.start(
              identity,
              state,
              buffer,
              machine,
              Optional.ofNullable(options.get("--textfiles")).map(Path::of),
              tuning(options, state),
              "yes".equals(options.get("--probe-loopback")),
              Clock.systemUTC());
      CountDownLatch end = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                close(agent);
                end.countDown();
              }));
      System.out.println(
          "Watching this machine as '" + identity.instance() + "' for " + identity.hub());
      await(end);
    } catch (IOException e) {
      System.err.println("evenkeel agent: " + e.getMessage());
      System.exit(1);
    }
  }

  /// What a process before left turned is put back at the start of whatever turns knobs, whether
  /// the hub can be reached or not.
  private static TuningOrders tuning(Map<String, String> options, Path state) throws IOException {
    return options.containsKey("--tuner")
        ? new TunerClient(Path.of(options.get("--tuner")), System::nanoTime)
        : ExecutorOrders.start(
            knobs(Optional.ofNullable(options.get("--tuning-policy")), state),
            Clock.systemUTC(),
            System::nanoTime);
  }

  /// The policy of the whole server is root's. One that whoever starts the agent named may be their
  /// own: with it the agent does nothing that they could not do without it.
  private static TuningExecutor.Settings knobs(Optional<String> policy, Path state)
      throws IOException {
    return new TuningExecutor.Settings(
        Path.of("/"),
        state.resolve("tuning"),
        policy.map(Path::of).orElse(TuningPolicy.FILE),
        policy.isEmpty()
            ? TuningPolicy.ROOT
            : (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  private static void close(EnrolledAgent agent) {
    try {
      agent.close();
    } catch (IOException e) {
      System.err.println("evenkeel agent: what waited is lost: " + e.getMessage());
    }
  }

  /// The identity that a token brings, else the one that is kept. A token that was used up does no
  /// harm to a machine that has enrolled: its service may be started with it again.
  private static AgentIdentity identity(
      String hub, String token, Map<String, String> options, Path state, Machine machine)
      throws IOException {
    Optional<AgentIdentity> kept = AgentIdentity.read(state);
    if (token.isEmpty()) {
      return kept.orElseThrow(() ->
          new IOException(
              "this machine has not enrolled ("
                  + state
                  + " holds no identity): start it once with --hub and --token of 'Add a server'"));
    }
    EnrolmentToken parsed =
        EnrolmentToken.parse(token)
            .orElseThrow(() ->
                new IOException("--token is cut off or mistyped: paste the whole line again"));
    if (hub.isEmpty()) {
      throw new IOException("--hub is needed together with --token");
    }
    String name = options.getOrDefault("--name", HostFacts.read(Path.of("/")).hostName());
    try {
      AgentIdentity enrolled = Enroller.enrol(hub(hub), parsed, name, machine);
      enrolled.write(state);
      System.out.println("Enrolled as '" + enrolled.instance() + "'");
      if (!enrolled.instance().equals(name)) {
        System.out.println(
            "(another server is called '" + name + "'; rename this one in the hub's pages)");
      }
      return enrolled;
    } catch (EnrolmentRefusedException e) {
      if (kept.isPresent() && kept.get().authority().equals(parsed.authority())) {
        System.out.println("Already enrolled; the token was not taken: " + e.getMessage());
        return kept.get();
      }
      throw new IOException("the hub does not enrol this server: " + e.getMessage(), e);
    }
  }

  private static long bufferBytes(String text) {
    if (!text.matches("[1-9][0-9]{0,5}")) {
      fail("--buffer is a number of MiB from 1 to 999999");
    }
    return Long.parseLong(text) << 20;
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
    await(end);
  }

  /// Waits for the end, and now and then lets go of memory that is not in use: a heap shrinks only
  /// when all of it is collected, which else nothing asks for in hours, and the pages of the
  /// program and the archive count as the agent's too (docs/decisions/0008-agent.md).
  private static void await(CountDownLatch end) throws InterruptedException {
    Duration wait = STARTED;
    while (!end.await(wait.toSeconds(), TimeUnit.SECONDS)) {
      wait = TIDY_EVERY;
      System.gc();
      try {
        FilePages.letGo();
      } catch (IOException e) {
        System.getLogger(AgentMain.class.getName())
            .log(System.Logger.Level.DEBUG, "mapped pages stay in memory", e);
      }
    }
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
