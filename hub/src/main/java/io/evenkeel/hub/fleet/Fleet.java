package io.evenkeel.hub.fleet;

import io.evenkeel.hub.alert.AlertEngine;
import io.evenkeel.hub.alert.AlertState;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.HostStatus;
import io.evenkeel.model.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The hosts with how they are, filtered, sorted and counted here, so that a page of a thousand
/// servers moves a few dozen. What it shows was noted when samples arrived: no query is made. Safe
/// for use by many threads.
public final class Fleet {
  private static final String CRITICAL = "critical";

  private final HostRegistry hosts;
  private final HostAttributeBook attributes;
  private final Supplier<List<AlertEngine.RuleStatus>> rules;
  private final Supplier<Predicate<Map<String, String>>> maintenance;
  private final Enrolled enrolled;
  private final String version;

  /// Which servers have an agent that enrolled.
  public interface Enrolled {
    /// Whether a host's agent enrolled.
    boolean has(String hostId);

    /// How many were retired.
    int retired();
  }

  /// @param rules the alerts of every rule
  /// @param maintenance asked once for each page: whether planned work is done on a host with some
  ///   labels
  /// @param version the hub's, against which agents are old or not
  public Fleet(
      HostRegistry hosts,
      HostAttributeBook attributes,
      Supplier<List<AlertEngine.RuleStatus>> rules,
      Supplier<Predicate<Map<String, String>>> maintenance,
      Enrolled enrolled,
      String version) {
    this.hosts = hosts;
    this.attributes = attributes;
    this.rules = rules;
    this.maintenance = maintenance;
    this.enrolled = enrolled;
    this.version = version;
  }

  /// The alerts of one host that fire.
  private static final class Firing {
    int count;
    FleetHost.@Nullable Worst worst;
  }

  /// The hosts that a query asks for.
  public FleetPage page(FleetQuery query) {
    List<FleetHost> all = all();
    Map<String, Integer> groups = new TreeMap<>();
    Map<String, Integer> tags = new TreeMap<>();
    Map<String, Integer> owners = new TreeMap<>();
    Map<FleetStatus, Integer> statuses = new EnumMap<>(FleetStatus.class);
    for (FleetStatus status : FleetStatus.values()) {
      statuses.put(status, 0);
    }
    List<FleetHost> found = new ArrayList<>();
    for (FleetHost one : all) {
      count(groups, one.attributes().group());
      count(owners, one.attributes().owner());
      one.attributes().tags().forEach(tag -> count(tags, tag));
      if (query.finds(one)) {
        statuses.merge(one.status(), 1, Integer::sum);
        if (query.wants(one.status())) {
          found.add(one);
        }
      }
    }
    found.sort(query.order());
    // What a silent host told last says nothing of what it does now.
    List<Host> heard =
        found.stream()
            .map(FleetHost::host)
            .filter(host -> host.status() != HostStatus.SILENT)
            .toList();
    return new FleetPage(
        all.size(),
        found.size(),
        statuses,
        groups,
        tags,
        owners,
        Math.toIntExact(all.stream().filter(FleetHost::outdated).count()),
        version,
        enrolled.retired(),
        heard.stream().mapToLong(host -> number(host.cores())).sum(),
        heard.stream().mapToLong(host -> number(host.memoryBytes())).sum(),
        heard.stream().mapToDouble(host -> product(host.signals().cpu(), host.cores())).sum(),
        heard.stream()
            .mapToDouble(host -> product(host.signals().memory(), host.memoryBytes()))
            .sum(),
        found.stream().skip(query.offset()).limit(query.limit()).toList());
  }

  private static long number(@Nullable Number value) {
    return value == null ? 0 : value.longValue();
  }

  private static double product(@Nullable Double share, @Nullable Number of) {
    return share == null || of == null ? 0 : share * of.doubleValue();
  }

  private static void count(Map<String, Integer> counts, String name) {
    if (!name.isEmpty()) {
      counts.merge(name, 1, Integer::sum);
    }
  }

  private List<FleetHost> all() {
    Map<String, Firing> firing = firing();
    Predicate<Map<String, String>> planned = maintenance.get();
    return hosts.all().stream()
        .map(host -> {
          HostAttributes said = attributes.of(host.id());
          Firing alerts = firing.get(host.name());
          FleetHost.Worst worst = alerts == null ? null : alerts.worst;
          Map<String, String> labels =
              said.completing(Map.of(Label.INSTANCE, host.name(), Label.JOB, "node"));
          return new FleetHost(
              host,
              said,
              planned.test(labels) ? FleetStatus.MAINTENANCE : status(host, worst),
              worst,
              alerts == null ? 0 : alerts.count,
              host.simulated(),
              enrolled.has(host.id()),
              isOutdated(host));
        })
        .toList();
  }

  private boolean isOutdated(Host host) {
    String agent = host.agentVersion();
    return agent != null
        && !host.self()
        && !host.simulated()
        && NaturalOrder.INSTANCE.compare(agent, version) < 0;
  }

  private static FleetStatus status(Host host, FleetHost.@Nullable Worst worst) {
    if (host.status() == HostStatus.SILENT) {
      return FleetStatus.DOWN;
    }
    if (worst != null) {
      return worst.severity().equals(CRITICAL) ? FleetStatus.CRITICAL : FleetStatus.WARNING;
    }
    return host.status() == HostStatus.LATE ? FleetStatus.WARNING : FleetStatus.OK;
  }

  private Map<String, Firing> firing() {
    Map<String, Firing> byHost = new HashMap<>();
    for (AlertEngine.RuleStatus rule : rules.get()) {
      for (AlertState alert : rule.alerts()) {
        String host = alert.labels().get(Label.INSTANCE);
        String severity = alert.labels().valueOrEmpty("severity");
        if (host == null || !alert.isFiring() || rank(severity) == 0) {
          continue;
        }
        Firing of = byHost.computeIfAbsent(host, name -> new Firing());
        of.count++;
        FleetHost.Worst worst =
            new FleetHost.Worst(
                rule.rule().name(),
                severity,
                alert.annotations().getOrDefault("summary", rule.rule().name()),
                alert.annotations().getOrDefault("summary_zh", ""),
                alert.activeAt());
        if (of.worst == null || MORE_PRESSING.compare(worst, of.worst) > 0) {
          of.worst = worst;
        }
      }
    }
    return byHost;
  }

  private static final Comparator<FleetHost.Worst> MORE_PRESSING =
      Comparator.comparingInt((FleetHost.Worst worst) -> rank(worst.severity()))
          .thenComparing(FleetHost.Worst::since, Comparator.reverseOrder());

  /// Alerts that only inform, and heartbeats, make no host sick.
  private static int rank(String severity) {
    return switch (severity) {
      case "none", "info" -> 0;
      case CRITICAL -> 2;
      default -> 1;
    };
  }
}
