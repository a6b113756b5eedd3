package io.evenkeel.hub.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.clean.HostSignals;
import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.hub.db.Database;
import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.memory.MemoryStore;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.StoreReader;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostRegistryTest {
  @TempDir Path folder;

  private long millis = 1_700_000_000_000L;
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis);
  private final List<List<Host>> told = new ArrayList<>();
  private final MemoryStore store = new MemoryStore();
  private Database database;
  private HostRegistry registry;
  private HostWatch watch;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
    registry = new HostRegistry(database, clock, () -> millis * 1_000_000);
    watch = new HostWatch(registry, store, clock, told::add);
  }

  @AfterEach
  void close() {
    watch.close();
    registry.close();
    database.close();
  }

  private void reopen() {
    close();
    open();
  }

  private HostTick tick(String name) {
    return new HostTick(
        name,
        millis,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        null,
        HostSignals.NONE);
  }

  private String report(String name) {
    return registry
        .reported(new Report(tick(name), "0.1.0", OptionalLong.of(1000), null, false))
        .orElseThrow();
  }

  @Test
  void a_host_keeps_its_id_and_facts_over_a_restart() {
    HostTick tick =
        new HostTick(
            "web1",
            millis,
            OptionalDouble.of(8e9),
            OptionalDouble.of(1_699_999_000.5),
            OptionalInt.of(4),
            Labels.of("sysname", "Linux", "release", "6.1.0", "machine", "x86_64"),
            new HostSignals(0.5, 0.25, 0.75, "/var", null));
    String id =
        registry
            .reported(new Report(tick, "0.1.0", OptionalLong.of(1000), null, true))
            .orElseThrow();
    Host before = registry.find(id).orElseThrow();
    assertThat(before)
        .isEqualTo(
            new Host(
                id,
                "web1",
                "Linux",
                "6.1.0",
                "x86_64",
                4,
                8_000_000_000L,
                1_699_999_000_500L,
                "0.1.0",
                1000L,
                millis,
                HostStatus.OK,
                new HostSignals(0.5, 0.25, 0.75, "/var", null),
                true));
    reopen();
    Host after = registry.find(id).orElseThrow();
    assertThat(after.name()).isEqualTo("web1");
    assertThat(after.kernel()).isEqualTo("6.1.0");
    assertThat(after.lastSampleAt()).isEqualTo(millis);
    assertThat(after.self()).isTrue();
    assertThat(report("web1")).isEqualTo(id);
  }

  @Test
  void what_a_host_has_not_told_stays_unknown() {
    String id = report("web1");
    assertThat(registry.find(id).orElseThrow().memoryBytes()).isNull();
    assertThat(registry.find(id).orElseThrow().cores()).isNull();
  }

  @Test
  void a_host_is_late_after_two_missed_reports_and_silent_after_three() {
    String id = report("web1");
    millis += 3_000;
    assertThat(registry.find(id).orElseThrow().status()).isEqualTo(HostStatus.OK);
    millis += 1;
    assertThat(registry.find(id).orElseThrow().status()).isEqualTo(HostStatus.LATE);
    millis += 1_000;
    assertThat(registry.find(id).orElseThrow().status()).isEqualTo(HostStatus.SILENT);
    report("web1");
    assertThat(registry.find(id).orElseThrow().status()).isEqualTo(HostStatus.OK);
  }

  @Test
  void up_is_written_as_0_each_period_while_an_agent_is_silent() {
    report("web1");
    for (int i = 0; i < 10; i++) {
      millis += 1_000;
      watch.look();
    }
    assertThat(ups("web1")).hasSize(6).containsOnly(0.0);
  }

  @Test
  void a_host_without_an_agent_of_ours_gets_no_up() {
    registry.reported(new Report(tick("foreign"), null, OptionalLong.empty(), null, false));
    millis += 3_600_000;
    watch.look();
    assertThat(ups("foreign")).isEmpty();
  }

  @Test
  void after_a_restart_a_silent_host_gets_its_grace() {
    String id = report("web1");
    millis += 3_600_000;
    reopen();
    assertThat(registry.find(id).orElseThrow().status()).isEqualTo(HostStatus.OK);
    watch.look();
    assertThat(ups("web1")).isEmpty();
    millis += 60_000;
    watch.look();
    assertThat(ups("web1")).containsExactly(0.0);
  }

  @Test
  void the_period_of_a_host_without_an_agent_is_measured() {
    String id = "";
    for (int i = 0; i < 6; i++) {
      id =
          registry
              .reported(new Report(tick("foreign"), null, OptionalLong.empty(), null, false))
              .orElseThrow();
      millis += i == 3 ? 30_000 : 15_010;
    }
    assertThat(registry.find(id).orElseThrow().periodMillis()).isEqualTo(15_000);
  }

  @Test
  void statuses_are_told_when_they_change_and_every_five_seconds() {
    report("web1");
    for (int i = 0; i < 6; i++) {
      watch.look();
      millis += 500;
    }
    assertThat(told).hasSize(1);
    millis += 600;
    watch.look();
    assertThat(told).hasSize(2);
    assertThat(told.getLast().getFirst().status()).isEqualTo(HostStatus.LATE);
    report("web1");
    watch.look();
    assertThat(told.getLast().getFirst().status()).isEqualTo(HostStatus.OK);
    millis += 5_000;
    report("web1");
    watch.look();
    assertThat(told).hasSize(4);
  }

  private List<Double> ups(String host) {
    List<Double> values = new ArrayList<>();
    try (StoreReader reader = store.reader(0, Long.MAX_VALUE)) {
      reader
          .select(List.of(Matcher.equal("__name__", "up"), Matcher.equal("instance", host)))
          .forEach(series -> {
            SampleColumns columns = new SampleColumns(16);
            series.samples(0, Long.MAX_VALUE).read(columns, 1000);
            for (int i = 0; i < columns.size(); i++) {
              values.add(Double.longBitsToDouble(columns.valueBits()[i]));
            }
          });
    }
    return values;
  }
}
