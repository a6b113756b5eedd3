package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A unit in a control group of version 2, whose kernel kills for a limit that is too low.
class LimitThatWouldKillTest {
  private static final String UNIT = "sys/fs/cgroup/system.slice/web.service/";
  private static final String MAX = UNIT + "memory.max";
  private static final long MIB = 1 << 20;
  private static final TuningRequest MORE =
      new TuningRequest("MemoryMax", "web.service", Long.toString(256 * MIB));

  @TempDir Path folder;
  private FakeServer server;

  @BeforeEach
  void limited() throws IOException {
    server = new FakeServer(folder);
    server.put(MAX, Long.toString(64 * MIB));
    uses(60, 30);
  }

  /// What the unit uses, and how much of it are pages of files.
  private void uses(long all, long files) throws IOException {
    server.put(UNIT + "memory.current", Long.toString(all * MIB));
    server.put(
        UNIT + "memory.stat",
        "anon %d\nfile %d\ninactive_file %d\nactive_file %d\nslab_reclaimable 0"
            .formatted(
                (all - files) * MIB, files * MIB, files / 2 * MIB, (files - files / 2) * MIB));
  }

  @Test
  void is_not_put_back_while_the_kernel_could_not_free_enough() throws IOException {
    try (TuningExecutor executor = server.open()) {
      executor.apply("t1", MORE, "anna", Duration.ofSeconds(30));
      uses(200, 40);
      assertThat(executor.hold("t1", false))
          .isInstanceOfSatisfying(
              TuningResult.Busy.class, busy -> assertThat(busy.reason()).contains("kill"));
      assertThat(server.get(MAX)).isEqualTo(Long.toString(256 * MIB));
      assertThat(executor.revert("t1", "anna", "enough")).isInstanceOf(TuningResult.Busy.class);
      uses(200, 140);
      server.nanos.addAndGet(Duration.ofSeconds(6).toNanos());
      executor.expireLeases();
      assertThat(server.get(MAX)).isEqualTo(Long.toString(64 * MIB));
      assertThat(executor.isIdle()).isTrue();
    }
  }

  @Test
  void is_refused_when_it_is_first_set_and_nothing_was_turned() throws IOException {
    try (TuningExecutor executor = server.open()) {
      TuningRequest less = new TuningRequest("MemoryMax", "web.service", Long.toString(20 * MIB));
      assertThat(executor.apply("t1", less, "anna", Duration.ofSeconds(30)))
          .isInstanceOfSatisfying(
              TuningResult.Refused.class,
              refused ->
                  assertThat(Refusal.read(refused.reason()))
                      .contains(
                          new Refusal.Said(
                              Refusal.WOULD_KILL,
                              List.of(Long.toString(20 * MIB), Long.toString(30 * MIB)))));
      assertThat(server.get(MAX)).isEqualTo(Long.toString(64 * MIB));
      assertThat(executor.isIdle()).isTrue();
      assertThat(executor.changes()).isEmpty();
      server.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
      executor.expireLeases();
      assertThat(Files.readAllLines(server.settings.data().resolve("audit")))
          .singleElement(InstanceOfAssertFactories.STRING)
          .as("refused, and nothing put back")
          .contains("\tapply\t", "refused: a limit of");
      // What was asked for once may be asked for again when less is in use.
      uses(30, 20);
      assertThat(executor.apply("t2", less, "anna", Duration.ofSeconds(30)))
          .isInstanceOf(TuningResult.Done.class);
    }
  }
}
