package io.evenkeel.hub.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.gateway.policy.HealthWeights;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.haproxy.Haproxies;
import io.evenkeel.hub.haproxy.HaproxySettings;
import io.evenkeel.hub.haproxy.RealHaproxy;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.wiring.ManualClock;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the monitor's samples of a host to where Debian's HAProxy sends real requests.
class HaproxyWeightsTest {
  private static final Duration TURN = Duration.ofSeconds(5);
  private static final String POOL = "edge:app";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final MemoryStore samples = new MemoryStore();
  private final Map<String, Double> idleSeconds = new HashMap<>();

  private void report(String host, double utilisation) {
    double idle = idleSeconds.merge(host, TURN.toSeconds() * (1 - utilisation), Double::sum);
    SampleBatch batch = new SampleBatch();
    int series =
        batch.addSeries(
            Labels.of("__name__", "node_cpu_seconds_total", "cpu", "0", "instance", host)
                .with("mode", "idle"));
    batch.addSample(series, clock.millis(), idle);
    samples.append(batch);
  }

  @Test
  void traffic_leaves_an_overloaded_server_behind_haproxy_and_the_reason_is_stored()
      throws Exception {
    try (RealHaproxy real = new RealHaproxy(folder, "weight 100", "weight 100");
        Database database = Database.open(folder.resolve("settings.db"));
        CpuPool cpu = new CpuPool(1, 10);
        Pools pools =
            new Pools(
                database,
                new AuditStore(clock),
                Optional.empty(),
                new Haproxies(settings(real)),
                clock)) {
      pools.start();
      await().atMost(Duration.ofSeconds(30)).until(() -> !pools.states().isEmpty());
      try (WeightLoop loop =
          new WeightLoop(
              pools,
              new QueryEngine(samples, QueryLimits.DEFAULT),
              cpu,
              HealthWeights.Settings.USUAL,
              clock)) {
        for (int turn = 0; turn < 40; turn++) {
          clock.advance(TURN);
          report("host-1", 0.95);
          report("host-2", 0.30);
          loop.step();
        }
      }

      PoolState.BackendState busy = pools.states().getFirst().backends().getFirst();
      assertThat(busy.steadyWeight()).isLessThan(40).isGreaterThanOrEqualTo(10);
      real.takeServed();
      real.ask(50);
      assertThat(real.takeServed().getFirst()).isLessThan(15);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(pools.changes(POOL, Instant.EPOCH, clock.instant(), 1000))
                  .filteredOn(change -> change.backend().equals("web1"))
                  .isNotEmpty()
                  .allMatch(change -> change.reason() == WeightChange.Reason.OVERLOADED)
                  .anyMatch(change -> change.to() == busy.steadyWeight()));

      assertThat(pools.drain(POOL, "web1", true, "test")).isInstanceOf(Outcome.Done.class);
      real.ask(6);
      assertThat(real.takeServed()).containsExactly(0, 6);
    }
  }

  private static HaproxySettings settings(RealHaproxy real) {
    return new HaproxySettings(
        Optional.empty(),
        List.of(
            new HaproxySettings.Instance(
                "edge",
                UnixDomainSocketAddress.of(real.socket()),
                HaproxySettings.SteerBy.RUNTIME,
                List.of(
                    new HaproxySettings.SteeredBackend(
                        "app", true, Map.of("web1", "host-1", "web2", "host-2"))))));
  }
}
