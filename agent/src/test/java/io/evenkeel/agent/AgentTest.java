package io.evenkeel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AgentTest {
  private static class Recorder implements AgentSink {
    final CopyOnWriteArrayList<Long> times = new CopyOnWriteArrayList<>();
    final AtomicInteger series = new AtomicInteger();
    volatile List<CollectorStatus> statuses = List.of();
    volatile List<ProcessSnapshot> snapshots = List.of();

    @Override
    public void accept(SampleBatch batch) {
      series.set(batch.sampleCount());
      times.add(batch.time(0));
    }

    @Override
    public void accept(ProcessSnapshot snapshot) {
      List<ProcessSnapshot> more = new ArrayList<>(snapshots);
      more.add(snapshot);
      snapshots = List.copyOf(more);
    }

    @Override
    public void accept(List<CollectorStatus> next) {
      statuses = next;
    }
  }

  /// A clock that nobody sets back while a test runs, as a machine's own may be.
  private static InstantSource steadyClock() {
    Instant begun = InstantSource.system().instant();
    long at = System.nanoTime();
    return () -> begun.plusNanos(System.nanoTime() - at);
  }

  private static AgentSettings settings(Duration period) {
    return AgentSettings.of("here", period, Optional.empty());
  }

  @Test
  void gives_samples_processes_and_states_of_this_machine() {
    Recorder recorder = new Recorder();
    try (Agent agent =
        Agent.start(settings(Duration.ofSeconds(1)), recorder, InstantSource.system())) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> recorder.times.size() >= 2 && !recorder.snapshots.isEmpty());
      assertThat(recorder.series.get()).isGreaterThan(200);
      assertThat(recorder.snapshots.getFirst().processes()).isNotEmpty();
      assertThat(recorder.statuses).hasSize(io.evenkeel.agent.collect.Collectors.ALL.size());
      assertThat(recorder.statuses)
          .filteredOn(status -> status.state() == CollectorStatus.State.UNAVAILABLE)
          .allSatisfy(status -> assertThat(status.reason()).isNotBlank());
      assertThat(recorder.statuses)
          .noneMatch(status -> status.state() == CollectorStatus.State.FAILING);
    }
  }

  @Test
  void keeps_to_its_period_and_takes_a_new_one_at_once() {
    Recorder recorder = new Recorder();
    try (Agent agent = Agent.start(settings(Duration.ofMinutes(1)), recorder, steadyClock())) {
      await().atMost(Duration.ofSeconds(60)).until(() -> !recorder.times.isEmpty());
      agent.setPeriod(Duration.ofMillis(100));
      await().atMost(Duration.ofSeconds(60)).until(() -> recorder.times.size() >= 5);
    }
    int ended = recorder.times.size();
    assertThat(recorder.times).isSorted();
    assertThat(recorder.times).hasSize(ended);
  }

  @Test
  void goes_on_after_a_sink_that_failed() {
    AtomicInteger calls = new AtomicInteger();
    Recorder recorder =
        new Recorder() {
          @Override
          public void accept(SampleBatch batch) {
            if (calls.incrementAndGet() == 1) {
              throw new IllegalStateException("the disk is full");
            }
            super.accept(batch);
          }
        };
    try (Agent agent =
        Agent.start(settings(Duration.ofMillis(100)), recorder, InstantSource.system())) {
      await().atMost(Duration.ofSeconds(60)).until(() -> recorder.times.size() >= 2);
    }
  }

  @Test
  void makes_little_garbage_once_its_series_are_known() {
    List<Long> allocated = new CopyOnWriteArrayList<>();
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Recorder recorder =
        new Recorder() {
          @Override
          public void accept(SampleBatch batch) {
            allocated.add(threads.getThreadAllocatedBytes(Thread.currentThread().threadId()));
          }
        };
    try (Agent agent =
        Agent.start(settings(Duration.ofMillis(50)), recorder, InstantSource.system())) {
      await().atMost(Duration.ofSeconds(60)).until(() -> allocated.size() >= 60);
    }
    // Most rounds read only the files that are read each second; the median is one of those.
    List<Long> rounds = new ArrayList<>();
    for (int i = 20; i < allocated.size(); i++) {
      rounds.add(allocated.get(i) - allocated.get(i - 1));
    }
    rounds.sort(null);
    assertThat(rounds.get(rounds.size() / 2)).isLessThan(256 << 10);
    System.out.println(
        "agent: bytes allocated in a median round: " + rounds.get(rounds.size() / 2));
  }
}
