package io.evenkeel.hub.alert;

import io.evenkeel.model.Label;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Hosts whose samples arrived and that rules are to be evaluated for at once.
///
/// Concurrency: adding a host only notes it. One virtual thread hands to the rules what was noted,
/// and each rule has at most one that takes all hosts that wait for it. While it computes, further
/// hosts gather: thousands of hosts make the runs larger, not more of them, and what a run changes
/// commits once.
final class Arrivals {
  /// More hosts at once wait for their groups' times.
  private static final int MOST_HOSTS = 10_000;

  private final Map<String, Samples> noted = new HashMap<>();
  private final Consumer<Map<String, Samples>> handOut;
  private boolean handing;

  /// @param handOut takes hosts to the rules; it must not wait
  Arrivals(Consumer<Map<String, Samples>> handOut) {
    this.handOut = handOut;
  }

  /// Samples of a host that wait for their evaluation.
  ///
  /// @param first the time of the first of them, epoch milliseconds
  /// @param newest the time of the newest
  record Samples(long first, long newest) {
    Samples and(Samples later) {
      return new Samples(Math.min(first, later.first), Math.max(newest, later.newest));
    }

    private long second() {
      return Math.floorDiv(newest, 1_000L);
    }
  }

  /// Hosts that a rule is evaluated for together: their newest samples are of one second. An
  /// evaluation has one time, and the windows of other hosts must not look empty because the clock
  /// of one is fast.
  record Batch(Map<String, Samples> samples) {
    Set<String> hosts() {
      return samples.keySet();
    }

    /// The time to evaluate at, epoch milliseconds.
    long newest() {
      return samples.values().stream().mapToLong(Samples::newest).max().orElseThrow();
    }

    /// A transition that is as old as the first of its host's samples.
    Transition date(Transition transition) {
      Samples own = samples.get(transition.state().labels().valueOrEmpty(Label.INSTANCE));
      return own == null ? transition : transition.withEventAt(own.first());
    }
  }

  /// Notes that samples of a host up to a time are stored.
  void add(String host, long timeMillis) {
    synchronized (noted) {
      if (noted.size() >= MOST_HOSTS && !noted.containsKey(host)) {
        return;
      }
      noted.merge(host, new Samples(timeMillis, timeMillis), Samples::and);
      if (handing) {
        return;
      }
      handing = true;
    }
    Thread.ofVirtual().name("alert-arrivals").start(this::handOn);
  }

  private void handOn() {
    try {
      for (Map<String, Samples> some = take(); !some.isEmpty(); some = take()) {
        handOut.accept(some);
      }
    } catch (RuntimeException | Error e) {
      // Else no host would ever be handed out again.
      synchronized (noted) {
        handing = false;
      }
      throw e;
    }
  }

  private Map<String, Samples> take() {
    synchronized (noted) {
      Map<String, Samples> taken = Map.copyOf(noted);
      noted.clear();
      handing = !taken.isEmpty();
      return taken;
    }
  }

  /// The hosts that wait for one rule. Safe for use by many threads.
  static final class Waiting {
    private final Map<String, Samples> hosts = new HashMap<>();
    private boolean running;

    /// Adds hosts, and begins to take them out to `run` when nobody does.
    void add(Map<String, Samples> more, Consumer<Batch> run) {
      synchronized (hosts) {
        more.forEach((host, samples) -> hosts.merge(host, samples, Samples::and));
        if (running) {
          return;
        }
        running = true;
      }
      Thread.ofVirtual().name("alert-hosts").start(() -> runOn(run));
    }

    private void runOn(Consumer<Batch> run) {
      try {
        for (List<Batch> batches = take(); !batches.isEmpty(); batches = take()) {
          batches.forEach(run);
        }
      } catch (RuntimeException | Error e) {
        // Else the rule would never be evaluated with arrivals again.
        synchronized (hosts) {
          running = false;
        }
        throw e;
      }
    }

    private List<Batch> take() {
      synchronized (hosts) {
        Map<Long, Map<String, Samples>> bySecond = new TreeMap<>();
        hosts.forEach((host, samples) ->
            bySecond
                .computeIfAbsent(samples.second(), second -> new HashMap<>())
                .put(host, samples));
        hosts.clear();
        running = !bySecond.isEmpty();
        return bySecond.values().stream().map(Batch::new).toList();
      }
    }
  }
}
