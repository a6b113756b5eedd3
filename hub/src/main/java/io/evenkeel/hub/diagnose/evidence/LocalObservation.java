package io.evenkeel.hub.diagnose.evidence;

import io.evenkeel.agent.Agent;
import io.evenkeel.agent.AgentSettings;
import io.evenkeel.agent.AgentSink;
import io.evenkeel.agent.CollectorStatus;
import io.evenkeel.agent.profile.JavaLocks;
import io.evenkeel.model.Labels;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;

/// Watches this machine for a while with an agent of its own: no hub, no network.
///
/// Somebody asked for it, so the busiest Java processes are also asked a few times which of their
/// threads wait for a lock, which no agent does by itself ([JavaLocks]).
public final class LocalObservation {
  /// What diagnosis can do without, and so need not be told of when it is absent.
  private static final List<String> DISPENSABLE =
      List.of(
          "arp",
          "bonding",
          "dns",
          "edac",
          "entropy",
          "hwmon",
          "jvm",
          "mdadm",
          "systemd",
          "textfile",
          "thermal_zone",
          "conntrack");

  private static final String HOST = "localhost";
  private static final int LOOKS_AT_LOCKS = 3;
  private static final int MOST_JAVA_PROCESSES = 2;
  private static final double BUSY_CORES = 0.5;

  private LocalObservation() {}

  /// Observes for some time and answers what was seen.
  public static EvidenceWindow of(Duration time, InstantSource clock) throws InterruptedException {
    EvidenceWindow window = new EvidenceWindow();
    AtomicReference<ProcessSnapshot> newest =
        new AtomicReference<>(new ProcessSnapshot(0, 0, List.of()));
    AgentSettings settings = AgentSettings.of(HOST, Duration.ofSeconds(1), Optional.empty());
    AgentSink sink =
        new AgentSink() {
          @Override
          public void accept(SampleBatch batch) {
            window.add(batch);
          }

          @Override
          public void accept(ProcessSnapshot snapshot) {
            newest.set(snapshot);
          }

          @Override
          public void accept(List<CollectorStatus> statuses) {
            // Asked for at the end, when every collector was read.
          }
        };
    Agent agent = Agent.start(settings, sink, clock);
    List<Runnable> locks = new ArrayList<>();
    long begun = System.nanoTime();
    Duration part = time.dividedBy(LOOKS_AT_LOCKS + 1);
    try {
      // Looking takes time too, and none is added for it: a look that is late is left out.
      for (int look = 1; look <= LOOKS_AT_LOCKS && elapsed(begun).compareTo(time) < 0; look++) {
        Thread.sleep(left(part.multipliedBy(look), begun));
        locks.addAll(locks(newest.get(), clock, window));
      }
      Thread.sleep(left(time, begun));
    } finally {
      agent.close();
    }
    // The window is filled by one thread at a time, which was the agent's.
    locks.forEach(Runnable::run);
    for (CollectorStatus status : agent.statuses()) {
      if (status.state() != CollectorStatus.State.OK && !DISPENSABLE.contains(status.name())) {
        window.addAbsence(status.name() + ": " + status.reason());
      }
    }
    return window;
  }

  private static Duration elapsed(long begunNanos) {
    return Duration.ofNanos(System.nanoTime() - begunNanos);
  }

  /// What is left until so long after the beginning, at least nothing.
  private static Duration left(Duration after, long begunNanos) {
    Duration left = after.minus(elapsed(begunNanos));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /// How many threads wait for a lock in the busy Java processes, to be put into the window later.
  private static List<Runnable> locks(
      ProcessSnapshot top, InstantSource clock, EvidenceWindow window) throws InterruptedException {
    List<ProcessSnapshot.Entry> busy =
        top.processes().stream()
            .filter(process -> process.cpuCores().orElse(0) >= BUSY_CORES)
            .sorted(
                Comparator.comparingDouble(
                        (ProcessSnapshot.Entry process) -> process.cpuCores().orElse(0))
                    .reversed())
            .limit(MOST_JAVA_PROCESSES)
            .toList();
    List<Runnable> found = new ArrayList<>();
    for (ProcessSnapshot.Entry process : busy) {
      OptionalInt waiting = JavaLocks.waiting(process.pid());
      if (waiting.isPresent()) {
        Labels labels =
            Labels.of(
                "__name__", "evenkeel_process_lock_waiting_threads",
                "comm", process.comm(),
                "instance", HOST,
                "unit", process.unit(),
                "user", process.user());
        long now = clock.millis();
        found.add(() -> window.add(labels, now, waiting.getAsInt()));
      }
    }
    return found;
  }
}
