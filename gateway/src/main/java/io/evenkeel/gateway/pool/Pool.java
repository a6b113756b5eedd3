package io.evenkeel.gateway.pool;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.event.GatewayEvent;
import io.evenkeel.gateway.health.CircuitBreaker;
import io.evenkeel.gateway.health.PeerComparison;
import io.evenkeel.gateway.health.RetryBudget;
import io.evenkeel.gateway.policy.Policies;
import io.evenkeel.gateway.policy.Policy;
import io.evenkeel.gateway.policy.RandomSource;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.stats.BackendTraffic;
import io.evenkeel.gateway.stats.TrafficShare;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A group of backends and the way requests are spread over them. Thread-safe.
///
/// Concurrency: what changes seldom (members, health, weights) is changed under this object's lock
/// and published as an immutable array of the backends that may be asked; the path of a request
/// reads that array and counts with atomics, without the lock. Only a request that finds no place
/// takes the lock, to queue.
public final class Pool {
  /// Below this part of healthy backends all are used.
  private static final double PANIC_BELOW = 0.5;

  /// How often backends are compared with their peers.
  private static final long COMPARE_NANOS = 10_000_000_000L;

  private static final int KEPT_WEIGHT_CHANGES = 200;

  private final RandomSource random;
  private final Consumer<GatewayEvent> events;
  private final RetryBudget retryBudget = new RetryBudget();
  private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger active = new AtomicInteger();
  private final LongAdder shed = new LongAdder();
  private final ArrayDeque<WeightChange> weightChanges = new ArrayDeque<>();
  private volatile PoolConfig config;
  private volatile Policy policy;
  private volatile List<Backend> members = List.of();
  private volatile Backend[] eligible = {};
  private volatile boolean panicking;
  private long comparedAt;

  /// A pool as configured, at a moment of a monotonic clock.
  public Pool(
      PoolConfig config, RandomSource random, Consumer<GatewayEvent> events, long nowNanos) {
    this.config = config;
    this.random = random;
    this.events = events;
    this.policy = policyOf(config);
    this.comparedAt = nowNanos;
    List<Backend> first = new ArrayList<>();
    for (BackendConfig backend : config.backends()) {
      first.add(new Backend(backend, config.health().check(), nowNanos));
    }
    members = List.copyOf(first);
    recompute();
  }

  private Policy policyOf(PoolConfig of) {
    return Optional.ofNullable(Policies.BY_NAME.get(of.spread().policy()))
        .orElseThrow(
            () -> new IllegalArgumentException("unknown policy '" + of.spread().policy() + "'"))
        .apply(random);
  }

  public String name() {
    return config.name();
  }

  public PoolConfig config() {
    return config;
  }

  public Policy policy() {
    return policy;
  }

  /// The members, those that may not be asked included.
  public List<Backend> members() {
    return members;
  }

  public RetryBudget retryBudget() {
    return retryBudget;
  }

  /// Requests in flight.
  public int active() {
    return active.get();
  }

  /// Takes a place at a backend.
  ///
  /// @param tried backends that failed this request; they are asked again only when there is no
  ///   other
  /// @return nothing when no backend has a place
  public @Nullable Backend acquire(long key, List<Backend> tried, long nowNanos) {
    if (tried.isEmpty()) {
      retryBudget.request(nowNanos);
    }
    Backend[] candidates = eligible;
    boolean anyway = panicking;
    int most = config.load().maxConcurrent();
    if (candidates.length > 0 && tried.isEmpty()) {
      Backend picked = candidates[policy.pick(candidates, key, nowNanos)];
      if (picked.tryBegin(most, anyway, nowNanos)) {
        active.incrementAndGet();
        return picked;
      }
      return acquireOther(candidates, List.of(picked), List.of(), key, most, anyway, nowNanos);
    }
    Backend other = acquireOther(candidates, tried, tried, key, most, anyway, nowNanos);
    return other != null || tried.isEmpty()
        ? other
        : acquireOther(candidates, List.of(), List.of(), key, most, anyway, nowNanos);
  }

