package io.evenkeel.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.alert.Arrivals.Batch;
import io.evenkeel.hub.alert.Arrivals.Samples;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private final BlockingQueue<Batch> runs = new LinkedBlockingQueue<>();
  private final Arrivals.Waiting waiting = new Arrivals.Waiting();

  private static Map<String, Samples> at(long time, String host) {
    return Map.of(host, new Samples(time, time));
  }

  private Batch next() throws InterruptedException {
    return Objects.requireNonNull(runs.poll(60, TimeUnit.SECONDS), "nothing ran");
  }

  @Test
  void hosts_that_come_while_a_rule_computes_are_taken_together() throws InterruptedException {
    CountDownLatch computing = new CountDownLatch(1);
    waiting.add(
        at(1_000, "first"),
        batch -> {
          runs.add(batch);
          try {
            computing.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThat(next()).isEqualTo(new Batch(at(1_000, "first")));
    for (int i = 0; i < 1_000; i++) {
      waiting.add(at(2_000 + i % 2, "host-" + i % 500), runs::add);
    }
    computing.countDown();
    Batch second = next();
    assertThat(second.hosts()).hasSize(500);
    assertThat(second.newest()).isEqualTo(2_001);
    waiting.add(at(3_000, "last"), runs::add);
    assertThat(next()).isEqualTo(new Batch(at(3_000, "last")));
  }

  @Test
  void a_host_with_a_fast_clock_is_evaluated_at_a_time_of_its_own() throws InterruptedException {
    waiting.add(
        Map.of(
            "a",
            new Samples(10_100, 10_100),
            "b",
            new Samples(9_000, 10_900),
            "fast",
            new Samples(55_000, 55_000)),
        runs::add);
    Batch usual = next();
    assertThat(usual.hosts()).isEqualTo(Set.of("a", "b"));
    assertThat(usual.newest()).isEqualTo(10_900);
    assertThat(next()).isEqualTo(new Batch(at(55_000, "fast")));
  }

  @Test
  void samples_of_a_host_that_wait_are_as_old_as_the_first_of_them() throws InterruptedException {
    BlockingQueue<Map<String, Samples>> handed = new LinkedBlockingQueue<>();
    CountDownLatch busy = new CountDownLatch(1);
    Arrivals arrivals =
        new Arrivals(some -> {
          handed.add(some);
          try {
            busy.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    arrivals.add("a", 1_000);
    assertThat(handed.poll(60, TimeUnit.SECONDS)).isEqualTo(at(1_000, "a"));
    arrivals.add("a", 2_000);
    arrivals.add("a", 3_000);
    busy.countDown();
    assertThat(handed.poll(60, TimeUnit.SECONDS)).isEqualTo(Map.of("a", new Samples(2_000, 3_000)));
  }
}
