package io.evenkeel.hub.pools;

import io.evenkeel.gateway.policy.HealthWeights;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState.BackendState;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Label;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets the weights of pools that follow health go by what the monitor knows of their backends'
/// hosts: each turn asks the store for the hosts' CPU utilisation and steps [HealthWeights].
public final class WeightLoop implements AutoCloseable {
  /// Busy time of all processors over the last minute; waiting for disks is not busy.
  static final String UTILISATION =
      "1 - avg by(instance) (sum without(mode)"
          + " (rate(node_cpu_seconds_total{mode=~\"idle|iowait\"}[1m])))";

  /// When each host was last heard of.
  static final String READ_AT =
      "max by(instance) (timestamp(node_cpu_seconds_total{mode=\"idle\"}))";

  private static final Logger LOG = LoggerFactory.getLogger("gateway");
  private static final long PERIOD_SECONDS = 5;

  private final Pools pools;
  private final QueryEngine queries;
  private final CpuPool cpu;
  private final HealthWeights.Settings settings;
  private final InstantSource clock;
  private final Map<String, HealthWeights> steered = new HashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("weight-loop").factory());

  public WeightLoop(
      Pools pools,
      QueryEngine queries,
      CpuPool cpu,
      HealthWeights.Settings settings,
      InstantSource clock) {
    this.pools = pools;
    this.queries = queries;
    this.cpu = cpu;
    this.settings = settings;
    this.clock = clock;
  }

  /// Begins to steer.
  public void start() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::stepAndReport, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private void stepAndReport() {
    try {
      step();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      // Else the timer would end without a word.
      LOG.error("Weights could not be steered", e);
    }
  }

  /// One turn for every pool that follows health.
  ///
  /// @return the changes that were made
  synchronized List<WeightChange> step() throws Exception {
    List<WeightChange> made = new ArrayList<>();
    List<Pools.Following> following = pools.following();
    steered.keySet().retainAll(following.stream().map(one -> one.pool().name()).toList());
    if (following.isEmpty()) {
      return made;
    }
    Instant now = clock.instant();
    Map<String, Double> utilisation = ask(UTILISATION, now);
    Map<String, Double> readAt = ask(READ_AT, now);
    for (Pools.Following one : following) {
      String pool = one.pool().name();
      List<HealthWeights.Reading> readings = readings(one, utilisation, readAt);
      HealthWeights loop = steered.computeIfAbsent(pool, unused -> new HealthWeights(settings));
      for (WeightChange change : loop.step(readings, now)) {
        pools.apply(pool, change).ifPresent(made::add);
      }
    }
    return made;
  }

  private static List<HealthWeights.Reading> readings(
      Pools.Following following, Map<String, Double> utilisation, Map<String, Double> readAt) {
    List<HealthWeights.Reading> readings = new ArrayList<>();
    int most = following.maxConcurrent();
    for (BackendState backend : following.pool().backends()) {
      // A drained backend's idle host says nothing about the load of the others.
      if (backend.host().isEmpty() || backend.draining()) {
        continue;
      }
      Double cpu = utilisation.get(backend.host());
      Double seconds = readAt.get(backend.host());
      double filled = most > 0 ? (double) backend.inFlight() / most : 0;
      readings.add(
          new HealthWeights.Reading(
              backend.name(),
              backend.configuredWeight(),
              backend.steadyWeight(),
              cpu == null || cpu.isNaN()
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(Math.max(cpu, filled)),
              seconds == null ? Instant.EPOCH : Instant.ofEpochMilli((long) (seconds * 1000))));
    }
    return readings;
  }

  private Map<String, Double> ask(String expression, Instant now) throws Exception {
    Map<String, Double> byHost = new HashMap<>();
    try {
      Value value =
          cpu.compute(
              () -> queries.query(QueryRequest.instant(expression, now.toEpochMilli())).value());
      if (value instanceof Value.InstantVector vector) {
        for (Value.VectorSample sample : vector.samples()) {
          byHost.put(sample.labels().valueOrEmpty(Label.INSTANCE), sample.value());
        }
      }
    } catch (QueryException e) {
      // No figures are stale figures: the weights go back to the configured ones.
      LOG.warn("The hosts' utilisation cannot be asked for: {}", e.getMessage());
    }
    return byHost;
  }

  @Override
  public void close() {
    timer.close();
  }
}
