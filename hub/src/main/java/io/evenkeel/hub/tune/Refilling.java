package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.PooledBackends.Member;
import io.evenkeel.hub.tune.TrialDetail.Step;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives pools their backends back that could not be at once, as an HAProxy's that did not answer:
/// tries again until they are. Safe for use by many threads.
final class Refilling implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("tune");
  private static final long AGAIN_SECONDS = 2;

  private final PooledBackends backends;
  private final BiConsumer<String, Step> told;
  private final InstantSource clock;
  private final Set<Owed> owed = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("refilling").factory());

  private record Owed(String trial, Member member) {}

  /// @param told which backend of which trial is filled again
  Refilling(PooledBackends backends, BiConsumer<String, Step> told, InstantSource clock) {
    this.backends = backends;
    this.told = told;
    this.clock = clock;
  }

  void start() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::tryAllSafely, AGAIN_SECONDS, AGAIN_SECONDS, TimeUnit.SECONDS);
  }

  /// Notes that a backend is still drained for a trial.
  void owe(String trial, Member member) {
    if (owed.add(new Owed(trial, member))) {
      LOG.warn("{} was drained for a trial and could not be filled again: tried again", member);
    }
  }

  private void tryAllSafely() {
    try {
      tryAll();
    } catch (RuntimeException e) {
      // Else the timer would end without a word.
      LOG.warn("backends could not be filled again", e);
    }
  }

  private void tryAll() {
    for (Owed one : owed) {
      Member member = one.member();
      Optional<String> problem =
          backends.door().drain(member.pool(), member.backend(), false, DrainedServer.ACTOR);
      if (problem.isEmpty()) {
        owed.remove(one);
        LOG.info("{} gets requests again", member);
        told.accept(
            one.trial(),
            new Step(clock.millis(), Step.Kind.REFILLED, member.pool(), member.backend(), ""));
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
