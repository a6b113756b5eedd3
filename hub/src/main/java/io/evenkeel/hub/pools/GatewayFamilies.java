package io.evenkeel.hub.pools;

import io.evenkeel.gateway.pool.PoolMetrics;
import io.evenkeel.gateway.stats.MetricSink;
import io.evenkeel.hub.telemetry.Family;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The load balancer's figures among the hub's own metrics.
public final class GatewayFamilies implements Family.Source {
  private final Pools pools;

  public GatewayFamilies(Pools pools) {
    this.pools = pools;
  }

  @Override
  public List<Family> families() {
    Collected collected = new Collected();
    PoolMetrics.write(collected, pools.states());
    pools.gateway().ifPresent(gateway -> gateway.frontMetrics(collected));
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
    families.add(
        Family.gauge(
            "evenkeel_gateway_configuration_problems",
            "What is wrong with the load balancer's configuration.",
            pools.configuration().problems().size()));
    return families;
  }

  /// Collects families as they come. Used by one thread.
  private static final class Collected implements MetricSink {
    private final List<Family> done = new ArrayList<>();
    private @Nullable MetricMetadata current;
    private List<Family.Point> points = new ArrayList<>();

    @Override
    public void family(MetricMetadata metadata) {
      finish();
      current = metadata;
    }

    @Override
    public void sample(String name, Labels labels, double value) {
      points.add(new Family.Point(name, labels, value));
    }

    private void finish() {
      MetricMetadata before = current;
      if (before != null) {
        done.add(new Family(before, points));
      }
      points = new ArrayList<>();
    }

    private List<Family> families() {
      finish();
      current = null;
      return done;
    }
  }
}
