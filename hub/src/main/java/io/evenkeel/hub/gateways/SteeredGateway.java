package io.evenkeel.hub.gateways;

import io.evenkeel.gateway.Gateway;
import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.gateways.GatewayOrders.BackendOrder;
import io.evenkeel.hub.pools.GatewayLog;
import io.evenkeel.hub.pools.file.GatewayFile;
import io.evenkeel.hub.pools.file.Place;
import io.evenkeel.model.link.Backoff;
import io.evenkeel.model.link.HubConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A gateway of its own that its hub steers: reports each second over a connection that it opens,
/// and runs what the answers say. It takes a configuration whole or not at all; while the hub is
/// away it goes on with the last one, also through a restart.
///
/// Concurrency: one thread reports and changes the gateway; [#close] waits for it.
public final class SteeredGateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("gateway");
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Settings settings;
  private final InstantSource clock;
  private final String run = UUID.randomUUID().toString();
  private final HubConnection hub;
  private final Backoff backoff = new Backoff(Gateways.PERIOD, LONGEST_WAIT, new Random());
  private final KeptOrders kept;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Gateway gateway;
  private GatewayOrders orders = new GatewayOrders("", "", List.of());
  private @Nullable GatewayOrders refused;
  private long refusedAt;
  private volatile List<String> problems = List.of();
  private volatile String trouble = "";

  /// What is its own, whatever the hub says.
  ///
  /// @param hub its address
  /// @param token an API token of the scope gateway
  /// @param name what the hub's pages and series call it
  /// @param state the folder that keeps the last orders
  /// @param listen where listeners open their ports on this machine, by their names
  /// @param accessLog the file for requests; a hub cannot name one
  /// @param adminPort instead of the one in the configuration
  public record Settings(
      URI hub,
      String token,
      String name,
      Path state,
      Map<String, InetSocketAddress> listen,
      Optional<Path> accessLog,
      Optional<Integer> adminPort) {
    public Settings {
      listen = Map.copyOf(listen);
    }
  }

  private SteeredGateway(Settings settings, InstantSource clock) throws IOException {
    this.settings = settings;
    this.clock = clock;
    this.hub = new HubConnection(settings.hub(), settings.token(), PATIENCE);
    this.kept = new KeptOrders(settings.state());
    this.thread = Thread.ofPlatform().name("gateway-steering").unstarted(this::run);
  }

  /// Starts it, from the orders that were kept, and begins to report.
  ///
  /// @throws IOException when its folder cannot be used
  public static SteeredGateway start(Settings settings, InstantSource clock) throws IOException {
    SteeredGateway started = new SteeredGateway(settings, clock);
    started.kept.read().ifPresent(started::take);
    started.thread.start();
    return started;
  }

  /// What it runs; empty before it was told.
  public Optional<Gateway> gateway() {
    return Optional.ofNullable(gateway);
  }

  /// Why it does not run what the hub told it last; empty when it does.
  public List<String> problems() {
    return problems;
  }

  /// What is wrong with the hub; empty when it steers.
  public String trouble() {
    return trouble;
  }

  private void run() {
    try {
      Duration wait = Duration.ZERO;
      while (!closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        wait = exchange(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Reports once and does what the answer says; answers how long to wait then.
  private Duration exchange(boolean stopping) {
    try {
      byte[] report = JSON.writeValueAsBytes(report(stopping));
      HubConnection.Answer answer =
          hub.post(
              "/api/hub/v1/gateways/" + settings.name() + "/report",
              "Content-Type: application/json\r\nUser-Agent: evenkeel-gateway\r\n",
              report,
              report.length);
      if (!answer.isTaken()) {
        tell("the hub does not steer this gateway (" + answer.status() + "): " + told(answer));
        return backoff.failed(Duration.ofSeconds(answer.retryAfterSeconds()));
      }
      backoff.succeeded();
      tell("");
      if (!stopping) {
        follow(JSON.readValue(answer.body(), GatewayOrders.class));
      }
      return Gateways.PERIOD;
    } catch (IOException | NumberFormatException | JacksonException e) {
      tell("the hub cannot be asked (" + e.getMessage() + "); what ran before goes on");
      return backoff.failed(Duration.ZERO);
    } catch (RuntimeException e) {
      // A thread that ended would leave a gateway that nobody steers.
      LOG.error("orders of the hub could not be followed", e);
      return backoff.failed(Duration.ZERO);
    }
  }

  private static String told(HubConnection.Answer answer) {
    String message = answer.body();
    try {
      message = JSON.readTree(answer.body()).at("/error/message").asString(answer.body());
    } catch (JacksonException e) {
      LOG.debug("what answers at {} is no hub", e.getMessage());
    }
    return message.strip().replaceAll("\\p{Cntrl}+", " ");
  }

  /// Says what is wrong with the hub once, and that it is well again.
  private void tell(String message) {
    if (!message.equals(trouble)) {
      if (message.isEmpty()) {
        LOG.info("the hub steers this gateway as '{}'", settings.name());
      } else {
        LOG.warn("{}", message);
      }
    }
    trouble = message;
  }

  private GatewayReport report(boolean stopping) {
    Gateway running = gateway;
    GatewayOrders last = refused;
    Map<String, String> listeners = new TreeMap<>();
    if (running != null && !stopping) {
      for (ListenerConfig listener : running.config().listeners()) {
        InetSocketAddress address = running.address(listener.name());
        listeners.put(
            listener.name(), address.getAddress().getHostAddress() + ":" + address.getPort());
      }
    }
    return new GatewayReport(
        run,
        Version.current(),
        last == null ? orders.revision() : last.revision(),
        problems,
        stopping,
        listeners,
        running == null ? 0 : running.openConnections(),
        running == null ? 0 : running.inFlight(),
        running == null ? Map.of() : running.ownAnswers(),
        running == null ? List.of() : GatewayReport.of(running.pools()));
  }

  private void follow(GatewayOrders next) {
    GatewayOrders last = refused;
    if (next.text() != null) {
      take(next);
    } else if (last != null) {
      // A port that was taken may be free by now.
      if (System.nanoTime() - refusedAt > RETRY_NANOS) {
        take(next.withText(Objects.toString(last.text(), "")));
      }
    } else if (!next.backends().equals(orders.backends())) {
      weigh(next.backends());
      orders = next.withText(Objects.toString(orders.text(), ""));
      keep();
    }
  }

  /// Puts a whole configuration in force, or none of it.
  private void take(GatewayOrders next) {
    List<String> wrong = put(next);
    problems = wrong;
    if (wrong.isEmpty()) {
      boolean other = !next.equals(orders);
      orders = next;
      refused = null;
      LOG.info("the configuration {} of the hub is in force", next.revision());
      if (other) {
        keep();
      }
    } else {
      refused = next;
      refusedAt = System.nanoTime();
      wrong.forEach(problem -> LOG.error("{}; what ran before goes on", problem));
    }
  }

  private List<String> put(GatewayOrders next) {
    String text = Objects.toString(next.text(), "");
    Gateway running = gateway;
    try {
      if (text.isBlank()) {
        if (running != null) {
          running.apply(nothing(running.config()));
        }
        return List.of();
      }
      GatewayConfig config = GatewayFile.parse("the hub's configuration", text, Place.GATEWAYS);
      List<String> unknown = unknownListeners(config);
      if (!unknown.isEmpty()) {
        return unknown;
      }
      GatewayConfig own = own(config, next.backends());
      if (running == null) {
        gateway = Gateway.start(own, clock, new GatewayLog());
      } else {
        running.apply(own);
      }
      weigh(next.backends());
      return List.of();
    } catch (ConfigException e) {
      return e.problems();
    } catch (IOException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private static GatewayConfig nothing(GatewayConfig before) {
    return new GatewayConfig(
        List.of(),
        List.of(),
        List.of(),
        before.limits(),
        before.accessLog(),
        before.adminPort(),
        before.leaving(),
        before.workers(),
        before.io());
  }

  private List<String> unknownListeners(GatewayConfig config) {
    List<String> names = config.listeners().stream().map(ListenerConfig::name).toList();
    return settings.listen().keySet().stream()
        .filter(name -> !names.contains(name))
        .sorted()
        .map(name -> "--listen names the listener '" + name + "', which the hub does not have")
        .toList();
  }

  /// The configuration with what is this machine's own, and the weights of the moment.
  private GatewayConfig own(GatewayConfig config, List<BackendOrder> standing) {
    List<ListenerConfig> listeners = new ArrayList<>();
    for (ListenerConfig one : config.listeners()) {
      listeners.add(
          new ListenerConfig(
              one.name(),
              settings.listen().getOrDefault(one.name(), one.address()),
              one.tls(),
              one.proxyProtocol(),
              one.trusted()));
    }
    List<PoolConfig> pools = new ArrayList<>();
    for (PoolConfig pool : config.pools()) {
      List<BackendConfig> backends = new ArrayList<>();
      for (BackendConfig backend : pool.backends()) {
        double weight =
            standing.stream()
                .filter(one -> one.pool().equals(pool.name()))
                .filter(one -> one.backend().equals(backend.name()))
                .mapToDouble(BackendOrder::weight)
                .findFirst()
                .orElse(backend.weight());
        backends.add(new BackendConfig(backend.name(), backend.address(), weight, backend.host()));
      }
      pools.add(pool.withBackends(backends));
    }
    return new GatewayConfig(
        listeners,
        config.routes(),
        pools,
        config.limits(),
        settings.accessLog(),
        settings.adminPort().or(config::adminPort),
        config.leaving(),
        config.workers(),
        config.io());
  }

  /// Gives backends the weights and drains that the hub tells.
  private void weigh(List<BackendOrder> standing) {
    Gateway running = gateway;
    if (running == null) {
      return;
    }
    for (PoolState pool : running.pools()) {
      for (PoolState.BackendState backend : pool.backends()) {
        standing.stream()
            .filter(one -> one.pool().equals(pool.name()))
            .filter(one -> one.backend().equals(backend.name()))
            .findFirst()
            .ifPresent(order -> set(running, backend, order));
      }
    }
  }

  private void set(Gateway running, PoolState.BackendState backend, BackendOrder order) {
    if (backend.draining() != order.draining()) {
      running.setDraining(order.pool(), order.backend(), order.draining());
    }
    if (backend.steadyWeight() != order.weight()) {
      running.applyWeight(
          order.pool(),
          new WeightChange(
              order.backend(),
              backend.steadyWeight(),
              order.weight(),
              Words.parse(WeightChange.Reason.class, order.reason())
                  .orElse(WeightChange.Reason.CONFIGURED),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              clock.instant()));
    }
  }

  private void keep() {
    try {
      kept.write(orders);
    } catch (IOException e) {
      LOG.warn("the hub's orders cannot be kept for the next start: {}", e.getMessage());
    }
  }

  /// Tells the hub that it stops, ends gracefully what it has in flight, and tells what came of it.
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(PATIENCE.plusSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Gateway running = gateway;
    if (running != null) {
      running.stop();
    }
    if (!thread.isAlive()) {
      exchange(true);
    }
    hub.close();
  }
}
