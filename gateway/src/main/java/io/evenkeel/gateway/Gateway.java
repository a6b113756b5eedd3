package io.evenkeel.gateway;

import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.Leaving;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.event.GatewayEvent;
import io.evenkeel.gateway.policy.RandomSource;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.Pool;
import io.evenkeel.gateway.pool.PoolMetrics;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.gateway.proxy.ActiveChecks;
import io.evenkeel.gateway.proxy.AdminPort;
import io.evenkeel.gateway.proxy.BackendTls;
import io.evenkeel.gateway.proxy.Core;
import io.evenkeel.gateway.proxy.Listener;
import io.evenkeel.gateway.proxy.Routes;
import io.evenkeel.gateway.proxy.TlsCertificates;
import io.evenkeel.gateway.proxy.Transport;
import io.evenkeel.gateway.stats.AccessLog;
import io.evenkeel.gateway.stats.MetricSink;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.exposition.TextWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A running load balancer: listeners, routes and pools, which can be changed while it runs. This
/// is the module's front door. Thread-safe.
public final class Gateway implements AutoCloseable {
  private static final long TICK_MILLIS = 100;
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final long CERTIFICATES_NANOS = 5_000_000_000L;

  private final Transport transport;
  private final Core core;
  private final Consumer<GatewayEvent> events;
  private final InstantSource clock;
  private final RandomSource random = bound -> ThreadLocalRandom.current().nextInt(bound);
  private final ScheduledExecutorService ticker;
  private final ActiveChecks checks;
  private final List<Listener> listeners = new ArrayList<>();
  private volatile Map<String, Pool> pools = Map.of();
  private GatewayConfig config;
  private @Nullable AccessLog accessLog;
  private @Nullable AdminPort adminPort;
  private long certificatesAt = System.nanoTime();

