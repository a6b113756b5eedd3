package io.evenkeel.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.clean.HostSignals;
import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.Report;
import io.evenkeel.hub.security.AuditStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The fleet's list and sums, on the real registry with a clock of its own.
class FleetTest {
  @TempDir Path folder;

  private long millis = 1_700_000_000_000L;
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis);
  private Database database;
  private HostRegistry hosts;
  private Fleet fleet;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
    hosts = new HostRegistry(database, clock, () -> millis * 1_000_000);
    fleet =
        new Fleet(
            hosts,
            new HostAttributeBook(database, hosts, new AuditStore(clock)),
            List::of,
            () -> _ -> false,
            new Fleet.Enrolled() {
              @Override
              public boolean has(String hostId) {
                return hosts.find(hostId).orElseThrow().name().startsWith("web");
              }

              @Override
              public int retired() {
                return 2;
              }
            },
            "0.10.0");
  }

  @AfterEach
  void close() {
    hosts.close();
    database.close();
  }

  private void report(String name, String agent) {
    HostTick tick =
        new HostTick(
            name,
            millis,
            OptionalDouble.of(8e9),
            OptionalDouble.empty(),
            OptionalInt.of(4),
            null,
            new HostSignals(0.5, 0.25, null, null, null));
    var unused = hosts.reported(new Report(tick, agent, OptionalLong.of(1_000), null, false));
  }

  private FleetPage page(boolean outdated) {
    return fleet.page(
        new FleetQuery(
            List.of(), Set.of(), null, null, outdated, FleetQuery.Column.NAME, false, 0, 10));
  }

  @Test
  void a_silent_server_counts_among_the_servers_but_not_in_their_sums() {
    report("web-1", "0.10.0");
    report("web-2", "0.10.0");
    assertThat(page(false).cores()).isEqualTo(8);
    millis += 60_000;
    report("web-1", "0.10.0");
    FleetPage page = page(false);
    assertThat(page.total()).isEqualTo(2);
    assertThat(page.statuses()).containsEntry(FleetStatus.DOWN, 1);
    assertThat(page.cores()).isEqualTo(4);
    assertThat(page.usedCores()).isEqualTo(2.0);
    assertThat(page.memoryBytes()).isEqualTo(8_000_000_000L);
    assertThat(page.usedMemoryBytes()).isEqualTo(2e9);
  }

  @Test
  void agents_older_than_the_hub_are_told_by_number_not_by_letter() {
    report("web-1", "0.9.2");
    report("web-2", "0.10.0");
    report("web-3", "0.11.0");
    report("sim-1", "simulated");
    assertThat(page(false).outdated()).isEqualTo(1);
    assertThat(page(true).hosts())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.host().name()).isEqualTo("web-1");
          assertThat(one.outdated()).isTrue();
          assertThat(one.enrolled()).isTrue();
        });
    assertThat(page(false).retired()).isEqualTo(2);
    assertThat(page(false).hosts().getFirst().enrolled()).isFalse();
  }
}
