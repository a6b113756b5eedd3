package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.gateway.Gateway;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.pools.Pools;
import io.evenkeel.hub.pools.TestPools;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.tune.PooledBackends.Member;
import io.evenkeel.hub.tune.TrialDetail.Step;
import io.evenkeel.hub.tune.TrialDetail.Step.Kind;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A knob of a backend behind a real gateway, with requests that are really in flight.
class DrainedServerTest {
  private static final Member WEB = new Member("app", "web");
  private static final Duration LEASE = Duration.ofMinutes(1);

  @TempDir Path folder;
  private final InstantSource clock = InstantSource.system();
  private final CountDownLatch answer = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Step> steps = new ArrayList<>();
  private final List<WaitingServer> servers = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private TunedTree tree;
  private TuningExecutor executor;
  private Database database;
  private Pools pools;

  @BeforeEach
  void open() throws Exception {
    tree = new TunedTree(folder, "mode = approve\nallow = *\n");
    executor = tree.start(clock, System::nanoTime);
    database = Database.open(folder.resolve("settings.db"));
    startPools();
    assertThat(
            pools.configure(
                """
                listeners: [{name: web, address: '127.0.0.1:0'}]
                routes: [{pool: app}]
                pools:
                - name: app
                  policy: weighted-round-robin
                  backends:
                  - {name: web, address: '%s', host: web-1}
                  - {name: other, address: '%s', host: web-2}
                """
                    .formatted(backend(), backend()),
                "test"))
        .isInstanceOf(Outcome.Done.class);
  }

  private void startPools() {
    pools = TestPools.started(database, clock);
  }

  private String backend() throws Exception {
    WaitingServer server = WaitingServer.start(answer);
    servers.add(server);
    return server.address();
  }

  @AfterEach
  void close() throws Exception {
    answer.countDown();
    pools.close();
    executor.close();
    database.close();
    http.close();
    servers.forEach(WaitingServer::close);
  }

  private PooledBackends backends() {
    return new PooledBackends(
        () -> pools.gateway().map(Gateway::pools).orElse(List.of()),
        pool -> 0,
        (pool, backend, draining, actor) ->
            pools.drain(pool, backend, draining, actor) instanceof Outcome.Refused<?> refused
                ? Optional.of(refused.message().en())
                : Optional.empty(),
        PooledBackends.Elsewhere.NOWHERE);
  }

  private DrainedServer server(Pace pace) {
    return new DrainedServer(
        new OwnServer("web-1", executor, (period, lease) -> {}),
        backends(),
        List.of(WEB),
        pace,
        ended,
        steps::add,
        clock);
  }

  private PoolState.BackendState web() {
    return pools.states().getFirst().backends().stream()
        .filter(one -> one.name().equals("web"))
        .findFirst()
        .orElseThrow();
  }

  private List<Kind> kinds() {
    return steps.stream().map(Step::kind).toList();
  }

