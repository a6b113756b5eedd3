package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.Gateway;
import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.EventIo;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.Leaving;
import io.evenkeel.gateway.config.Limits;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.config.RouteConfig;
import io.evenkeel.gateway.event.GatewayEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// A gateway on a free port for tests: one listener 'main', one route, one pool 'app'.
final class TestGateway implements AutoCloseable {
  final Gateway gateway;
  final List<GatewayEvent> events;

  private TestGateway(Gateway gateway, List<GatewayEvent> events) {
    this.gateway = gateway;
    this.events = events;
  }

  static PoolConfig pool(String policy, RecordingBackend... backends) {
    List<BackendConfig> configs = new ArrayList<>();
    for (int i = 0; i < backends.length; i++) {
      configs.add(BackendConfig.of("b" + (i + 1), "127.0.0.1", backends[i].port()));
    }
    return PoolConfig.of("app", policy, configs);
  }

  static ListenerConfig listener() {
    return new ListenerConfig(
        "main", new InetSocketAddress("127.0.0.1", 0), Optional.empty(), false, List.of());
  }

  static GatewayConfig config(PoolConfig pool) {
    return new GatewayConfig(
        List.of(listener()),
        List.of(
            new RouteConfig(
                "all", List.of(), "/", "app", Optional.empty(), false, Optional.empty())),
        List.of(pool),
        Limits.USUAL,
        Optional.empty(),
        Optional.empty(),
        new Leaving(Optional.empty(), Duration.ZERO, Duration.ofSeconds(5)),
        2,
        EventIo.AUTO);
  }

  static TestGateway of(PoolConfig pool) throws IOException {
    return of(pool, c -> c);
  }

  static TestGateway of(PoolConfig pool, UnaryOperator<GatewayConfig> change) throws IOException {
    List<GatewayEvent> events = new CopyOnWriteArrayList<>();
    Gateway gateway = Gateway.start(change.apply(config(pool)), Clock.systemUTC(), events::add);
    return new TestGateway(gateway, events);
  }

  static GatewayConfig withLimits(GatewayConfig config, Limits limits) {
    return new GatewayConfig(
        config.listeners(),
        config.routes(),
        config.pools(),
        limits,
        config.accessLog(),
        config.adminPort(),
        config.leaving(),
        config.workers(),
        config.io());
  }

  static GatewayConfig withRoutes(GatewayConfig config, RouteConfig... routes) {
    return new GatewayConfig(
        config.listeners(),
        List.of(routes),
        config.pools(),
        config.limits(),
        config.accessLog(),
        config.adminPort(),
        config.leaving(),
        config.workers(),
        config.io());
  }

  static GatewayConfig withListeners(GatewayConfig config, ListenerConfig... listeners) {
    return new GatewayConfig(
        List.of(listeners),
        config.routes(),
        config.pools(),
        config.limits(),
        config.accessLog(),
        config.adminPort(),
        config.leaving(),
        config.workers(),
        config.io());
  }

  static GatewayConfig withLeaving(GatewayConfig config, Leaving leaving) {
    return new GatewayConfig(
        config.listeners(),
        config.routes(),
        config.pools(),
        config.limits(),
        config.accessLog(),
        config.adminPort(),
        leaving,
        config.workers(),
        config.io());
  }

  static GatewayConfig withIo(GatewayConfig config, EventIo io) {
    return new GatewayConfig(
        config.listeners(),
        config.routes(),
        config.pools(),
        config.limits(),
        config.accessLog(),
        config.adminPort(),
        config.leaving(),
        config.workers(),
        io);
  }

  InetSocketAddress address() {
    return gateway.address("main");
  }

  RawClient client() throws IOException {
    return new RawClient(address());
  }

  @Override
  public void close() {
    gateway.close();
  }
}
