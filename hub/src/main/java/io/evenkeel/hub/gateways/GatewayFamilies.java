package io.evenkeel.hub.gateways;

import io.evenkeel.gateway.pool.PoolMetrics;
import io.evenkeel.gateway.stats.MetricSink;
import io.evenkeel.hub.pools.Pools;
import io.evenkeel.hub.telemetry.Family;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The load balancers' figures among the hub's own metrics. Those of a gateway of its own have its
/// name as their `instance`.
public final class GatewayFamilies implements Family.Source {
  private final Pools pools;
  private final Gateways gateways;

  public GatewayFamilies(Pools pools, Gateways gateways) {
    this.pools = pools;
    this.gateways = gateways;
  }

  @Override
  public List<Family> families() {
    Collected collected = new Collected();
    PoolMetrics.write(collected, pools.states());
    pools.gateway().ifPresent(gateway -> gateway.frontMetrics(collected));
    gateways
        .reports()
        .forEach((name, report) -> {
          collected.instance = name;
          PoolMetrics.write(
              collected,
              report.states(pools.gateway().map(running -> running.pools()).orElse(List.of())));
          PoolMetrics.writeFront(
              collected, report.ownAnswers(), report.inFlight(), report.connections());
        });
    Family.Builder changes =
        Family.builder(
            "evenkeel_gateway_weight_changes_total",
            MetricType.COUNTER,
            "Changes of backends' weights by their reason.");
    pools.weightChanges().into(changes, 1, "pool", "backend", "reason");
    List<Family> families = collected.families();
    families.add(changes.build());
    Family.Builder reached =
        Family.builder(
            "evenkeel_gateway_haproxy_reached",
            MetricType.GAUGE,
            "1 if an HAProxy process answers on its Runtime API.");
    pools
        .engines()
        .forEach(engine -> reached.add(engine.isReached() ? 1 : 0, "engine", engine.name()));
    families.add(reached.build());
    families.add(steered());
    families.add(
        Family.gauge(
            "evenkeel_gateway_configuration_problems",
            "What is wrong with the load balancer's configuration.",
            pools.configuration().problems().size()));
    return families;
  }

  private Family steered() {
    Family.Builder steered =
        Family.builder(
            "evenkeel_gateway_steered",
            MetricType.GAUGE,
            "1 if a gateway of its own reports and runs what the hub tells it.");
    for (Gateways.View one : gateways.all()) {
      switch (one.state()) {
        case STEERED, BEHIND -> steered.add(1, "gateway", one.name());
        case REFUSING, SILENT -> steered.add(0, "gateway", one.name());
        case STOPPED -> {}
      }
    }
    return steered.build();
  }

  /// Collects families as they come, those of one name together. Used by one thread.
  private static final class Collected implements MetricSink {
    private record Open(MetricMetadata metadata, List<Family.Point> points) {}

    private final Map<String, Open> open = new LinkedHashMap<>();
    private List<Family.Point> points = new ArrayList<>();
    private String instance = "";

    @Override
    public void family(MetricMetadata metadata) {
      points =
          open.computeIfAbsent(metadata.metric(), unused -> new Open(metadata, new ArrayList<>()))
              .points();
    }

    @Override
    public void sample(String name, Labels labels, double value) {
      Labels whose = instance.isEmpty() ? labels : labels.with(Label.INSTANCE, instance);
      points.add(new Family.Point(name, whose, value));
    }

    private List<Family> families() {
      List<Family> families = new ArrayList<>();
      open.values().forEach(one -> families.add(new Family(one.metadata(), one.points())));
      return families;
    }
  }
}
