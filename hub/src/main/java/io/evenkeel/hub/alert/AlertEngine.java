package io.evenkeel.hub.alert;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.work.BusyException;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Evaluates all rules and keeps the state of their alerts.
///
/// When: a group's rules at the group's interval; and a host-local rule that fires without a hold
/// time, or has an alert of the host, also when samples of that host arrive ([Arrivals]). A host
/// here is any value of the label `instance`. So the worst delay from a sample to a decision is the
/// collection period for the latter, and the group's interval (15 s unless it says otherwise) for
/// the rest.
///
/// Concurrency: one virtual thread waits for the groups' times and one for each rule that arrivals
/// wait for; they compute on the pool. A rule's lock is held from its evaluation until its new
/// state is kept, so that evaluations of a rule never overlap. A change of state commits together
/// with what the sink makes of it; when that fails, the state stays as it was and the next
/// evaluation finds the change again.
public final class AlertEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AlertEngine.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration STALL = Duration.ofMinutes(2);

  private static final long WORTH_RESTING_NANOS = 5_000_000;

  private static final Duration HELD_EVERY = Duration.ofSeconds(15);

  /// Older samples come late, from a buffer: they must not take alerts back to how it was then.
  private static final Duration LATE = Duration.ofMinutes(1);

  /// A rule with its alerts; its lock guards them.
  private static final class Running {
    final AlertRule rule;
    final boolean hostLocal;
    final ReentrantLock lock = new ReentrantLock();
    final Arrivals.Waiting waiting = new Arrivals.Waiting();
    volatile Map<String, AlertState> alerts = Map.of();

    /// The hosts that have alerts.
    volatile Set<String> hosts = Set.of();

    volatile String error = "";
    volatile long evaluatedAt;

    /// The last time that all hosts were evaluated together; guarded by the lock.
    long sweptAt;

    volatile long nanos;

    Running(AlertRule rule) {
      this.rule = rule;
      this.hostLocal = ExpressionScope.isHostLocal(rule.expression());
    }

    void become(Map<String, AlertState> next) {
      alerts = next;
      Set<String> named = new HashSet<>();
      next.values().forEach(state -> named.add(state.labels().valueOrEmpty(Label.INSTANCE)));
      hosts = named;
    }

    /// Those of some hosts whose samples it is to be evaluated with at once.
    Map<String, Arrivals.Samples> urgent(Map<String, Arrivals.Samples> arrived) {
      if (!hostLocal) {
        return Map.of();
      }
      if (rule.hold().isZero()) {
        return arrived;
      }
      Set<String> own = hosts;
      Map<String, Arrivals.Samples> urgent = new HashMap<>();
      arrived.forEach((host, samples) -> {
        if (own.contains(host)) {
          urgent.put(host, samples);
        }
      });
      return urgent;
    }
  }

  /// A rule as it is now.
  ///
  /// @param error why the last evaluation failed; empty when it did not
  /// @param evaluatedAt epoch milliseconds, 0 before the first
  public record RuleStatus(
      AlertRule rule, List<AlertState> alerts, String error, long evaluatedAt, double seconds) {}

  private final Database database;
  private final AlertStore store;
  private final RuleBook book;
  private final Evaluator evaluator;
  private final EventTimes eventTimes;
  private final CpuPool pool;
  private final InstantSource clock;
  private final TransitionSink sink;
  private final AlertsSeries series;
  private final Map<String, Running> rules = new ConcurrentHashMap<>();
  private final Map<String, Long> dueAt = new ConcurrentHashMap<>();
  private final Arrivals arrivals = new Arrivals(this::handOut);
  private final Set<String> groupsRunning = ConcurrentHashMap.newKeySet();
  private final Thread timer;

  /// The timer's own: the instances that had alerts without data, and when that was written.
  private Set<String> heldBefore = Set.of();

  private long heldWrittenAt;
  private volatile long lastRound;
  private volatile boolean closed;

  public AlertEngine(
      Database database,
      AlertStore store,
      RuleBook book,
      QueryEngine queries,
      TimeSeriesStore samples,
      CpuPool pool,
      TransitionSink sink,
      String externalUrl,
      InstantSource clock) {
    this.database = database;
    this.store = store;
    this.book = book;
    this.evaluator = new Evaluator(queries, externalUrl);
    this.eventTimes = new EventTimes(queries);
    this.pool = pool;
    this.sink = sink;
    this.clock = clock;
    this.series = new AlertsSeries(samples);
    this.timer = Thread.ofVirtual().name("alert-timer").unstarted(this::tickOn);
    this.lastRound = clock.millis();
    follow(book.rules());
    Map<String, Map<String, AlertState>> kept = new HashMap<>();
    for (AlertState state : database.<List<AlertState>>read(store::states)) {
      kept.computeIfAbsent(state.ruleId(), id -> new LinkedHashMap<>())
          .put(state.fingerprint(), state);
    }
    kept.forEach((id, alerts) -> {
      Running running = rules.get(id);
      if (running != null) {
        running.become(alerts);
      } else {
        end(alerts.values());
      }
    });
    book.onChange(this::follow);
  }

  /// Begins to evaluate.
  public void start() {
    timer.start();
  }

  /// Whether rules are evaluated in time.
  public boolean isAlive() {
    return clock.millis() - lastRound < STALL.toMillis();
  }

  /// Every enabled rule with its alerts.
  public List<RuleStatus> status() {
    List<RuleStatus> all = new ArrayList<>();
    for (AlertRule rule : book.rules()) {
      Running running = rules.get(rule.id());
      all.add(
          running == null
              ? new RuleStatus(rule, List.of(), "", 0, 0)
              : new RuleStatus(
                  rule,
                  List.copyOf(running.alerts.values()),
                  running.error,
                  running.evaluatedAt,
                  running.nanos / 1e9));
    }
    return all;
  }

  /// Takes over changed rules: what is the same keeps its alerts, what is gone ends them.
  private synchronized void follow(List<AlertRule> wanted) {
    Map<String, AlertRule> byId = new HashMap<>();
    wanted.stream().filter(AlertRule::enabled).forEach(rule -> byId.put(rule.id(), rule));
    for (Running running : List.copyOf(rules.values())) {
      AlertRule now = byId.remove(running.rule.id());
      if (running.rule.equals(now)) {
        continue;
      }
      running.lock.lock();
      try {
        rules.remove(running.rule.id());
        if (now == null) {
          endOf(running);
        } else {
          Running next = new Running(now);
          next.become(running.alerts);
          rules.put(now.id(), next);
        }
      } finally {
        running.lock.unlock();
      }
    }
    byId.values().forEach(rule -> rules.put(rule.id(), new Running(rule)));
    dueAt.keySet().retainAll(wanted.stream().map(AlertRule::group).toList());
  }

  private void endOf(Running running) {
    long now = clock.millis();
    List<Transition> transitions =
        running.alerts.values().stream()
            .filter(AlertState::isFiring)
            .map(state -> new Transition(Transition.Kind.RESOLVED, running.rule, state, now))
            .toList();
    keep(List.of(), List.copyOf(running.alerts.values()), transitions);
    series.ended(running.alerts.values(), now);
    running.become(Map.of());
  }

  private void end(Collection<AlertState> orphans) {
    database.change(transaction -> store.remove(transaction, orphans));
  }

  /// Samples of a host up to a time are stored.
  public void arrived(String host, long timeMillis) {
    if (closed || clock.millis() - timeMillis > LATE.toMillis()) {
      return;
    }
    arrivals.add(host, timeMillis);
  }

  private void handOut(Map<String, Arrivals.Samples> arrived) {
    for (Running running : rules.values()) {
      Map<String, Arrivals.Samples> urgent = running.urgent(arrived);
      if (!urgent.isEmpty()) {
        running.waiting.add(urgent, batch -> compute(running, batch, batch.newest()));
      }
    }
  }

  private void tickOn() {
    while (!closed) {
      try {
        Thread.sleep(TICK);
        tick(clock.millis());
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("The rules could not be evaluated", e);
      }
    }
  }

  /// Begins the groups that are due, each on a thread of its own: a slow group delays no other.
  private void tick(long now) {
    byGroup()
        .forEach((group, members) -> {
          long interval = members.getFirst().rule.interval().toMillis();
          Long due = dueAt.get(group);
          // A clock that was set back must not stop a group.
          if ((due == null || due <= now || due > now + interval) && groupsRunning.add(group)) {
            dueAt.put(group, now - Math.floorMod(now, interval) + interval);
            Thread.ofVirtual()
                .name("alert-group")
                .start(() -> {
                  try {
                    sweep(members, interval);
                  } finally {
                    groupsRunning.remove(group);
                  }
                });
          }
        });
    if (now - heldWrittenAt >= HELD_EVERY.toMillis() || heldWrittenAt > now) {
      heldWrittenAt = now;
      writeHeld(now);
    }
    lastRound = now;
  }

  /// Writes how many alerts of each instance stand still for want of data, and 0 once when there
  /// are none any more.
  void writeHeld(long now) {
    Map<String, Integer> held = new HashMap<>();
    heldBefore.forEach(instance -> held.put(instance, 0));
    for (Running running : rules.values()) {
      for (AlertState state : running.alerts.values()) {
        String instance = state.labels().get(Label.INSTANCE);
        if (state.noData() && state.isFiring() && instance != null) {
          held.merge(instance, 1, Integer::sum);
        }
      }
    }
    try {
      series.writeHeld(held, now);
    } catch (StorageException e) {
      LOG.warn("The alerts without data could not be stored: {}", e.getMessage());
    }
    held.values().removeIf(count -> count == 0);
    heldBefore = Set.copyOf(held.keySet());
  }

  /// Evaluates every rule once and waits for it.
  void evaluateAll(long now) {
    byGroup().values().forEach(members -> members.forEach(running -> compute(running, null, now)));
  }

  private Map<String, List<Running>> byGroup() {
    Map<String, List<Running>> groups = new HashMap<>();
    rules
        .values()
        .forEach(running ->
            groups.computeIfAbsent(running.rule.group(), group -> new ArrayList<>()).add(running));
    return groups;
  }

  /// Evaluates rules for all hosts, and rests after each for as long as it took, so that with
  /// thousands of hosts the samples that come in meanwhile do not wait for a processor. It rests
  /// only as far as the rules to come, by what they took last, leave a quarter of the interval.
  private void sweep(List<Running> members, long intervalMillis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(intervalMillis) * 3 / 4;
    long toCome = members.stream().mapToLong(running -> running.nanos).sum();
    for (Running running : members) {
      toCome -= running.nanos;
      long before = System.nanoTime();
      if (!compute(running, null, clock.millis())) {
        return;
      }
      long after = System.nanoTime();
      long rest = Math.min(after - before, until - after - toCome);
      if (rest >= WORTH_RESTING_NANOS && !closed) {
        LockSupport.parkNanos(rest);
      }
    }
  }

  /// Evaluates one rule a turn: a long group must not keep a pool thread from others. Answers
  /// whether others may be evaluated too.
  ///
  /// @param arrived the hosts whose samples arrived; null for all hosts
  private boolean compute(Running running, Arrivals.@Nullable Batch arrived, long now) {
    try {
      evaluate(running, arrived, now);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BusyException e) {
      LOG.warn("Rules were not evaluated: {}", e.getMessage());
    }
    return false;
  }

  private void evaluate(Running running, Arrivals.@Nullable Batch arrived, long now)
      throws InterruptedException {
    running.lock.lockInterruptibly();
    try {
      if (closed || rules.get(running.rule.id()) != running) {
        return;
      }
      long begun = System.nanoTime();
      Map<String, AlertState> before = running.alerts;
      long since = running.sweptAt;
      Evaluator.Result result =
          pool.compute(() -> {
            Set<String> hosts = arrived == null ? null : arrived.hosts();
            Evaluator.Result found = evaluator.evaluate(running.rule, before, hosts, now);
            return found.with(
                arrived == null
                    ? eventTimes.date(running.rule, found.transitions(), since, now)
                    : found.transitions().stream().map(arrived::date).toList());
          });
      keep(result.changed(), result.gone(), result.transitions());
      if (arrived == null) {
        running.sweptAt = now;
      }
      running.become(result.next());
      running.error = "";
      running.evaluatedAt = now;
      running.nanos = System.nanoTime() - begun;
      if (arrived == null || !result.changed().isEmpty() || !result.gone().isEmpty()) {
        // Some hosts' samples say nothing of the rule's other alerts: the timer writes them all.
        series.write(
            running.rule,
            arrived == null ? result.next().values() : result.changed(),
            result.gone(),
            now);
      }
    } catch (QueryException e) {
      if (arrived == null) {
        failed(running, String.valueOf(e.getMessage()));
      }
    } catch (DatabaseException | StorageException e) {
      failed(running, String.valueOf(e.getMessage()));
    } catch (InterruptedException | BusyException e) {
      throw e;
    } catch (Exception e) {
      LOG.error("The rule {} could not be evaluated", running.rule.name(), e);
      running.error = "the hub failed: see its log";
    } finally {
      running.lock.unlock();
    }
  }

  private static void failed(Running running, String message) {
    if (!message.equals(running.error)) {
      LOG.warn("The rule {} has no answer: {}", running.rule.name(), message);
    }
    running.error = message;
  }

  private void keep(List<AlertState> changed, List<AlertState> gone, List<Transition> transitions) {
    if (changed.isEmpty() && gone.isEmpty() && transitions.isEmpty()) {
      return;
    }
    database.change(transaction -> {
      store.save(transaction, changed);
      store.remove(transaction, gone);
      if (!transitions.isEmpty()) {
        sink.accept(transaction, transitions);
      }
    });
    if (!transitions.isEmpty()) {
      sink.committed();
    }
  }

  /// The condition of a rule as people read it, such as `> 0.9`; empty when it has none.
  public static String conditionOf(AlertRule rule) {
    Optional<ExpressionScope.Split> split = ExpressionScope.split(rule.expression());
    return split.map(ExpressionScope.Split::condition).orElse("");
  }

  /// What a rule measures, without its threshold: for charts.
  public static String signalOf(AlertRule rule) {
    return ExpressionScope.split(rule.expression())
        .map(ExpressionScope.Split::signal)
        .orElse(rule.expression());
  }

  /// What a rule measures of the host that one of its alerts is about.
  public static String signalOf(AlertRule rule, Labels labels) {
    String signal = signalOf(rule);
    String host = labels.get(Label.INSTANCE);
    return host != null && ExpressionScope.isHostLocal(signal)
        ? ExpressionScope.forHost(signal, host)
        : signal;
  }

  @Override
  public void close() {
    closed = true;
    timer.interrupt();
    try {
      if (timer.getState() != Thread.State.NEW) {
        timer.join(PATIENCE);
      }
      // What is being evaluated ends while the store is still open; what waits sees that it is
      // over.
      for (Running running : rules.values()) {
        if (!running.lock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.warn("The rule {} is still being evaluated at the end", running.rule.name());
          return;
        }
        running.lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