  private @Nullable Backend acquireOther(
      Backend[] from,
      List<Backend> without,
      List<Backend> last,
      long key,
      int most,
      boolean anyway,
      long nowNanos) {
    Backend[] rest = minus(from, without);
    while (rest.length > 0) {
      Backend picked = rest[policy.pick(rest, key, nowNanos)];
      if (!last.contains(picked) && picked.tryBegin(most, anyway, nowNanos)) {
        active.incrementAndGet();
        return picked;
      }
      rest = minus(rest, List.of(picked));
    }
    return null;
  }

  private static Backend[] minus(Backend[] from, List<Backend> without) {
    return Arrays.stream(from).filter(b -> !without.contains(b)).toArray(Backend[]::new);
  }

  /// Queues a request that found no place.
  ///
  /// @return whether it may wait; when not, it is to be answered 503
  public boolean await(Waiter waiter, long nowNanos) {
    synchronized (this) {
      if (config.load().maxConcurrent() <= 0
          || eligible.length == 0
          || queue.size() >= config.load().queue().length()) {
        shed.increment();
        return false;
      }
      queue.addLast(waiter);
      waiting.set(queue.size());
    }
    // A place may have become free between the look and the queue.
    serveQueue(nowNanos);
    return true;
  }

  /// Counts a request that was answered 503 without being tried.
  public void countShed() {
    shed.increment();
  }

  /// Frees a request's place and counts what became of it.
  ///
  /// @param load requests that were in flight beside it when it was sent
  /// @param sentNanos when it was sent
  /// @param status of the answer; 0 without one
  public void release(
      Backend backend, int load, long sentNanos, int status, Ending ending, long nowNanos) {
    backend.end();
    active.decrementAndGet();
    boolean failed = ending != Ending.ANSWERED || status >= 500;
    switch (ending) {
      case ANSWERED -> backend.traffic().answered(status, nowNanos - sentNanos);
      case FAILED, UNREACHABLE -> backend.traffic().failed();
      case ABANDONED -> {}
    }
    if (ending == Ending.ABANDONED) {
      backend.breaker().abandon();
    } else {
      backend.latency().observe(load, nowNanos - sentNanos, failed, nowNanos);
      boolean halfOpen = backend.breaker().state() == CircuitBreaker.State.HALF_OPEN;
      if (backend.breaker().observe(failed, nowNanos)) {
        eject(
            backend,
            ending == Ending.UNREACHABLE,
            "several requests in a row failed (" + reason(status, ending) + ")",
            nowNanos);
      } else if (halfOpen) {
        synchronized (this) {
          if (!failed) {
            backend.comeBack(nowNanos);
            backend.warm(config.health().slowStart().toNanos(), nowNanos);
          }
          recompute();
        }
      }
    }
    if (waiting.get() > 0) {
      serveQueue(nowNanos);
    }
  }

  private static String reason(int status, Ending ending) {
    return switch (ending) {
      case ANSWERED, ABANDONED -> "the last answer was " + status;
      case FAILED -> "the last one got no whole answer";
      case UNREACHABLE -> "it cannot be connected to";
    };
  }

  private synchronized void eject(Backend backend, boolean unreachable, String why, long nowNanos) {
    if (!config.health().ejection() || !members.contains(backend)) {
      return;
    }
    int out = 0;
    for (Backend member : members) {
      out += member.breaker().state() == CircuitBreaker.State.OPEN ? 1 : 0;
    }
    // A tenth of the pool, one at least; half of it when nobody listens there.
    int size = members.size();
    int most = unreachable ? Math.max(1, size / 2) : Math.max(1, size / 10);
    if (size < 2 || out >= most) {
      return;
    }
    backend.breaker().open(nowNanos);
    events.accept(new GatewayEvent.Ejected(name(), backend.name(), why));
    recompute();
  }

  private void serveQueue(long nowNanos) {
    while (true) {
      Waiter first;
      Backend backend;
      synchronized (this) {
        first = queue.peekFirst();
        if (first == null) {
          return;
        }
        backend = acquire(first.key(), List.of(), nowNanos);
        if (backend == null) {
          return;
        }
        queue.removeFirst();
        waiting.set(queue.size());
      }
      if (!first.granted(backend)) {
        backend.end();
        active.decrementAndGet();
        backend.breaker().abandon();
      }
    }
  }

