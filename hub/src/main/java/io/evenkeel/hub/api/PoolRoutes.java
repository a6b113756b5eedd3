package io.evenkeel.hub.api;

import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.gateway.stats.BackendTraffic;
import io.evenkeel.hub.gateways.Gateways;
import io.evenkeel.hub.haproxy.Haproxies;
import io.evenkeel.hub.pools.Pools;
import io.evenkeel.hub.security.Access;
import io.evenkeel.model.Text;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// The load balancer: its pools as they run, weights and drains, and its configuration. Times are
/// epoch milliseconds, durations seconds.
public final class PoolRoutes {
  /// @param origin where the configuration stands
  /// @param problems why the configuration is not in force; empty when it is
  /// @param listeners where clients come in
  /// @param engines the HAProxy processes that are steered
  public record PoolList(
      Pools.Origin origin,
      List<String> problems,
      Map<String, String> listeners,
      List<Haproxies.Engine> engines,
      List<PoolView> pools) {}

  /// @param engine the HAProxy process that serves it; empty for the hub's own balancer
  /// @param followHealth whether weights follow the health of the hosts
  /// @param panicking whether all backends are used because too few are healthy
  /// @param waiting requests in the queue
  /// @param shed requests that were answered 503 because nothing could take them
  public record PoolView(
      String name,
      String engine,
      String policy,
      boolean followHealth,
      boolean panicking,
      int waiting,
      long shed,
      List<BackendView> backends) {}

  /// @param host the monitored host it runs on; empty when none is named
  /// @param weight what it gets now, less than `setWeight` while it starts slowly
  /// @param share its part of the pool's requests since the balancer's start
  /// @param expectedShare the part that its weight asks for; null when the policy goes by load
  /// @param circuit `closed`, `open` (left out for a while) or `half_open`
  /// @param errors answers 5xx and requests without an answer
  public record BackendView(
      String name,
      String address,
      String host,
      double weight,
      double setWeight,
      double configuredWeight,
      boolean draining,
      boolean up,
      String circuit,
      String lastFailure,
      int inFlight,
      long requests,
      long errors,
      long retries,
      long bytesIn,
      long bytesOut,
      @Nullable Double share,
      @Nullable Double expectedShare,
      @Nullable Double p50,
      @Nullable Double p99) {}

  public record Changes(List<Change> changes) {}

  /// @param reason `overloaded`, `above_average`, `below_average`, `stale_data`, `set_by_hand` or
  ///   `configured`
  /// @param utilisation of the backend's host, 0 to 1, when that was the reason
  /// @param average the pool's
  public record Change(
      String backend,
      double from,
      double to,
      String reason,
      @Nullable Double utilisation,
      @Nullable Double average,
      long at) {}

  public record NewWeight(double weight) {}

  public record Drain(boolean draining) {}

  /// @param address such as `10.0.0.1:8080`
  /// @param host the monitored host it runs on; empty for none
  public record NewBackend(String address, double weight, String host) {}

  /// @param text YAML, as in a gateway file
  public record NewConfiguration(String text) {}

  private static final int USUAL_CHANGES = 100;
  private static final int MOST_CHANGES = 1000;

  private final Pools pools;
  private final Gateways gateways;
  private final InstantSource clock;