  /// Two requests, of which round robin gives each backend one.
  private List<CompletableFuture<HttpResponse<Void>>> askBoth() {
    InetSocketAddress listener = Objects.requireNonNull(pools.listeners().get("web"));
    List<CompletableFuture<HttpResponse<Void>>> asked = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      asked.add(
          http.sendAsync(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.getPort() + "/"))
                  .build(),
              HttpResponse.BodyHandlers.discarding()));
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> web().inFlight() == 1);
    return asked;
  }

  @Test
  void a_knob_is_turned_when_the_last_request_has_ended_and_none_fails() {
    List<CompletableFuture<HttpResponse<Void>>> asked = askBoth();
    DrainedServer server =
        server(latch -> {
          assertThat(web().draining()).isTrue();
          assertThat(tree.value()).isEqualTo("128");
          answer.countDown();
          await().atMost(Duration.ofSeconds(60)).until(() -> web().inFlight() == 0);
        });
    assertThat(server.apply("a1", TunedTree.BACKLOG, "anna", LEASE))
        .isEqualTo(new TuningResult.Done("128", "4096"));
    assertThat(asked).allMatch(one -> one.join().statusCode() == 204);
    assertThat(kinds()).containsExactly(Kind.DRAINING, Kind.EMPTY, Kind.TURNED_ON, Kind.REFILLED);
    assertThat(web().draining()).isFalse();

    assertThat(server.hold("a1", true)).isInstanceOf(TuningResult.Done.class);
    assertThat(steps).as("nothing was turned").hasSize(4);
    assertThat(server.hold("a1", false)).isInstanceOf(TuningResult.Done.class);
    assertThat(tree.value()).isEqualTo("128");
    assertThat(kinds().subList(4, 8))
        .containsExactly(Kind.DRAINING, Kind.EMPTY, Kind.TURNED_OFF, Kind.REFILLED);
    assertThat(server.keep("a1", "anna")).isInstanceOf(TuningResult.Done.class);
    assertThat(tree.value()).isEqualTo("4096");
    assertThat(web().draining()).isFalse();
  }

  @Test
  void a_backend_that_does_not_become_empty_is_filled_again_and_its_knob_stays() {
    var unused = askBoth();
    int[] seconds = {0};
    assertThat(server(latch -> seconds[0]++).apply("a1", TunedTree.BACKLOG, "anna", LEASE))
        .isEqualTo(new TuningResult.Refused("after 30 s 1 requests were still in flight"));
    assertThat(seconds[0]).isEqualTo(DrainedServer.MOST_SECONDS);
    assertThat(kinds()).containsExactly(Kind.DRAINING, Kind.NOT_EMPTY, Kind.REFILLED);
    assertThat(web().draining()).isFalse();
    assertThat(tree.value()).isEqualTo("128");
  }

  @Test
  void a_trial_that_is_told_to_end_fills_its_backend_again() {
    var unused = askBoth();
    assertThat(server(latch -> latch.countDown()).apply("a1", TunedTree.BACKLOG, "anna", LEASE))
        .isInstanceOf(TuningResult.Refused.class);
    assertThat(kinds()).containsExactly(Kind.DRAINING, Kind.REFILLED);
    assertThat(web().draining()).isFalse();
  }

  @Test
  void a_backend_that_its_pool_needs_is_not_drained() {
    pools.drain("app", "other", true, "anna");
    assertThat(server(latch -> {}).apply("a1", TunedTree.BACKLOG, "anna", LEASE))
        .isEqualTo(new TuningResult.Refused("without app/web only 0 of 2 backends are ready"));
    assertThat(steps).isEmpty();
    assertThat(web().draining()).isFalse();
  }

  @Test
  void what_somebody_else_drained_stays_drained() {
    pools.drain("app", "web", true, "anna");
    assertThat(server(latch -> {}).apply("a1", TunedTree.BACKLOG, "anna", LEASE))
        .isEqualTo(new TuningResult.Refused("app/web is drained already, by somebody else"));
    assertThat(web().draining()).isTrue();
  }

  @Test
  void a_hub_that_died_with_its_backend_drained_fills_it_at_its_next_start() {
    Measure waits = new Measure(Text.of("w", "等"), "w", true, Unit.RATIO, null, null, null);
    TrialDetail open =
        new TrialDetail(
            new TrialSummary(
                "t1",
                "web-1",
                TunedTree.BACKLOG.action(),
                "",
                TunedTree.BACKLOG.value(),
                null,
                waits.title(),
                waits.unit(),
                true,
                TrialPhase.NOISE,
                null,
                null,
                null,
                null,
                false,
                "",
                List.of(),
                "anna",
                null,
                0,
                null),
            waits,
            0.1,
            new TrialDetail.Plan(8, 20, 10, 6, 12, 0.03, 0.1),
            null,
            List.of(),
            List.of(),
            null,
            null,
            null,
            List.of(),
            List.of(new Step(1, Kind.DRAINING, "app", "web", "1")));
    TrialStore store = new TrialStore();
    database.change(transaction -> store.insert(transaction, open));
    pools.drain("app", "web", true, "tuning");
    pools.close();
    startPools();
    assertThat(web().draining()).isTrue();

    try (CpuPool cpu = new CpuPool(1, 10);
        Trials trials =
            new Trials(
                database,
                new AuditStore(clock),
                new TunedServers(new OwnServer("web-1", executor, (period, lease) -> {}), List::of),
                new HostNumbers(new QueryEngine(new MemoryStore(), QueryLimits.DEFAULT), cpu),
                backends(),
                Pace.REAL,
                clock)) {
      trials.start();
      assertThat(web().draining()).isFalse();
      TrialDetail found = trials.find("t1").orElseThrow();
      assertThat(found.trial().verdict()).isEqualTo(TrialVerdict.ABORTED);
      assertThat(found.steps()).extracting(Step::kind).endsWith(Kind.REFILLED);
      assertThat(found.drained()).isEmpty();
    }
  }
}
