package io.evenkeel.hub.gateways;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.gateways.GatewayReport.BackendReport;
import io.evenkeel.hub.gateways.GatewayReport.PoolReport;
import io.evenkeel.hub.pools.Pools;
import io.evenkeel.hub.pools.TestPools;
import io.evenkeel.hub.security.Outcome;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewaysTest {
  @TempDir Path folder;
  private Database database;
  private Pools pools;
  private Gateways gateways;
  private long nanos;

  @BeforeEach
  void open() throws Exception {
    database = Database.open(folder.resolve("settings.db"));
    Clock clock = Clock.systemUTC();
    pools = TestPools.started(database, clock);
    assertThat(
            pools.configure(
                """
                listeners: [{name: web, address: '127.0.0.1:0'}]
                routes: [{pool: app}]
                pools:
                - name: app
                  backends: [{name: a, address: '127.0.0.1:1'}]
                """,
                "test"))
        .isInstanceOf(Outcome.Done.class);
    gateways = new Gateways(pools, "hub", clock, () -> nanos);
  }

  @AfterEach
  void close() {
    pools.close();
    database.close();
  }

  private static GatewayReport report(boolean stopping) {
    BackendReport backend =
        new BackendReport(
            "a",
            "127.0.0.1:1",
            "",
            1,
            1,
            1,
            false,
            true,
            "",
            "closed",
            7,
            1.0,
            List.of(0L, 100L, 0L, 0L, 0L),
            0,
            0,
            0,
            0,
            Map.of(),
            0);
    PoolReport pool = new PoolReport("app", "least-requests", true, 3, 0, List.of(backend));
    return new GatewayReport(
        "run", "0.1.0", "", List.of(), stopping, Map.of(), 1, 7, Map.of(), List.of(pool));
  }

  private void hear(GatewayReport report) {
    assertThat(gateways.report("edge", report, InetAddress.getLoopbackAddress()))
        .isInstanceOf(Outcome.Done.class);
  }

  private PoolState app() {
    return gateways.states().getFirst();
  }

  @Test
  void what_a_gateway_serves_counts_with_the_hubs_own() {
    hear(report(false));
    assertThat(app().backends().getFirst().traffic().requests()).isEqualTo(100);
    assertThat(app().backends().getFirst().inFlight()).isEqualTo(7);
    assertThat(app().waiting()).isEqualTo(3);
    assertThat(app().panicking()).isTrue();
  }

  @Test
  void what_was_on_its_way_through_a_gateway_that_is_gone_is_not_counted_any_more() {
    hear(report(false));
    nanos += Gateways.SILENT_AFTER.toNanos() + 1;
    assertThat(app().backends().getFirst().traffic().requests()).isEqualTo(100);
    assertThat(app().backends().getFirst().inFlight()).isZero();
    assertThat(app().waiting()).isZero();
    assertThat(app().panicking()).isFalse();
  }

  @Test
  void a_gateway_that_said_goodbye_has_nothing_on_its_way() {
    hear(report(true));
    assertThat(app().backends().getFirst().traffic().requests()).isEqualTo(100);
    assertThat(app().backends().getFirst().inFlight()).isZero();
  }
}
