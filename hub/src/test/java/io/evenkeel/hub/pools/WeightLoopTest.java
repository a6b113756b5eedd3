package io.evenkeel.hub.pools;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.gateway.policy.HealthWeights;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.wiring.ManualClock;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the monitor's samples of a host to where real requests go: a gateway, two servers behind
/// it, the settings database and the store.
class WeightLoopTest {
  private static final Duration TURN = Duration.ofSeconds(5);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final MemoryStore samples = new MemoryStore();
  private final CpuPool cpu = new CpuPool(1, 10);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Double> idleSeconds = new HashMap<>();
  private Server busy;
  private Server calm;
  private Database database;
  private Pools pools;
  private WeightLoop loop;

  /// A web server that counts its requests.
  private static final class Server implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger served = new AtomicInteger();

    Server() throws Exception {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            served.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
          });
      server.start();
    }

    String address() {
      return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @BeforeEach
  void open() throws Exception {
    busy = new Server();
    calm = new Server();
    database = Database.open(folder.resolve("settings.db"));
    startPools();
    configure(
        """
        listeners: [{name: web, address: '127.0.0.1:0'}]
        routes: [{pool: app}]
        pools:
        - name: app
          policy: weighted-round-robin
          followHealth: true
          backends:
          - {name: busy, address: '%s', host: web-1}
          - {name: calm, address: '%s', host: web-2}
        """
            .formatted(busy.address(), calm.address()));
    loop =
        new WeightLoop(
            pools,
            new QueryEngine(samples, QueryLimits.DEFAULT),
            cpu,
            HealthWeights.Settings.USUAL,
            clock);
  }

  private void startPools() throws Exception {
    pools = TestPools.started(database, clock);
  }

  private void configure(String text) {
    assertThat(pools.configure(text, "test")).isInstanceOf(Outcome.Done.class);
  }

  @AfterEach
  void close() {
    loop.close();
    pools.close();
    database.close();
    cpu.close();
    http.close();
    busy.close();
    calm.close();
  }

  /// Lets time pass while both hosts report how busy they are.
  private void pass(Duration time, double first, double second) throws Exception {
    for (long turns = time.dividedBy(TURN); turns > 0; turns--) {
      clock.advance(TURN);
      report("web-1", first);
      report("web-2", second);
      loop.step();
    }
  }

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

  private double shareOfBusy(int requests) throws Exception {
    int before = busy.served.get();
    InetSocketAddress web = Objects.requireNonNull(pools.listeners().get("web"));
    for (int i = 0; i < requests; i++) {
      HttpResponse<Void> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web.getPort() + "/")).build(),
              HttpResponse.BodyHandlers.discarding());
      assertThat(answer.statusCode()).isEqualTo(204);
    }
    return (busy.served.get() - before) / (double) requests;
  }

  private List<WeightChange> stored() {
    return pools.changes("app", Instant.EPOCH, clock.instant(), 1000);
  }

  private double weightOf(String backend) {
    return pools.states().getFirst().backends().stream()
        .filter(one -> one.name().equals(backend))
        .mapToDouble(PoolState.BackendState::steadyWeight)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void traffic_leaves_a_server_whose_cpu_is_above_80_percent_and_the_reason_is_stored()
      throws Exception {
    pass(Duration.ofMinutes(1), 0.4, 0.4);
    assertThat(shareOfBusy(100)).isEqualTo(0.5);

    pass(Duration.ofMinutes(3), 0.92, 0.3);
    assertThat(shareOfBusy(200)).isLessThan(0.2);
    pools.close(); // what is being stored is on disk now
    assertThat(stored())
        .anySatisfy(change -> {
          assertThat(change.backend()).isEqualTo("busy");
          assertThat(change.reason()).isEqualTo(WeightChange.Reason.OVERLOADED);
          assertThat(change.to()).isLessThan(change.from());
          assertThat(change.utilisation().orElseThrow()).isGreaterThan(0.8);
        });
    assertThat(pools.weightChanges().get("app", "busy", "overloaded")).isPositive();
  }

  @Test
  void a_weight_moves_in_steps_and_not_below_its_floor() throws Exception {
    pass(Duration.ofSeconds(30), 0.5, 0.5);
    double before = weightOf("busy");
    for (int i = 0; i < 120; i++) {
      pass(TURN, 0.99, 0.1);
      double now = weightOf("busy");
      assertThat(now).isGreaterThanOrEqualTo(before * 0.85 - 1e-9).isGreaterThanOrEqualTo(0.1);
      before = now;
    }
    assertThat(before).isEqualTo(0.1);
    assertThat(shareOfBusy(210)).isBetween(0.04, 0.06);
  }

  @Test
  void hosts_that_fall_silent_go_back_to_their_configured_weights() throws Exception {
    pass(Duration.ofMinutes(3), 0.92, 0.3);
    assertThat(weightOf("busy")).isLessThan(0.5);
    for (int i = 0; i < 120; i++) {
      clock.advance(TURN);
      loop.step();
    }
    assertThat(weightOf("busy")).isEqualTo(1);
    assertThat(weightOf("calm")).isEqualTo(1);
    pools.close();
    assertThat(stored().getFirst().reason()).isEqualTo(WeightChange.Reason.STALE_DATA);
  }

  @Test
  void a_restart_does_not_send_a_full_share_back_to_an_overloaded_server() throws Exception {
    pass(Duration.ofMinutes(3), 0.92, 0.3);
    double before = weightOf("busy");
    assertThat(before).isLessThan(0.5);
    pools.close();
    startPools();
    assertThat(weightOf("busy")).isEqualTo(before);
    pools.close();
    assertThat(stored())
        .anySatisfy(change -> {
          assertThat(change.from()).isEqualTo(1);
          assertThat(change.to()).isEqualTo(before);
          assertThat(change.reason()).isEqualTo(WeightChange.Reason.OVERLOADED);
        });
  }

  @Test
  void a_pool_that_does_not_follow_health_keeps_its_weights() throws Exception {
    configure(pools.configuration().text().replace("followHealth: true", "followHealth: false"));
    pass(Duration.ofMinutes(2), 0.95, 0.1);
    assertThat(weightOf("busy")).isEqualTo(1);
    assertThat(stored()).isEmpty();
  }

  @Test
  void drains_and_weights_set_by_hand_outlive_a_restart_until_the_configuration_changes_them()
      throws Exception {
    pools.drain("app", "busy", true, "test");
    pools.weigh("app", "calm", 7, "test");
    pools.close();
    startPools();
    assertThat(shareOfBusy(20)).isZero();
    assertThat(weightOf("calm")).isEqualTo(7);
    assertThat(stored()).hasSize(1).first().matches(change -> change.to() == 7);

    pools.putBackend("app", "calm", new Pools.NewBackend(calm.address(), 3, "web-2"), "test");
    assertThat(weightOf("calm")).isEqualTo(3);
    pools.drain("app", "busy", false, "test");
    assertThat(shareOfBusy(40)).isPositive();
  }
}
