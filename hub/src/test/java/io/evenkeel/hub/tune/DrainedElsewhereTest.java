package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.gateway.Gateway;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.gateways.GatewayOrders;
import io.evenkeel.hub.gateways.GatewayReport;
import io.evenkeel.hub.gateways.Gateways;
import io.evenkeel.hub.gateways.SteeredGateway;
import io.evenkeel.hub.haproxy.Haproxies;
import io.evenkeel.hub.haproxy.HaproxySettings;
import io.evenkeel.hub.haproxy.RealHaproxy;
import io.evenkeel.hub.pools.Pools;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.tune.PooledBackends.Member;
import io.evenkeel.hub.tune.TrialDetail.Step;
import io.evenkeel.hub.tune.TrialDetail.Step.Kind;
import io.evenkeel.model.tune.TuningResult;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/// A knob of a backend that others balance: a real HAProxy, and a real gateway of its own.
class DrainedElsewhereTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;
  private final InstantSource clock = InstantSource.system();
  private final CountDownLatch answer = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Step> steps = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private TunedTree tree;
  private TuningExecutor executor;
  private Database database;
  private Pools pools;
  private Gateways gateways;

  @BeforeEach
  void open() throws Exception {
    tree =
        new TunedTree(Files.createDirectory(folder.resolve("host")), "mode = approve\nallow = *\n");
    executor = tree.start(clock, System::nanoTime);
    opened.add(executor);
    database = Database.open(folder.resolve("settings.db"));
    opened.add(database);
    pools = pools(HaproxySettings.NONE);
    gateways = new Gateways(pools, "hub", clock, nanos::get);
  }

  /// Pools behind HAProxies too, in the place of those without.
  private void balance(HaproxySettings haproxy) {
    pools = pools(haproxy);
    gateways = new Gateways(pools, "hub", clock, nanos::get);
  }

  private Pools pools(HaproxySettings haproxy) {
    Pools started =
        new Pools(database, new AuditStore(clock), Optional.empty(), new Haproxies(haproxy), clock);
    opened.add(started);
    started.start();
    return started;
  }

  @AfterEach
  void close() throws Exception {
    answer.countDown();
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private PooledBackends backends() {
    return new PooledBackends(
        pools::states,
        pool -> 0,
        (pool, backend, draining, actor) ->
            pools.drain(pool, backend, draining, actor) instanceof Outcome.Refused<?> refused
                ? Optional.of(refused.message().en())
                : Optional.empty(),
        member -> {
          Gateways.Standing told = gateways.standing(member.pool(), member.backend());
          return new PooledBackends.Standing(told.heldBack(), told.inFlight(), told.silent());
        });
  }

  private DrainedServer server(Member member, Pace pace) {
    return new DrainedServer(
        new OwnServer("web-1", executor, (period, lease) -> {}),
        backends(),
        List.of(member),
        pace,
        ended,
        steps::add,
        clock);
  }

  /// Looks at the knob while the backend still has a request, lets that end and waits for it.
  private Pace ending(Member member) {
    return latch -> {
      if (answer.getCount() > 0) {
        await().atMost(PATIENCE).until(() -> backends().isHeldBack(member));
        assertThat(backends().inFlight(member)).isEqualTo(1);
        assertThat(tree.value()).isEqualTo("128");
        answer.countDown();
      }
      Pace.REAL.second(latch);
    };
  }

  private List<Kind> kinds() {
    return steps.stream().map(Step::kind).toList();
  }

  private static HaproxySettings haproxy(
      Path socket, HaproxySettings.SteerBy by, Optional<InetSocketAddress> agentCheck) {
    return new HaproxySettings(
        agentCheck,
        List.of(
            new HaproxySettings.Instance(
                "edge",
                UnixDomainSocketAddress.of(socket),
                by,
                List.of(
                    new HaproxySettings.SteeredBackend(
                        "app", false, Map.of("web1", "web-1", "web2", "web-2"))))));
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @ParameterizedTest
  @EnumSource(HaproxySettings.SteerBy.class)
  void behind_haproxy_a_knob_is_turned_when_the_last_request_has_ended_and_none_fails(
      HaproxySettings.SteerBy by) throws Exception {
    Member web = new Member("edge:app", "web1");
    InetSocketAddress agent = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
    String check =
        by == HaproxySettings.SteerBy.RUNTIME
            ? ""
            : " check agent-check agent-inter 100ms agent-addr 127.0.0.1 agent-port "
                + agent.getPort()
                + " agent-send \"edge/app/%s\\n\"";
    RealHaproxy real =
        new RealHaproxy(
            folder, "weight 100" + check.formatted("web1"), "weight 100" + check.formatted("web2"));
    opened.add(real);
    balance(haproxy(real.socket(), by, Optional.of(agent)));
    await().atMost(PATIENCE).until(() -> backends().of("web-1").equals(List.of(web)));
    await().atMost(PATIENCE).until(() -> backends().objection(web).isEmpty());
    real.answerAt(answer);
    List<CompletableFuture<HttpResponse<Void>>> asked = real.begin(2);
    await().atMost(PATIENCE).until(() -> backends().inFlight(web) == 1);

    DrainedServer server = server(web, ending(web));
    assertThat(server.apply("a1", TunedTree.BACKLOG, "anna", LEASE))
        .isEqualTo(new TuningResult.Done("128", "4096"));
    assertThat(kinds()).containsExactly(Kind.DRAINING, Kind.EMPTY, Kind.TURNED_ON, Kind.REFILLED);
    assertThat(asked).allMatch(one -> one.join().statusCode() == 200);
    await().atMost(PATIENCE).until(() -> !state(web).draining());
    real.takeServed();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          real.ask(4);
          assertThat(real.takeServed()).as("both get requests again").doesNotContain(0);
        });
  }

  private PoolState.BackendState state(Member member) {
    return pools.states().stream()
        .filter(pool -> pool.name().equals(member.pool()))
        .flatMap(pool -> pool.backends().stream())
        .filter(one -> one.name().equals(member.backend()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_backend_that_its_balancer_did_not_take_back_is_given_back_as_soon_as_it_does() {
    AtomicBoolean away = new AtomicBoolean(true);
    Member web = new Member("edge:app", "web1");
    PooledBackends backends =
        new PooledBackends(
            List::of,
            pool -> 0,
            (pool, backend, draining, actor) ->
                away.get() ? Optional.of("it does not answer") : Optional.empty(),
            PooledBackends.Elsewhere.NOWHERE);
    try (Refilling refilling =
        new Refilling(
            backends,
            (trial, step) -> {
              assertThat(trial).isEqualTo("t1");
              assertThat(away).isFalse();
              steps.add(step);
            },
            clock)) {
      refilling.owe("t1", web);
      refilling.start();
      away.set(false);
      await().atMost(PATIENCE).until(() -> !steps.isEmpty());
    }
    assertThat(kinds()).containsExactly(Kind.REFILLED);
    assertThat(steps.getFirst().backend()).isEqualTo("web1");
  }

  private String backend() throws Exception {
    WaitingServer server = WaitingServer.start(answer);
    opened.add(server);
    return server.address();
  }

  /// The hub's door for gateways: takes their reports and answers with orders.
  private HttpServer door() throws Exception {
    HttpServer door =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    door.createContext(
        "/api/hub/v1/gateways/edge-1/report",
        exchange -> {
          GatewayReport report =
              JSON.readValue(exchange.getRequestBody().readAllBytes(), GatewayReport.class);
          Outcome<GatewayOrders> told =
              gateways.report("edge-1", report, InetAddress.getLoopbackAddress());
          byte[] orders =
              told instanceof Outcome.Done<GatewayOrders>(GatewayOrders done)
                  ? JSON.writeValueAsBytes(done)
                  : new byte[0];
          exchange.sendResponseHeaders(orders.length == 0 ? 409 : 200, orders.length);
          exchange.getResponseBody().write(orders);
          exchange.close();
        });
    door.start();
    opened.add(() -> door.stop(0));
    return door;
  }

  @Test
  void behind_a_gateway_of_its_own_a_knob_waits_for_that_gateway_s_requests_too() throws Exception {
    Member web = new Member("app", "web");
    assertThat(
            pools.configure(
                """
                listeners: [{name: web, address: '127.0.0.1:0', on: gateways}]
                routes: [{pool: app}]
                pools:
                - name: app
                  policy: weighted-round-robin
                  slowStart: 0s
                  backends:
                  - {name: web, address: '%s', host: web-1}
                  - {name: other, address: '%s', host: web-2}
                """
                    .formatted(backend(), backend()),
                "test"))
        .isInstanceOf(Outcome.Done.class);
    HttpServer door = door();
    SteeredGateway edge =
        SteeredGateway.start(
            new SteeredGateway.Settings(
                URI.create("http://127.0.0.1:" + door.getAddress().getPort()),
                "token",
                "edge-1",
                folder.resolve("edge-1"),
                Map.of(),
                Optional.empty(),
                Optional.empty()),
            clock);
    opened.add(edge);
    await().atMost(PATIENCE).until(() -> edge.gateway().isPresent());
    Gateway running = edge.gateway().orElseThrow();
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    opened.add(http);
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + running.address("web").getPort() + "/"))
            .build();
    List<CompletableFuture<HttpResponse<Void>>> asked = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      asked.add(http.sendAsync(request, HttpResponse.BodyHandlers.discarding()));
    }
    await().atMost(PATIENCE).until(() -> backends().inFlight(web) == 1);
    assertThat(state(web).inFlight()).as("the hub's own balancer has none").isZero();

    assertThat(server(web, ending(web)).apply("a1", TunedTree.BACKLOG, "anna", LEASE))
        .isEqualTo(new TuningResult.Done("128", "4096"));
    assertThat(kinds()).containsExactly(Kind.DRAINING, Kind.EMPTY, Kind.TURNED_ON, Kind.REFILLED);
    assertThat(asked).allMatch(one -> one.join().statusCode() == 204);
    await()
        .atMost(PATIENCE)
        .until(() ->
            running.pools().getFirst().backends().stream()
                .noneMatch(PoolState.BackendState::draining));

    door.stop(0);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          nanos.addAndGet(Duration.ofSeconds(6).toNanos());
          assertThat(backends().objection(web))
              .hasValue(
                  "the gateway edge-1 does not report, and may go on sending requests to app/web");
        });
    assertThat(backends().isHeldBack(web)).isFalse();

    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(backends().objection(web)).as("one that died holds up no trial").isEmpty();
    assertThat(server(web, Pace.REAL).hold("a1", true))
        .isEqualTo(new TuningResult.Done("4096", "4096"));
  }
}