  /// Moves on what time changes: slow starts, circuits, the queue's deadlines, the comparison of
  /// backends. To be called about ten times a second.
  public void tick(long nowNanos) {
    List<Waiter> late = new ArrayList<>();
    synchronized (this) {
      boolean changed = false;
      long window = config.health().slowStart().toNanos();
      for (Backend backend : members) {
        backend.warm(window, nowNanos);
        if (backend.breaker().tick(nowNanos)) {
          events.accept(new GatewayEvent.Readmitted(name(), backend.name()));
          changed = true;
        }
      }
      if (changed) {
        recompute();
      }
      queue.removeIf(waiter -> nowNanos - waiter.deadlineNanos() >= 0 && late.add(waiter));
      waiting.set(queue.size());
      if (nowNanos - comparedAt >= COMPARE_NANOS) {
        comparedAt = nowNanos;
        compare(nowNanos);
      }
    }
    for (Waiter waiter : late) {
      shed.increment();
      waiter.expired();
    }
  }

  private void compare(long nowNanos) {
    List<Backend> compared =
        members.stream().filter(b -> b.breaker().state() == CircuitBreaker.State.CLOSED).toList();
    List<CircuitBreaker.Window> windows =
        compared.stream().map(b -> b.breaker().takeWindow()).toList();
    int outlier = PeerComparison.outlier(windows);
    if (outlier >= 0) {
      CircuitBreaker.Window window = windows.get(outlier);
      eject(
          compared.get(outlier),
          false,
          "it failed "
              + window.failures()
              + " of "
              + window.requests()
              + " requests, more than its peers",
          nowNanos);
    }
  }

  /// Counts an active check of a backend.
  ///
  /// @param failure why it failed; empty when it passed
  public synchronized void checked(Backend backend, String failure, long nowNanos) {
    if (backend.checks().observe(failure)) {
      if (failure.isEmpty()) {
        backend.breaker().reset();
        backend.comeBack(nowNanos);
        backend.warm(config.health().slowStart().toNanos(), nowNanos);
        events.accept(new GatewayEvent.BackendUp(name(), backend.name()));
      } else {
        events.accept(new GatewayEvent.BackendDown(name(), backend.name(), failure));
      }
      recompute();
    }
  }

  /// Stops or resumes giving a backend new requests; those in flight end undisturbed.
  ///
  /// @return whether there is such a backend
  public synchronized boolean setDraining(String backendName, boolean draining, long nowNanos) {
    Backend backend = find(backendName);
    if (backend == null) {
      return false;
    }
    if (backend.isDraining() != draining) {
      backend.setDraining(draining);
      if (!draining) {
        backend.comeBack(nowNanos);
        backend.warm(config.health().slowStart().toNanos(), nowNanos);
      }
      events.accept(new GatewayEvent.DrainChanged(name(), backendName, draining));
      recompute();
    }
    return true;
  }

  /// Gives a backend another weight.
  ///
  /// @return whether there is such a backend
  public synchronized boolean changeWeight(WeightChange change) {
    Backend backend = find(change.backend());
    if (backend == null) {
      return false;
    }
    if (!(change.to() >= 0 && change.to() <= 1000)) {
      throw new IllegalArgumentException("a weight is from 0 to 1000, not " + change.to());
    }
    boolean crossesZero = (change.to() == 0) != (backend.steadyWeight() == 0);
    backend.setWeight(change.to());
    if (change.reason() == WeightChange.Reason.SET_BY_HAND) {
      // What follows health goes up and down from there.
      backend.configureWeight(change.to());
    }
    note(change);
    if (crossesZero) {
      recompute();
    }
    return true;
  }

  private void note(WeightChange change) {
    weightChanges.addLast(change);
    if (weightChanges.size() > KEPT_WEIGHT_CHANGES) {
      weightChanges.removeFirst();
    }
    events.accept(new GatewayEvent.WeightChanged(name(), change));
  }

