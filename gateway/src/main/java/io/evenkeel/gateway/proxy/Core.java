package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.Limits;
import io.evenkeel.gateway.event.GatewayEvent;
import io.evenkeel.gateway.stats.AccessLog;
import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What all connections of a gateway share. Thread-safe.
public final class Core {
  private final Transport transport;
  private final Consumer<GatewayEvent> events;
  private final InstantSource clock;
  private final ConnectionCounts connections = new ConnectionCounts();
  private final AtomicInteger exchanges = new AtomicInteger();
  private final Map<EventLoop, LoopState> loops = new ConcurrentHashMap<>();
  private final FrontTraffic traffic = new FrontTraffic();
  private final BackendTls backendTls = new BackendTls();
  private volatile Routes routes;
  private volatile Limits limits;
  private volatile @Nullable AccessLog accessLog;
  private volatile @Nullable String healthPath;
  private volatile boolean leaving;
  private volatile boolean stopping;

  public Core(
      Transport transport,
      Consumer<GatewayEvent> events,
      InstantSource clock,
      Routes routes,
      Limits limits) {
    this.transport = transport;
    this.events = events;
    this.clock = clock;
    this.routes = routes;
    this.limits = limits;
  }

  Transport transport() {
    return transport;
  }

  Consumer<GatewayEvent> events() {
    return events;
  }

  InstantSource clock() {
    return clock;
  }

  ConnectionCounts connections() {
    return connections;
  }

  /// What the front answered by itself.
  public FrontTraffic traffic() {
    return traffic;
  }

  /// TLS towards backends.
  public BackendTls backendTls() {
    return backendTls;
  }

  /// Requests in flight, counted at the front.
  AtomicInteger exchanges() {
    return exchanges;
  }

  LoopState loop(EventLoop loop) {
    return loops.computeIfAbsent(loop, l -> new LoopState(l, this));
  }

  Routes routes() {
    return routes;
  }

  /// The table in use.
  public Routes currentRoutes() {
    return routes;
  }

  /// Takes another table for the requests that come now.
  public void route(Routes next) {
    routes = next;
  }

  Limits limits() {
    return limits;
  }

  /// Takes other limits for the connections that come now.
  public void limit(Limits next) {
    limits = next;
  }

  @Nullable AccessLog accessLog() {
    return accessLog;
  }

  /// Takes another access log; nothing logs nothing.
  public void log(@Nullable AccessLog next) {
    accessLog = next;
  }

  /// Names the path by which each listener tells whether it may be sent requests; nothing names
  /// none.
  public void tellHealthAt(Optional<String> path) {
    healthPath = path.orElse(null);
  }

  /// What the gateway tells about itself at a path; nothing when that is not the path for it.
  @Nullable Refusal health(String path) {
    String own = healthPath;
    if (own == null || !own.equals(path)) {
      return null;
    }
    return leaving ? Refusal.of(503, "this gateway is leaving") : Refusal.of(200, "healthy");
  }

  /// Whether each connection is to be closed after its request.
  public boolean isLeaving() {
    return leaving;
  }

  /// Whether idle connections are to be closed at once.
  boolean isStopping() {
    return stopping;
  }

  /// From now on each connection is closed after its request.
  public void leave() {
    leaving = true;
  }

  /// From now on idle connections are closed too.
  public void stop() {
    leaving = true;
    stopping = true;
  }

  /// Requests in flight.
  public int inFlight() {
    return exchanges.get();
  }

  /// Connections of clients.
  public int openConnections() {
    return connections.all();
  }
}
