package io.evenkeel.hub.gateways;

import io.evenkeel.gateway.health.CircuitBreaker;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.gateway.stats.BackendTraffic;
import io.evenkeel.gateway.stats.LatencyHistogram;
import io.evenkeel.gateway.stats.TrafficShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a gateway tells its hub each second: what it runs, and what it has served since its start.
/// Immutable; JSON on the wire.
///
/// @param run a random text of its start, by which two gateways of one name are told apart
/// @param seen the revision of the last orders that it took or refused; empty before the first
/// @param problems why it does not run them; empty when it does
/// @param stopping whether it is on its way out and takes no new connections
/// @param listeners where clients come in, by the listener's name
/// @param connections of clients that are open
/// @param inFlight requests that are on their way
/// @param ownAnswers answers that it gave in a backend's place, by status
public record GatewayReport(
    String run,
    String version,
    String seen,
    List<String> problems,
    boolean stopping,
    Map<String, String> listeners,
    int connections,
    int inFlight,
    Map<Integer, Long> ownAnswers,
    List<PoolReport> pools) {
  public GatewayReport {
    problems = List.copyOf(problems);
    listeners = Map.copyOf(listeners);
    ownAnswers = Map.copyOf(ownAnswers);
    pools = List.copyOf(pools);
  }

  /// A pool; see [PoolState].
  public record PoolReport(
      String name,
      String policy,
      boolean panicking,
      int waiting,
      long shed,
      List<BackendReport> backends) {
    public PoolReport {
      backends = List.copyOf(backends);
    }

    static PoolReport of(PoolState pool) {
      return new PoolReport(
          pool.name(),
          pool.policy(),
          pool.panicking(),
          pool.waiting(),
          pool.shed(),
          pool.backends().stream().map(BackendReport::of).toList());
    }

    PoolState state() {
      long all = backends.stream().mapToLong(one -> one.counts().requests()).sum();
      return new PoolState(
          name,
          policy,
          panicking,
          waiting,
          shed,
          backends.stream().map(one -> one.state(all)).toList(),
          List.of());
    }
  }

  /// A backend; see [PoolState.BackendState].
  ///
  /// @param answers by class of their status, 1xx to 5xx
  /// @param latency how many answers took so long, by bucket of [LatencyHistogram]; empty buckets
  ///   are left out
  /// @param latencySeconds what all answers took together
  public record BackendReport(
      String name,
      String address,
      String host,
      double weight,
      double setWeight,
      double configuredWeight,
      boolean draining,
      boolean up,
      String lastFailure,
      String circuit,
      int inFlight,
      @Nullable Double expectedShare,
      List<Long> answers,
      long failures,
      long retries,
      long bytesIn,
      long bytesOut,
      Map<Integer, Long> latency,
      double latencySeconds) {
    private static final int CLASSES = 5;
    private static final int BUCKETS = LatencyHistogram.BUCKETS;

    public BackendReport {
      if (answers.size() != CLASSES) {
        throw new IllegalArgumentException("answers come in " + CLASSES + " classes");
      }
      if (latency.keySet().stream().anyMatch(bucket -> bucket < 0 || bucket >= BUCKETS)) {
        throw new IllegalArgumentException("latency has " + BUCKETS + " buckets");
      }
      answers = List.copyOf(answers);
      latency = Map.copyOf(latency);
    }

    private static BackendReport of(PoolState.BackendState backend) {
      BackendTraffic.Counts counts = backend.traffic();
      Map<Integer, Long> latency = new TreeMap<>();
      long[] buckets = counts.latency().counts();
      for (int i = 0; i < buckets.length; i++) {
        if (buckets[i] > 0) {
          latency.put(i, buckets[i]);
        }
      }
      return new BackendReport(
          backend.name(),
          backend.address(),
          backend.host(),
          backend.weight(),
          backend.steadyWeight(),
          backend.configuredWeight(),
          backend.draining(),
          backend.checksPass(),
          backend.lastFailure(),
          Words.of(backend.circuit()),
          backend.inFlight(),
          Double.isNaN(backend.expectedShare()) ? null : backend.expectedShare(),
          List.of(
              counts.informational(),
              counts.successful(),
              counts.redirections(),
              counts.clientErrors(),
              counts.serverErrors()),
          counts.failures(),
          counts.retries(),
          counts.bytesIn(),
          counts.bytesOut(),
          latency,
          counts.latency().sumSeconds());
    }

    private BackendTraffic.Counts counts() {
      long[] buckets = new long[BUCKETS];
      latency.forEach((bucket, count) -> buckets[bucket] = count);
      return new BackendTraffic.Counts(
          answers.get(0),
          answers.get(1),
          answers.get(2),
          answers.get(3),
          answers.get(4),
          failures,
          retries,
          bytesIn,
          bytesOut,
          LatencyHistogram.Snapshot.of(buckets, latencySeconds));
    }

    private PoolState.BackendState state(long all) {
      return new PoolState.BackendState(
          name,
          address,
          host,
          weight,
          setWeight,
          configuredWeight,
          draining,
          up,
          lastFailure,
          Words.parse(CircuitBreaker.State.class, circuit).orElse(CircuitBreaker.State.CLOSED),
          inFlight,
          TrafficShare.of(counts().requests(), all),
          expectedShare == null ? Double.NaN : expectedShare,
          counts());
    }
  }

  static List<PoolReport> of(List<PoolState> pools) {
    return pools.stream().map(PoolReport::of).toList();
  }

  /// The pools and backends of it that the hub knows: a gateway cannot invent series.
  List<PoolState> states(List<PoolState> known) {
    List<PoolState> states = new ArrayList<>();
    for (PoolState pool : known) {
      pools.stream()
          .filter(one -> one.name().equals(pool.name()))
          .findFirst()
          .map(one -> only(one.state(), pool))
          .ifPresent(states::add);
    }
    return List.copyOf(states);
  }

  private static PoolState only(PoolState told, PoolState known) {
    List<String> names = known.backends().stream().map(PoolState.BackendState::name).toList();
    return new PoolState(
        told.name(),
        told.policy(),
        told.panicking(),
        told.waiting(),
        told.shed(),
        told.backends().stream().filter(one -> names.contains(one.name())).distinct().toList(),
        List.of());
  }
}