  /// @param gateways whose traffic counts with the hub's own
  public PoolRoutes(Pools pools, Gateways gateways, InstantSource clock) {
    this.pools = pools;
    this.gateways = gateways;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/pools",
            Access.VIEWER,
            "Lists the load balancer's pools as they are now.",
            PoolList.class,
            exchange -> exchange.answer(list())),
        Route.get(
            "/api/hub/v1/pools/{pool}/weight-changes",
            Access.VIEWER,
            "Lists changes of weights `from` a time `to` another, newest first.",
            Changes.class,
            this::changes),
        Route.put(
            "/api/hub/v1/pools/{pool}/backends/{backend}/drain",
            Access.OPERATOR,
            "Stops or resumes giving a backend new requests.",
            Drain.class,
            PoolView.class,
            exchange ->
                exchange.answer(
                    view(
                        Outcomes.resultOf(
                            pools.drain(
                                exchange.variable("pool"),
                                exchange.variable("backend"),
                                exchange.json(Drain.class).draining(),
                                exchange.caller().auditName()))))),
        Route.put(
            "/api/hub/v1/pools/{pool}/backends/{backend}/weight",
            Access.OPERATOR,
            "Gives a backend another weight, until the configuration changes it.",
            NewWeight.class,
            PoolView.class,
            exchange ->
                exchange.answer(
                    view(
                        Outcomes.resultOf(
                            pools.weigh(
                                exchange.variable("pool"),
                                exchange.variable("backend"),
                                exchange.json(NewWeight.class).weight(),
                                exchange.caller().auditName()))))),
        Route.put(
            "/api/hub/v1/pools/{pool}/backends/{backend}",
            Access.ADMIN,
            "Adds a backend to a pool, or changes one.",
            NewBackend.class,
            PoolList.class,
            exchange -> {
              NewBackend entered = exchange.json(NewBackend.class);
              Outcomes.resultOf(
                  pools.putBackend(
                      exchange.variable("pool"),
                      exchange.variable("backend"),
                      new Pools.NewBackend(entered.address(), entered.weight(), entered.host()),
                      exchange.caller().auditName()));
              exchange.answer(list());
            }),
        Route.delete(
            "/api/hub/v1/pools/{pool}/backends/{backend}",
            Access.ADMIN,
            "Removes a backend from a pool; what it has in flight ends undisturbed.",
            exchange -> {
              Outcomes.resultOf(
                  pools.removeBackend(
                      exchange.variable("pool"),
                      exchange.variable("backend"),
                      exchange.caller().auditName()));
              exchange.done();
            }),
        Route.get(
            "/api/hub/v1/gateway",
            Access.ADMIN,
            "Tells the load balancer's configuration as it was written.",
            Pools.Configuration.class,
            exchange -> exchange.answer(pools.configuration())),
        Route.put(
            "/api/hub/v1/gateway",
            Access.ADMIN,
            "Puts another configuration in force without dropping a connection; an empty one stops the load balancer.",
            NewConfiguration.class,
            Pools.Configuration.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        pools.configure(
                            exchange.json(NewConfiguration.class).text(),
                            exchange.caller().auditName())))));
  }

  private PoolList list() {
    Pools.Configuration configuration = pools.configuration();
    Map<String, String> listeners = new LinkedHashMap<>();
    pools.listeners().forEach((name, address) -> listeners.put(name, text(address)));
    return new PoolList(
        configuration.origin(),
        configuration.problems(),
        listeners,
        pools.engines(),
        gateways.states().stream().map(this::view).toList());
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  private PoolView view(PoolState pool) {
    return new PoolView(
        pool.name(),
        pools.engineOf(pool.name()).orElse(""),
        pool.policy(),
        pools.followsHealth(pool.name()),
        pool.panicking(),
        pool.waiting(),
        pool.shed(),
        pool.backends().stream().map(PoolRoutes::view).toList());
  }

  private static BackendView view(PoolState.BackendState backend) {
    BackendTraffic.Counts traffic = backend.traffic();
    return new BackendView(
        backend.name(),
        backend.address(),
        backend.host(),
        backend.weight(),
        backend.steadyWeight(),
        backend.configuredWeight(),
        backend.draining(),
        backend.checksPass(),
        backend.circuit().name().toLowerCase(Locale.ROOT),
        backend.lastFailure(),
        backend.inFlight(),
        traffic.requests(),
        traffic.serverErrors() + traffic.failures(),
        traffic.retries(),
        traffic.bytesIn(),
        traffic.bytesOut(),
        known(backend.share()),
        known(backend.expectedShare()),
        known(traffic.latency().quantileSeconds(0.5)),
        known(traffic.latency().quantileSeconds(0.99)));
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private static @Nullable Double known(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private void changes(Exchange exchange) {
    Instant now = clock.instant();
    List<WeightChange> changes =
        pools.changes(
            exchange.variable("pool"),
            time(exchange, "from", now.minus(Duration.ofDays(7))),
            time(exchange, "to", now.plusSeconds(1)),
            exchange.count("limit", USUAL_CHANGES, MOST_CHANGES));
    exchange.answer(
        new Changes(
            changes.stream()
                .map(one ->
                    new Change(
                        one.backend(),
                        one.from(),
                        one.to(),
                        one.reason().name().toLowerCase(Locale.ROOT),
                        known(one.utilisation()),
                        known(one.average()),
                        one.at().toEpochMilli()))
                .toList()));
  }

  private static Instant time(Exchange exchange, String name, Instant usual) {
    String text = exchange.parameter(name).orElse("");
    if (text.isEmpty()) {
      return usual;
    }
    if (!text.matches("\\d{1,15}")) {
      throw ApiException.badField(
          name,
          Text.of("'" + name + "' is a time in epoch milliseconds.", "“" + name + "”是以毫秒计的时间戳。"));
    }
    return Instant.ofEpochMilli(Long.parseLong(text));
  }
}
