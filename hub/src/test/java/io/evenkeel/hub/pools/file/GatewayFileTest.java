package io.evenkeel.hub.pools.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.gateway.config.BackendProtocol;
import io.evenkeel.gateway.config.EventIo;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.HealthCheck;
import io.evenkeel.gateway.config.Leaving;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.hub.config.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GatewayFileTest {
  private static final String SMALL =
      """
      listeners:
        - address: 127.0.0.1:8080
      routes:
        - pool: app
      pools:
        - name: app
          backends:
            - address: 127.0.0.1:9001
      """;

  private static List<String> problems(String text) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> GatewayFile.parse("g.yaml", text));
    assertThat(refused).isNotNull();
    return refused.problems();
  }

  @Test
  void a_small_file_is_enough() throws ConfigException {
    GatewayConfig config = GatewayFile.parse("g.yaml", SMALL);
    assertThat(config.listeners().getFirst().name()).isEqualTo("127.0.0.1:8080");
    assertThat(config.routes().getFirst().pathPrefix()).isEqualTo("/");
    assertThat(config.pools().getFirst().spread().policy()).isEqualTo("least-requests");
    assertThat(config.pools().getFirst().backends().getFirst().weight()).isEqualTo(1);
  }

  @Test
  void every_setting_is_read() throws ConfigException {
    GatewayConfig config =
        GatewayFile.parse(
            "g.yaml",
            """
            listeners:
              - name: web
                address: 0.0.0.0:8080
                proxyProtocol: true
                trusted: [10.0.0.0/8, "fd00::/8"]
            routes:
              - name: api
                hosts: [app.example.org, "*.shop.example"]
                path: /api
                pool: app
                rate: {perSecond: 50, burst: 100}
                compress: true
                cache: {size: 32MiB, largest: 64KiB, keep: 10s}
            pools:
              - name: app
                policy: consistent-hash
                hashOn: header:X-User
                protocol: h2c
                backends:
                  - {name: a, address: "127.0.0.1:9001", weight: 2.5, host: web-1}
                check: {http: /healthz, interval: 5s, timeout: 500ms, fall: 2, rise: 1}
                ejection: false
                slowStart: 30s
                timeouts: {connect: 500ms, response: 10s, request: 20s, idleUpstream: 3s}
                retry: {attempts: 2, statuses: [502, 503], body: 16KiB}
                maxConcurrent: 50
                queue: {length: 20, within: 1s}
                trailers: [Grpc-Status]
                followHealth: true
            limits:
              headerTimeout: 5s
              connectionsPerAddress: 10
            accessLog: access.json
            adminPort: 9600
            stopWithin: 10s
            lameDuck: 8s
            healthPath: /-/gateway
            workers: 2
            """);
    PoolConfig pool = config.pools().getFirst();
    assertThat(pool.spread().hashOn()).isEqualTo(new PoolConfig.HashOn.Header("X-User"));
    assertThat(pool.protocol().http2()).isTrue();
    assertThat(pool.health().check())
        .contains(
            new HealthCheck(
                new HealthCheck.Kind.Http("/healthz"),
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                2,
                1));
    assertThat(pool.retry()).isEqualTo(new PoolConfig.Retry(2, Set.of(502, 503), 16 * 1024));
    assertThat(pool.backends().getFirst().weight()).isEqualTo(2.5);
    assertThat(pool.backends().getFirst().host()).contains("web-1");
    assertThat(pool.trailers()).containsExactly("grpc-status");
    assertThat(config.limits().connectionsPerAddress()).isEqualTo(10);
    assertThat(config.adminPort()).contains(9600);
    assertThat(config.leaving())
        .isEqualTo(
            new Leaving(Optional.of("/-/gateway"), Duration.ofSeconds(8), Duration.ofSeconds(10)));
    assertThat(config.listeners().getFirst().trusted()).hasSize(2);
  }

  @Test
  void a_listener_is_opened_where_it_says_and_its_files_are_wanted_there_only() throws Exception {
    String text =
        SMALL.replace(
            "- address: 127.0.0.1:8080",
            "- {name: a, address: '127.0.0.1:8080', on: hub}\n"
                + "  - {name: b, address: '127.0.0.1:8081', on: gateways, tls: {certificates:"
                + " [{chain: /nowhere.pem, key: /nowhere.key}]}}");
    GatewayConfig config = GatewayFile.parse("g.yaml", text, Place.HUB);
    assertThat(config.listeners()).extracting(one -> one.name()).containsExactly("a");
    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class, () -> GatewayFile.parse("g.yaml", text, Place.GATEWAYS));
    assertThat(refused.problems()).hasSize(2).allMatch(problem -> problem.contains("/nowhere."));
    assertThat(
            problems(
                SMALL.replace("- address: 127.0.0.1:8080", "- {address: '127.0.0.1:1', on: moon}")))
        .containsExactly(
            "g.yaml, line 2: 'on' is 'moon', which is not hub, gateways or everywhere");
    assertThat(problems(SMALL + "healthPath: ../x\n")).hasSize(1);
  }

  @Test
  void backends_over_tls_and_the_way_bytes_move_are_read() throws Exception {
    String text =
        """
        listeners: [{name: web, address: "127.0.0.1:8080"}]
        routes: [{pool: app}]
        io: io_uring
        pools:
          - name: app
            protocol: h2
            tls: {serverName: app.internal}
            backends: [{address: "127.0.0.1:9001"}]
        """;
    GatewayConfig config = GatewayFile.parse("gateway.yaml", text);

    assertThat(config.io()).isEqualTo(EventIo.IO_URING);
    assertThat(config.pools().getFirst().protocol())
        .isEqualTo(
            new BackendProtocol(
                true,
                Optional.of(
                    new BackendProtocol.Tls(Optional.empty(), Optional.of("app.internal")))));
    assertThat(problems(text.replace("h2", "h2c").replace("io_uring", "kqueue")))
        .anyMatch(p -> p.contains("line 3") && p.contains("auto, io_uring, epoll or nio"))
        .anyMatch(p -> p.contains("line 7") && p.contains("'tls' needs 'protocol: https'"));
  }

  @Test
  void everything_that_is_wrong_is_told_at_once_with_its_line() {
    assertThat(
            problems(
                """
                listeners:
                  - address: 127.0.0.1
                    proxyProtocol: yes
                routes:
                  - pool: ap
                    path: api
                pools:
                  - name: app
                    polcy: round-robin
                    backends:
                      - address: 127.0.0.1:99999
                        weight: -1
                    check: {interval: 5}
                  - name: app
                    policy: fastest
                    backends: []
                """))
        .anySatisfy(p -> assertThat(p).startsWith("g.yaml, line 2: 'address' is '127.0.0.1'"))
        .anySatisfy(p -> assertThat(p).startsWith("g.yaml, line 3: 'proxyProtocol' is 'yes'"))
        .anySatisfy(p ->
            assertThat(p).isEqualTo("g.yaml, line 5: there is no pool 'ap'; did you mean 'app'?"))
        .anySatisfy(p -> assertThat(p).startsWith("g.yaml, line 6: 'path' is 'api'"))
        .anySatisfy(p ->
            assertThat(p)
                .startsWith("g.yaml, line 9: 'polcy' is no field of a pool")
                .endsWith("did you mean 'policy'?"))
        .anySatisfy(p -> assertThat(p).contains("line 11: 'address' is '127.0.0.1:99999'"))
        .anySatisfy(p -> assertThat(p).contains("line 12: 'weight' is '-1'"))
        .anySatisfy(p -> assertThat(p).contains("'check' needs either 'http' or 'tcp: true'"))
        .anySatisfy(p -> assertThat(p).contains("line 14: pool 'app' is there a second time"))
        .anySatisfy(p -> assertThat(p).contains("line 15: 'policy' is 'fastest'"));
  }

  @Test
  void a_loop_to_itself_and_metadata_addresses_are_refused() {
    assertThat(problems(SMALL.replace("9001", "8080")))
        .singleElement()
        .asString()
        .contains("line 8", "this gateway's own listener");
    assertThat(problems(SMALL.replace("127.0.0.1:8080", "0.0.0.0:9001")))
        .singleElement()
        .asString()
        .contains("this gateway's own listener");
    assertThat(problems(SMALL.replace("127.0.0.1:9001", "169.254.169.254:80")))
        .singleElement()
        .asString()
        .contains("line 8", "metadata");
  }

  @Test
  void what_is_no_yaml_and_what_is_missing_is_told_by_line() {
    assertThat(problems("listeners: [")).anySatisfy(p -> assertThat(p).contains("not valid YAML"));
    assertThat(problems("")).anySatisfy(p -> assertThat(p).contains("line 1", "needs 'listeners'"));
    assertThat(problems("- a\n")).isNotEmpty();
    assertThat(problems(SMALL + "pools:\n  - name: x\n"))
        .anySatisfy(p -> assertThat(p).contains("line 9: 'pools' stands twice"));
  }
}
