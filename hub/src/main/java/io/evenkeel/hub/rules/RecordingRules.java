package io.evenkeel.hub.rules;

import io.evenkeel.hub.work.BusyException;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Evaluates every group's recording rules on its own interval and stores what they answer.
///
/// Evaluations happen at whole multiples of the interval, so that the recorded samples of all
/// groups with one interval lie at the same times. A group whose evaluation takes longer than its
/// interval misses turns, which are counted. Safe for use by many threads.
public final class RecordingRules implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecordingRules.class);
  private static final long TICK_MILLIS = 250;

  /// A rule file and what it is called.
  public record Source(String file, RuleFile rules) {}

  /// A group and when it is due.
  private static final class Scheduled {
    final RecordingGroup group;
    long lastTurn;
    volatile boolean running;

    Scheduled(RecordingGroup group, long lastTurn) {
      this.group = group;
      this.lastTurn = lastTurn;
    }
  }

  private final QueryEngine queries;
  private final TimeSeriesStore store;
  private final CpuPool pool;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("recording-rules").factory());
  private final Set<String> told = new HashSet<>();
  private final LongAdder evaluations = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder missed = new LongAdder();
  private volatile List<Scheduled> scheduled = List.of();

  /// @param pool where expressions are evaluated
  public RecordingRules(
      QueryEngine queries, TimeSeriesStore store, CpuPool pool, InstantSource clock) {
    this.queries = queries;
    this.store = store;
    this.pool = pool;
    this.clock = clock;
  }

  /// Takes these files' groups instead of those before; a group that did not change goes on as it
  /// is.
  public synchronized void use(List<Source> sources) {
    List<Scheduled> next = new ArrayList<>();
    for (Source source : sources) {
      for (RuleGroup group : source.rules().groups()) {
        if (group.rules().stream().anyMatch(RecordingRule.class::isInstance)) {
          next.add(
              scheduled.stream()
                  .filter(known -> known.group.isSameAs(source.file(), group))
                  .findFirst()
                  .orElseGet(() -> schedule(new RecordingGroup(source.file(), group))));
        }
      }
    }
    scheduled = List.copyOf(next);
  }

  private Scheduled schedule(RecordingGroup group) {
    return new Scheduled(group, Math.floorDiv(clock.millis(), group.interval().toMillis()));
  }

  /// Begins to evaluate.
  public void start() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::tickAndReport, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tickAndReport() {
    try {
      tick();
    } catch (RuntimeException e) {
      // Else the timer would end without a word.
      LOG.error("Recording rules could not be scheduled", e);
    }
  }

  /// Evaluates every group whose turn has come, each on a thread of its own.
  void tick() {
    long now = clock.millis();
    for (Scheduled one : scheduled) {
      long interval = one.group.interval().toMillis();
      long turn = Math.floorDiv(now, interval);
      if (turn <= one.lastTurn) {
        continue;
      }
      if (one.running) {
        missed.add(turn - one.lastTurn);
        one.lastTurn = turn;
        continue;
      }
      missed.add(turn - one.lastTurn - 1);
      one.lastTurn = turn;
      one.running = true;
      Thread.ofVirtual().name("recording-group").start(() -> evaluate(one, turn * interval));
    }
  }

  private void evaluate(Scheduled one, long timeMillis) {
    try {
      pool.compute(() -> {
        one.group.evaluate(queries, store, timeMillis);
        return one;
      });
      count(one.group.status());
    } catch (BusyException e) {
      missed.increment();
      LOG.debug("A rule group was not evaluated: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      failures.increment();
      LOG.error("A rule group could not be evaluated", e);
    } finally {
      one.running = false;
    }
  }

  private void count(RecordingGroup.Status status) {
    for (RecordingGroup.RuleStatus rule : status.rules()) {
      evaluations.increment();
      rule.error()
          .ifPresent(error -> {
            failures.increment();
            tellOnce(status, rule, error);
          });
    }
  }

  /// A rule that fails each minute is told once.
  private synchronized void tellOnce(
      RecordingGroup.Status status, RecordingGroup.RuleStatus rule, String error) {
    String key = status.file() + " " + status.group().name() + " " + rule.rule().name();
    if (told.add(key + " " + error)) {
      LOG.warn("Recording rule {} failed: {}", key, error);
    }
  }

  /// Every group with how its last evaluation went.
  public List<RecordingGroup.Status> groups() {
    return scheduled.stream().map(one -> one.group.status()).toList();
  }

  /// Rules evaluated since the start.
  public long evaluations() {
    return evaluations.sum();
  }

  /// Evaluations that ended in an error since the start.
  public long failures() {
    return failures.sum();
  }

  /// Turns of groups that were missed since the start, because the one before still ran or the hub
  /// was busy.
  public long missed() {
    return missed.sum();
  }

  @Override
  public void close() {
    timer.close();
  }
}