  private Gateway(
      GatewayConfig config,
      Transport transport,
      InstantSource clock,
      Consumer<GatewayEvent> events) {
    this.config = config;
    this.transport = transport;
    this.clock = clock;
    this.events = events;
    this.pools = newPools(config, Map.of());
    this.core = new Core(transport, events, clock, Routes.of(config, pools, null), config.limits());
    this.core.tellHealthAt(config.leaving().healthPath());
    this.checks = new ActiveChecks(transport, core.backendTls());
    this.ticker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("gateway-ticker").daemon().factory());
  }

  /// Starts a gateway.
  ///
  /// @param events told what happens, by any thread; must not block
  /// @throws IOException when a port or a file cannot be opened, or certificates cannot be used;
  ///   nothing is left running then
  public static Gateway start(
      GatewayConfig config, InstantSource clock, Consumer<GatewayEvent> events) throws IOException {
    Transport transport = Transport.start(config.io(), config.workers());
    Gateway gateway = new Gateway(config, transport, clock, events);
    try {
      gateway.open(config);
    } catch (IOException | RuntimeException e) {
      gateway.close();
      throw e;
    }
    var _ =
        gateway.ticker.scheduleWithFixedDelay(
            gateway::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    return gateway;
  }

  /// Reads the certificates and authorities that a configuration names, as a start would, and opens
  /// nothing.
  ///
  /// @return what cannot be used; empty when all of it can
  public static List<String> unusableFiles(GatewayConfig config, InstantSource clock) {
    List<String> problems = new ArrayList<>();
    for (ListenerConfig listener : config.listeners()) {
      try {
        certificatesOf(listener, clock, unused -> {});
      } catch (IOException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    BackendTls backendTls = new BackendTls();
    for (PoolConfig pool : config.pools()) {
      try {
        prepare(backendTls, pool);
      } catch (IOException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return List.copyOf(problems);
  }

  private void tick() {
    long now = System.nanoTime();
    try {
      for (Pool pool : pools.values()) {
        pool.tick(now);
      }
      checks.tick(pools.values(), now);
      if (now - certificatesAt > CERTIFICATES_NANOS) {
        certificatesAt = now;
        refreshCertificates();
      }
    } catch (RuntimeException e) {
      // A ticker that throws would never tick again.
      events.accept(new GatewayEvent.Fault("checking the pools", e));
    }
  }

  private synchronized void refreshCertificates() {
    for (Listener listener : listeners) {
      TlsCertificates certificates = listener.certificates();
      if (certificates != null) {
        certificates.refresh();
      }
    }
  }

  private Map<String, Pool> newPools(GatewayConfig of, Map<String, Pool> before) {
    Map<String, Pool> next = new LinkedHashMap<>();
    for (PoolConfig wanted : of.pools()) {
      Pool old = before.get(wanted.name());
      next.put(
          wanted.name(), old == null ? new Pool(wanted, random, events, System.nanoTime()) : old);
    }
    return Collections.unmodifiableMap(next);
  }

  /// Takes over another configuration without dropping a connection: what did not change goes on,
  /// backends that left end what they have in flight.
  ///
  /// @throws IOException when a port or file cannot be opened or certificates cannot be used; then
  ///   the configuration before stays in force, whole
  public synchronized void apply(GatewayConfig next) throws IOException {
    open(next);
    Map<String, Pool> before = pools;
    Map<String, Pool> after = newPools(next, before);
    for (PoolConfig wanted : next.pools()) {
      Pool old = before.get(wanted.name());
      if (old != null && !old.config().equals(wanted)) {
        old.update(wanted, clock.instant(), System.nanoTime());
      }
    }
    pools = after;
    core.limit(next.limits());
    core.tellHealthAt(next.leaving().healthPath());
    core.route(Routes.of(next, after, core.currentRoutes()));
    before.forEach((name, pool) -> {
      if (!after.containsKey(name)) {
        pool.dissolve();
      }
    });
    config = next;
  }

  /// Opens everything that another configuration wants and is not open yet; only when all of it is
  /// open, what was before is closed.
  private synchronized void open(GatewayConfig next) throws IOException {
    AccessLog log = accessLog;
    AdminPort admin = adminPort;
    for (PoolConfig pool : next.pools()) {
      prepare(core.backendTls(), pool);
    }
    try {
      if (log == null || !next.accessLog().equals(config.accessLog())) {
        log = openAccessLog(next.accessLog());
      }
      if (admin == null || !next.adminPort().equals(config.adminPort())) {
        admin =
            next.adminPort().isEmpty()
                ? null
                : AdminPort.open(transport, next.adminPort().get(), this::metrics, core::isLeaving);
      }
      replaceListeners(next);
    } catch (IOException | RuntimeException e) {
      if (log != null && log != accessLog) {
        log.close();
      }
      if (admin != null && admin != adminPort) {
        admin.close();
      }
      throw e;
    }
    AccessLog oldLog = accessLog;
    AdminPort oldAdmin = adminPort;
    accessLog = log;
    adminPort = admin;
    core.log(log);
    if (oldLog != null && oldLog != log) {
      oldLog.close();
    }
    if (oldAdmin != null && oldAdmin != admin) {
      oldAdmin.close();
    }
  }

  private static void prepare(BackendTls backendTls, PoolConfig pool) throws IOException {
    try {
      backendTls.prepare(pool.protocol());
    } catch (IOException e) {
      throw new IOException("pool " + pool.name() + ": " + e.getMessage(), e);
    }
  }

  private @Nullable AccessLog openAccessLog(Optional<Path> file) throws IOException {
    return file.isEmpty()
        ? null
        : new AccessLog(file.get(), why -> events.accept(new GatewayEvent.AccessLogFailed(why)));
  }

  /// All figures in Prometheus's text format.
  public String metrics() {
    StringBuilder text = new StringBuilder();
    TextWriter writer = new TextWriter(text);
    metrics(
        new MetricSink() {
          @Override
          public void family(MetricMetadata metadata) {
            writer.family(metadata);
          }

          @Override
          public void sample(String name, Labels labels, double value) {
            writer.sample(name, labels, value);
          }
        });
    return text.toString();
  }

  /// Gives all figures to a sink.
  public void metrics(MetricSink sink) {
    PoolMetrics.write(sink, pools());
    frontMetrics(sink);
  }

  /// Gives the figures that belong to no pool to a sink.
  public void frontMetrics(MetricSink sink) {
    PoolMetrics.writeFront(sink, ownAnswers(), inFlight(), openConnections());
  }

  /// Opens the listeners that are new, then closes those that are gone. Certificates are read
  /// before any port is touched, and ports that nobody has before those that change hands; when one
  /// cannot be opened, what was closed for it is opened again.
  private void replaceListeners(GatewayConfig next) throws IOException {
    Map<ListenerConfig, TlsCertificates> certificates = new HashMap<>();
    List<ListenerConfig> wanted = new ArrayList<>();
    List<Listener> kept = new ArrayList<>();
    for (ListenerConfig one : next.listeners()) {
      Listener same = find(one);
      if (same != null) {
        kept.add(same);
      } else {
        wanted.add(one);
        certificatesOf(one, clock, events).ifPresent(own -> certificates.put(one, own));
      }
    }
    wanted.sort(Comparator.comparing(one -> holders(one, kept).isEmpty() ? 0 : 1));
    List<Listener> opened = new ArrayList<>();
    List<Listener> displaced = new ArrayList<>();
    try {
      for (ListenerConfig one : wanted) {
        // The same address with other settings: the old one makes room first.
        for (Listener holder : holders(one, kept)) {
          holder.close();
          displaced.add(holder);
        }
        opened.add(Listener.open(core, one, certificates.get(one)));
      }
    } catch (IOException e) {
      opened.forEach(Listener::close);
      for (Listener listener : displaced) {
        listeners.remove(listener);
        try {
          listeners.add(Listener.open(core, listener.config(), listener.certificates()));
        } catch (IOException again) {
          e.addSuppressed(again);
        }
      }
      throw e;
    }
    for (Listener listener : listeners) {
      if (!kept.contains(listener) && !displaced.contains(listener)) {
        listener.close();
      }
    }
    listeners.clear();
    listeners.addAll(kept);
    listeners.addAll(opened);
  }

  private @Nullable Listener find(ListenerConfig wanted) {
    for (Listener listener : listeners) {
      if (listener.config().equals(wanted)) {
        return listener;
      }
    }
    return null;
  }

  /// The listeners that have an address now and will not keep it.
  private List<Listener> holders(ListenerConfig wanted, List<Listener> kept) {
    return listeners.stream()
        .filter(one -> one.config().address().equals(wanted.address()))
        .filter(one -> wanted.address().getPort() != 0 && !kept.contains(one))
        .toList();
  }

  private static Optional<TlsCertificates> certificatesOf(
      ListenerConfig wanted, InstantSource clock, Consumer<GatewayEvent> events)
      throws IOException {
    if (wanted.tls().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TlsCertificates(wanted.name(), wanted.tls().get(), clock, events));
    } catch (TlsCertificates.Unusable e) {
      throw new IOException("listener " + wanted.name() + ": " + e.getMessage(), e);
    }
  }

  /// The address of a listener, with the port that was chosen when 0 was asked for.
  public synchronized InetSocketAddress address(String listenerName) {
    for (Listener listener : listeners) {
      if (listener.config().name().equals(listenerName)) {
        return listener.address();
      }
    }
    throw new IllegalArgumentException("no listener is named " + listenerName);
  }

  /// The configuration in force.
  public synchronized GatewayConfig config() {
    return config;
  }

  /// The pools as they are now.
  public List<PoolState> pools() {
    return pools.values().stream().map(Pool::state).toList();
  }

  /// Stops or resumes giving a backend new requests.
  ///
  /// @return whether there is such a backend
  public boolean setDraining(String poolName, String backend, boolean draining) {
    Pool pool = pools.get(poolName);
    return pool != null && pool.setDraining(backend, draining, System.nanoTime());
  }

  /// Gives a backend another weight, 0 to 1000.
  ///
  /// @return whether there is such a backend
  public boolean setWeight(String poolName, String backend, double weight) {
    Pool pool = pools.get(poolName);
    if (pool == null) {
      return false;
    }
    double from =
        pool.members().stream()
            .filter(b -> b.name().equals(backend))
            .findFirst()
            .map(b -> b.steadyWeight())
            .orElse(0.0);
    return pool.changeWeight(
        new WeightChange(
            backend,
            from,
            weight,
            WeightChange.Reason.SET_BY_HAND,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            clock.instant()));
  }

  /// Applies a change of a weight that follows health.
  ///
  /// @return whether there is such a backend
  public boolean applyWeight(String poolName, WeightChange change) {
    Pool pool = pools.get(poolName);
    return pool != null && pool.changeWeight(change);
  }

  /// Answers that the gateway gave itself, by status.
  public Map<Integer, Long> ownAnswers() {
    return core.traffic().byStatus();
  }

  /// Requests in flight.
  public int inFlight() {
    return core.inFlight();
  }

  /// Connections of clients.
  public int openConnections() {
    return core.openConnections();
  }

  /// Stops gracefully: says for the configured time that it is on its way out, while it serves on;
  /// then takes no new connections, closes each open one after its request, and cuts what is left
  /// after the configured time.
  public void stop() {
    Leaving leaving;
    synchronized (this) {
      leaving = config.leaving();
    }
    core.leave();
    boolean waited = pause(leaving.lameDuck());
    synchronized (this) {
      listeners.forEach(Listener::close);
      listeners.clear();
    }
    core.stop();
    long until = System.nanoTime() + leaving.within().toNanos();
    while (waited
        && (core.inFlight() > 0 || core.openConnections() > 0)
        && System.nanoTime() - until < 0) {
      waited = pause(LOOK);
    }
    close();
  }

  /// Waits; false when interrupted.
  private static boolean pause(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Stops at once.
  @Override
  public void close() {
    ticker.shutdownNow();
    synchronized (this) {
      listeners.forEach(Listener::close);
      listeners.clear();
    }
    transport.stop();
    AccessLog log = accessLog;
    if (log != null) {
      log.close();
    }
  }
}
