package io.evenkeel.hub.api;

import io.evenkeel.hub.fleet.HostAttributeBook;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.settings.CollectionPeriod;
import io.evenkeel.hub.settings.HostCollection;
import io.evenkeel.hub.settings.HostCollections;
import io.evenkeel.hub.settings.HostCollections.Scope;
import io.evenkeel.model.Text;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Settings that are changed while the hub runs: how servers are measured, all of them, a group, or
/// one.
public final class SettingsRoutes {
  public record CollectionSettings(int periodSeconds) {}

  /// How a host is measured.
  ///
  /// @param host what is set for itself
  /// @param group what is set for its group; null when it is in none
  /// @param groupName its group; empty when it is in none
  /// @param periodSeconds what holds
  /// @param periodFrom for what it is set; null when for all hosts
  /// @param switchedOff the collectors that are not read
  /// @param switchedOffFrom for what that is set; null when nowhere
  public record HostSettings(
      HostCollection host,
      @Nullable HostCollection group,
      String groupName,
      long periodSeconds,
      @Nullable Scope periodFrom,
      Set<String> switchedOff,
      @Nullable Scope switchedOffFrom) {}

  private final CollectionPeriod period;
  private final HostCollections collections;
  private final HostRegistry hosts;
  private final HostAttributeBook attributes;

  public SettingsRoutes(
      CollectionPeriod period,
      HostCollections collections,
      HostRegistry hosts,
      HostAttributeBook attributes) {
    this.period = period;
    this.collections = collections;
    this.hosts = hosts;
    this.attributes = attributes;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/settings/collection",
            Access.VIEWER,
            "Tells how often agents collect.",
            CollectionSettings.class,
            exchange -> exchange.answer(settings())),
        Route.put(
            "/api/hub/v1/settings/collection",
            Access.ADMIN,
            "Changes how often agents collect.",
            CollectionSettings.class,
            CollectionSettings.class,
            this::change),
        Route.get(
            "/api/hub/v1/hosts/{id}/collection",
            Access.VIEWER,
            "Tells how often a host is measured and which collectors are switched off, and why.",
            HostSettings.class,
            exchange -> exchange.answer(settings(host(exchange)))),
        Route.put(
            "/api/hub/v1/hosts/{id}/collection",
            Access.ADMIN,
            "Sets how a host is measured; null leaves it to the group or the setting for all.",
            HostCollection.class,
            HostSettings.class,
            this::changeHost),
        Route.put(
            "/api/hub/v1/groups/{group}/collection",
            Access.ADMIN,
            "Sets how the hosts of a group are measured; null leaves it to the setting for all.",
            HostCollection.class,
            HostCollection.class,
            this::changeGroup));
  }

  private CollectionSettings settings() {
    return new CollectionSettings(Math.toIntExact(period.current().toSeconds()));
  }

  private void change(Exchange exchange) {
    int seconds = exchange.json(CollectionSettings.class).periodSeconds();
    if (!CollectionPeriod.ALLOWED_SECONDS.contains(seconds)) {
      throw ApiException.badField(
          "periodSeconds",
          Text.of(
              "The period is one of " + CollectionPeriod.ALLOWED_SECONDS + " seconds.",
              "周期为 " + CollectionPeriod.ALLOWED_SECONDS + " 秒之一。"));
    }
    period.change(Duration.ofSeconds(seconds), exchange.caller().auditName());
    exchange.answer(settings());
  }

  private Host host(Exchange exchange) {
    String id = exchange.variable("id");
    return hosts
        .find(id)
        .orElseThrow(() ->
            ApiException.notFound(
                Text.of("No host has the id '" + id + "'.", "没有 ID 为“" + id + "”的服务器。")));
  }

  private HostSettings settings(Host host) {
    String group = attributes.of(host.id()).group();
    HostCollections.InForce now = collections.of(host.id());
    return new HostSettings(
        collections.own(Scope.HOST, host.id()),
        group.isEmpty() ? null : collections.own(Scope.GROUP, group),
        group,
        now.period().toSeconds(),
        now.periodFrom(),
        new TreeSet<>(now.switchedOff()),
        now.switchedOffFrom());
  }

  private void changeHost(Exchange exchange) {
    Host host = host(exchange);
    Outcomes.resultOf(
        collections.change(
            Scope.HOST,
            host.id(),
            host.name(),
            exchange.json(HostCollection.class),
            exchange.caller().auditName()));
    exchange.answer(settings(host));
  }

  private void changeGroup(Exchange exchange) {
    String group = exchange.variable("group");
    if (!attributes.isGroup(group)) {
      throw ApiException.notFound(
          Text.of("No host is in a group '" + group + "'.", "没有服务器属于分组“" + group + "”。"));
    }
    exchange.answer(
        Outcomes.resultOf(
            collections.change(
                Scope.GROUP,
                group,
                group,
                exchange.json(HostCollection.class),
                exchange.caller().auditName())));
  }
}
