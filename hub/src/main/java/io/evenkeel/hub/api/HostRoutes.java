package io.evenkeel.hub.api;

import io.evenkeel.agent.CollectorStatus;
import io.evenkeel.hub.hosts.CollectorReport;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.QualityReport;
import io.evenkeel.hub.processes.ProcessLog;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.settings.HostCollections;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.Text;
import io.evenkeel.tsdb.storage.Queryable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The hosts, their collectors, top processes and the quality of their samples.
public final class HostRoutes {
  public record Hosts(List<Host> hosts) {}

  public record Collectors(List<CollectorReport> collectors) {}

  /// The top processes at a moment; `at` is null, with a reason, when nothing is known of it.
  public record Processes(
      @Nullable Long at, long periodMillis, @Nullable String reason, List<TopProcess> processes) {}

  /// One process. What could not be read is null.
  public record TopProcess(
      int pid,
      String comm,
      String user,
      @Nullable String unit,
      String state,
      @Nullable Double cpuCores,
      long residentBytes,
      @Nullable Double readBytesPerSecond,
      @Nullable Double writtenBytesPerSecond,
      int threads,
      @Nullable Long openFds) {}

  private static final Duration QUALITY_OVER = Duration.ofHours(24);

  private final HostRegistry hosts;
  private final ProcessLog processes;
  private final Queryable store;
  private final Supplier<List<CollectorStatus>> ownCollectors;
  private final HostCollections collections;
  private final InstantSource clock;

  /// @param ownCollectors how the collectors of the agent inside the hub fare
  public HostRoutes(
      HostRegistry hosts,
      ProcessLog processes,
      Queryable store,
      Supplier<List<CollectorStatus>> ownCollectors,
      HostCollections collections,
      InstantSource clock) {
    this.hosts = hosts;
    this.processes = processes;
    this.store = store;
    this.ownCollectors = ownCollectors;
    this.collections = collections;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/hosts",
            Access.VIEWER,
            "Lists the hosts.",
            Hosts.class,
            exchange -> exchange.answer(new Hosts(hosts.all()))),
        Route.get(
            "/api/hub/v1/hosts/{id}",
            Access.VIEWER,
            "Tells what a host is and whether it reports.",
            Host.class,
            exchange -> exchange.answer(host(exchange))),
        Route.get(
            "/api/hub/v1/hosts/{id}/collectors",
            Access.VIEWER,
            "Tells how a host's collectors fare.",
            Collectors.class,
            this::collectors),
        Route.get(
            "/api/hub/v1/hosts/{id}/processes",
            Access.VIEWER,
            "Lists the processes that were on top of a host at a time (`at`, ms; now without it).",
            Processes.class,
            this::processes),
        Route.get(
            "/api/hub/v1/hosts/{id}/quality",
            Access.VIEWER,
            "Tells what was doubtful in a host's samples of the last 24 hours.",
            QualityReport.class,
            this::quality));
  }

  private Host host(Exchange exchange) {
    String id = exchange.variable("id");
    return hosts
        .find(id)
        .orElseThrow(() ->
            ApiException.notFound(
                Text.of("No host has the id '" + id + "'.", "没有 ID 为“" + id + "”的服务器。")));
  }

  private void collectors(Exchange exchange) {
    Host host = host(exchange);
    exchange.answer(
        new Collectors(
            host.self()
                ? ownCollectors.get().stream().map(CollectorReport::of).toList()
                : CollectorReport.read(
                    store,
                    host,
                    host.agentVersion() == null
                        ? Set.of()
                        : collections.of(host.id()).switchedOff(),
                    clock.millis())));
  }

  private void processes(Exchange exchange) {
    Host host = host(exchange);
    long at = number(exchange, "at").orElse(clock.millis());
    int limit = (int) Math.clamp(number(exchange, "limit").orElse(10_000L), 0, 10_000);
    Optional<ProcessSnapshot> found = processes.at(host.id(), at);
    exchange.answer(
        found.isEmpty()
            ? new Processes(null, 0, noSnapshot(host), List.of())
            : answer(found.get(), limit));
  }

  private static String noSnapshot(Host host) {
    return host.agentVersion() == null
        ? "This host has no Evenkeel agent, which is what tells processes."
        : "No snapshot of the processes from before this time is kept.";
  }

  private static Processes answer(ProcessSnapshot snapshot, int limit) {
    return new Processes(
        snapshot.timestampMillis(),
        snapshot.periodMillis(),
        null,
        snapshot.processes().stream().limit(limit).map(HostRoutes::process).toList());
  }

  private static TopProcess process(ProcessSnapshot.Entry process) {
    return new TopProcess(
        process.pid(),
        process.comm(),
        process.user(),
        process.unit().isEmpty() ? null : process.unit(),
        String.valueOf(process.state()),
        nullable(process.cpuCores()),
        process.residentBytes(),
        nullable(process.readBytesPerSecond()),
        nullable(process.writtenBytesPerSecond()),
        process.threads(),
        nullable(process.openFds()));
  }

  private static @Nullable Double nullable(OptionalDouble value) {
    return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
  }

  private static @Nullable Long nullable(OptionalLong value) {
    return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
  }

  private static Optional<Long> number(Exchange exchange, String name) {
    return exchange
        .parameter(name)
        .map(text -> {
          try {
            return Long.parseLong(text);
          } catch (NumberFormatException e) {
            throw ApiException.badField(
                name, Text.of("'" + text + "' is not a whole number.", "“" + text + "”不是整数。"));
          }
        });
  }

  private void quality(Exchange exchange) {
    Host host = host(exchange);
    long now = clock.millis();
    exchange.answer(QualityReport.read(store, host.name(), now - QUALITY_OVER.toMillis(), now));
  }
}
