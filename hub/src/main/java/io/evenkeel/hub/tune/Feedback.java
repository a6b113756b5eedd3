package io.evenkeel.hub.tune;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.tune.TrialDetail.Drift;
import io.evenkeel.hub.tune.TrialDetail.Review;
import io.evenkeel.hub.tune.TrialDetail.Review.Finding;
import io.evenkeel.hub.tune.TrialDetail.Review.Occasion;
import io.evenkeel.model.tune.TuningStanding;
import io.evenkeel.model.tune.TurnedKnob;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after changes that were kept: whether somebody wrote over the value, and whether it still
/// does what it was kept for, after each week and when the load becomes another. It changes nothing
/// on a server: what it finds is stored with the trial, shown, and told by rules of alerting
/// ([KeptFamilies]).
///
/// Safe for use by many threads; one thread of its own looks every minute.
public final class Feedback implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("tune");
  private static final int EVERY_SECONDS = 60;
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration DAY = Duration.ofDays(1);

  /// A load is another when a day's median is so far from the trial's. E: wider than the swing of
  /// most days, so that only a workload that has really changed is told.
  private static final double OTHER_LOAD = 0.3;

  /// How many looks at a change are remembered.
  private static final int MOST_REVIEWS = 12;

  private final Database database;
  private final TrialStore store = new TrialStore();
  private final TunedServers servers;
  private final KeptEffect effect;
  private final KeptFamilies families;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("tuning-feedback").factory());

  /// @param families where others see what became of kept changes
  public Feedback(
      Database database,
      TunedServers servers,
      KeptEffect effect,
      KeptFamilies families,
      InstantSource clock) {
    this.database = database;
    this.servers = servers;
    this.effect = effect;
    this.families = families;
    this.clock = clock;
  }

  /// Begins to look.
  public void start() {
    var unused =
        timer.scheduleWithFixedDelay(
            this::lookSafely, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private void lookSafely() {
    try {
      look();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The next minute looks again.
      LOG.warn("kept changes could not be looked at", e);
    }
  }

  /// Looks once at every change that was kept.
  void look() throws InterruptedException {
    for (TunedServer server : servers.all()) {
      List<TrialDetail> trials = database.read(all -> store.ofHost(all, server.host()));
      if (!trials.isEmpty()) {
        TuningStanding standing = server.standing();
        if (standing.problem().isEmpty()) {
          trials.forEach(trial -> compare(trial, standing));
        }
      }
    }
    for (TrialDetail trial : database.read(store::kept)) {
      review(trial);
    }
    families.set(database.read(store::kept));
  }

  /// What the server says of a trial's change counts: it may have been kept just before the hub
  /// ended, and then nobody noted it.
  private void compare(TrialDetail trial, TuningStanding standing) {
    Optional<TurnedKnob> knob =
        standing.changes().stream()
            .filter(change -> change.kept() && change.id().equals(trial.trial().id()))
            .findFirst();
    if (knob.isEmpty()) {
      return;
    }
    String found = knob.get().drifted() ? knob.get().now() : null;
    Drift known = trial.drift();
    boolean same = Objects.equals(found, known == null ? null : known.found());
    if (same && trial.trial().kept()) {
      return;
    }
    Drift drift = found == null ? null : new Drift(found, clock.millis());
    change(
        trial.trial().id(),
        stored -> stored.with(stored.trial().found()).withDrift(same ? stored.drift() : drift));
    if (found != null) {
      LOG.info(
          "{} on {} was kept at {} and is {} now: somebody else changed it",
          trial.trial().request().knob(),
          trial.trial().host(),
          trial.trial().value(),
          found);
    }
  }

  private void review(TrialDetail trial) throws InterruptedException {
    Long endedAt = trial.trial().endedAt();
    TrialDetail.Report report = trial.report();
    if (endedAt == null || report == null || report.before() == null || trial.drift() != null) {
      return;
    }
    long now = clock.millis();
    if (now - Math.max(endedAt, last(trial, Occasion.WEEK)) >= WEEK.toMillis()) {
      add(trial, effect.over(trial, Occasion.WEEK, now, WEEK));
    }
    boolean isTold = now - Math.max(endedAt, last(trial, Occasion.WORKLOAD)) < DAY.toMillis();
    boolean wasTold = now - last(trial, Occasion.WORKLOAD) < WEEK.toMillis();
    if (!isTold && !wasTold) {
      OptionalDouble load = effect.load(trial, now, DAY);
      if (load.isPresent() && Math.abs(load.getAsDouble() - 1) > OTHER_LOAD) {
        add(trial, effect.underOtherLoad(trial, load.getAsDouble(), now, DAY));
      }
    }
  }

  private static long last(TrialDetail trial, Occasion occasion) {
    return trial.reviews().stream()
        .filter(review -> review.kind() == occasion)
        .mapToLong(Review::at)
        .max()
        .orElse(Long.MIN_VALUE / 2);
  }

  private void add(TrialDetail trial, Review review) {
    change(
        trial.trial().id(),
        stored -> {
          List<Review> reviews = new ArrayList<>(stored.reviews());
          reviews.add(review);
          return stored.withReviews(
              reviews.subList(Math.max(0, reviews.size() - MOST_REVIEWS), reviews.size()));
        });
    if (review.verdict() == Finding.GONE) {
      LOG.info(
          "{} = {} on {} does not help any longer: {}",
          trial.trial().request().knob(),
          trial.trial().value(),
          trial.trial().host(),
          review.reason());
    }
  }

  private void change(String id, UnaryOperator<TrialDetail> change) {
    try {
      database.change(transaction -> {
        @Nullable TrialDetail stored = store.find(transaction, id).orElse(null);
        if (stored != null && stored.trial().endedAt() != null) {
          store.update(transaction, change.apply(stored));
        }
      });
    } catch (DatabaseException e) {
      LOG.warn("what was found of the change {} could not be stored: {}", id, e.getMessage());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