  /// Takes over another configuration of the same pool: backends that stay keep their connections,
  /// counters and health; those that go are drained.
  public synchronized void update(PoolConfig next, Instant now, long nowNanos) {
    if (!next.spread().policy().equals(config.spread().policy())) {
      policy = policyOf(next);
    }
    boolean otherChecks = !next.health().check().equals(config.health().check());
    config = next;
    List<Backend> kept = new ArrayList<>();
    for (BackendConfig wanted : next.backends()) {
      Backend backend = find(wanted.name());
      if (backend == null
          || !backend.address().equals(wanted.address())
          || !backend.host().equals(wanted.host())) {
        Backend fresh = new Backend(wanted, next.health().check(), nowNanos);
        fresh.comeBack(nowNanos);
        fresh.warm(next.health().slowStart().toNanos(), nowNanos);
        kept.add(fresh);
      } else {
        if (otherChecks) {
          backend.checkBy(next.health().check());
        }
        if (backend.configuredWeight() != wanted.weight()) {
          double from = backend.steadyWeight();
          backend.configureWeight(wanted.weight());
          backend.setWeight(wanted.weight());
          note(
              new WeightChange(
                  wanted.name(),
                  from,
                  wanted.weight(),
                  WeightChange.Reason.CONFIGURED,
                  OptionalDouble.empty(),
                  OptionalDouble.empty(),
                  now));
        }
        kept.add(backend);
      }
    }
    for (Backend backend : members) {
      if (!kept.contains(backend)) {
        backend.leave();
      }
    }
    members = List.copyOf(kept);
    recompute();
  }

  /// Drains every backend for good: the pool is not in the configuration any more.
  public synchronized void dissolve() {
    members.forEach(Backend::leave);
    members = List.of();
    recompute();
  }

  private @Nullable Backend find(String backendName) {
    for (Backend backend : members) {
      if (backend.name().equals(backendName)) {
        return backend;
      }
    }
    return null;
  }

  private synchronized void recompute() {
    List<Backend> wanted = new ArrayList<>();
    List<Backend> healthy = new ArrayList<>();
    for (Backend backend : members) {
      if (!backend.isDraining() && backend.steadyWeight() > 0) {
        wanted.add(backend);
        if (backend.isHealthy()) {
          healthy.add(backend);
        }
      }
    }
    boolean panic = healthy.size() < PANIC_BELOW * wanted.size();
    if (panic != panicking) {
      panicking = panic;
      events.accept(new GatewayEvent.Panic(name(), panic, healthy.size(), wanted.size()));
    }
    eligible = (panic ? wanted : healthy).toArray(Backend[]::new);
  }

  private double expectedShare(Backend backend) {
    if (Arrays.stream(eligible).noneMatch(one -> one == backend)) {
      return Double.NaN;
    }
    return switch (policy.shares()) {
      case EQUAL -> 1.0 / eligible.length;
      case BY_WEIGHT ->
          backend.weight() / Arrays.stream(eligible).mapToDouble(Backend::weight).sum();
      case BY_LOAD -> Double.NaN;
    };
  }

  /// The pool as it is now.
  public synchronized PoolState state() {
    long all = 0;
    List<BackendTraffic.Counts> counts = new ArrayList<>();
    for (Backend backend : members) {
      BackendTraffic.Counts own = backend.traffic().counts();
      counts.add(own);
      all += own.requests();
    }
    List<PoolState.BackendState> states = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      Backend backend = members.get(i);
      states.add(
          new PoolState.BackendState(
              backend.name(),
              Objects.toString(backend.address().getHostString())
                  + ":"
                  + backend.address().getPort(),
              backend.host().orElse(""),
              backend.weight(),
              backend.steadyWeight(),
              backend.configuredWeight(),
              backend.isDraining(),
              backend.checks().isUp(),
              backend.checks().lastFailure(),
              backend.breaker().state(),
              backend.inFlight(),
              TrafficShare.of(counts.get(i).requests(), all),
              expectedShare(backend),
              counts.get(i)));
    }
    return new PoolState(
        name(),
        config.spread().policy(),
        panicking,
        queue.size(),
        shed.sum(),
        List.copyOf(states),
        List.copyOf(weightChanges));
  }
}
