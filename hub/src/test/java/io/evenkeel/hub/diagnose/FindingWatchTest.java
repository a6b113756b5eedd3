package io.evenkeel.hub.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.clean.HostSignals;
import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.Report;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FindingWatchTest {
  @TempDir Path folder;

  private long millis = 1_700_000_000_000L;
  private double idleSeconds = 1e6;
  private double busySeconds = 1e6;
  private double waitedSeconds = 1e3;
  private double kills = 3;
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis);
  private final MemoryStore store = new MemoryStore();
  private final CpuPool pool = new CpuPool(1, 16);
  private Database database;
  private HostRegistry hosts;
  private FindingWatch watch;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
    hosts = new HostRegistry(database, clock, () -> millis * 1_000_000);
    watch = new FindingWatch(database, store, hosts, pool, clock);
  }

  @AfterEach
  void close() {
    hosts.close();
    database.close();
    pool.close();
  }

  @Test
  void what_is_slow_for_two_turns_is_a_finding_that_ends_when_it_is_gone() throws Exception {
    pass(60, 0.1);
    watch.turn();
    assertThat(all()).isEmpty();
    pass(60, 1.0);
    watch.turn();
    assertThat(all()).isEmpty();
    pass(15, 1.0);
    watch.turn();
    long began = millis;
    assertThat(all())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.host()).isEqualTo("web1");
          assertThat(one.finding().cause()).isEqualTo(Cause.CPU_SATURATION);
          assertThat(one.beganAt()).isEqualTo(began);
          assertThat(one.endedAt()).isNull();
        });
    pass(15, 1.0);
    watch.turn();
    long seen = millis;
    pass(60, 0.1);
    for (int turn = 0; turn < 4; turn++) {
      pass(15, 0.1);
      watch.turn();
    }
    assertThat(all()).singleElement().satisfies(one -> assertThat(one.endedAt()).isEqualTo(seen));
    assertThat(watch.search("web1", true, 0, Long.MAX_VALUE, 10)).isEmpty();
    assertThat(watch.search("web2", false, 0, Long.MAX_VALUE, 10)).isEmpty();
    assertThat(watch.search("web1", false, 0, began - 1, 10)).isEmpty();
  }

  @Test
  void an_error_is_a_finding_at_once_and_outlives_a_restart_of_the_hub() throws Exception {
    pass(30, 0.1);
    kills++;
    pass(30, 0.1);
    watch.turn();
    assertThat(all()).extracting(one -> one.finding().cause()).containsExactly(Cause.OOM_KILL);
    watch = new FindingWatch(database, store, hosts, pool, clock);
    watch.turn();
    HostFinding kept = all().getFirst();
    assertThat(all()).hasSize(1);
    HostFinding.Detail detail = watch.find(kept.id()).orElseThrow();
    assertThat(detail.finding()).isEqualTo(kept);
    assertThat(detail.exonerated()).extracting(one -> one.cause()).contains(Cause.CPU_SATURATION);
    assertThat(watch.find("none")).isEmpty();
  }

  private List<HostFinding> all() {
    return watch.search("", false, 0, Long.MAX_VALUE, 100);
  }

  /// Lets seconds pass on a host with one processor that is busy for a share of them.
  private void pass(int seconds, double busy) {
    for (int i = 0; i < seconds; i++) {
      millis += 1_000;
      busySeconds += busy;
      idleSeconds += 1 - busy;
      waitedSeconds += busy / 2;
      SampleBatch batch = new SampleBatch();
      put(batch, busySeconds, "node_cpu_seconds_total", "cpu", "0", "mode", "user");
      put(batch, idleSeconds, "node_cpu_seconds_total", "cpu", "0", "mode", "idle");
      put(batch, waitedSeconds, "node_pressure_cpu_waiting_seconds_total");
      put(batch, kills, "node_vmstat_oom_kill");
      store.append(batch);
    }
    HostTick tick =
        new HostTick(
            "web1",
            millis,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            null,
            HostSignals.NONE);
    hosts.reported(new Report(tick, "1", OptionalLong.of(1000), null, false));
  }

  private void put(SampleBatch batch, double value, String metric, String... labels) {
    Labels all =
        Labels.of(labels).toBuilder()
            .set("__name__", metric)
            .set("instance", "web1")
            .set("job", "node")
            .build();
    batch.addSample(batch.addSeries(all), millis, value);
  }
}
