package io.evenkeel.hub.tune;

import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.tune.trial.RefusalWords;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import io.evenkeel.model.Text;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A trial with its blocks, while it runs and after. Times are epoch milliseconds.
///
/// @param sought the share by which the measure is hoped to get better
/// @param noise what the measure does by itself; null until that was seen
/// @param live where it is now; null when it does not run in this hub
/// @param report null until it was tried to an end
/// @param drift null while the value is as it was left
/// @param steps by which a backend was drained for each turn of the knob and filled again; none
///   when that was not asked for
public record TrialDetail(
    TrialSummary trial,
    Measure measure,
    double sought,
    Plan plan,
    @Nullable NoiseLevel noise,
    List<BlockValue> blocks,
    List<GuardValue> guards,
    @Nullable Live live,
    @Nullable Report report,
    @Nullable Drift drift,
    List<Review> reviews,
    List<Step> steps) {
  public TrialDetail {
    blocks = List.copyOf(blocks);
    guards = List.copyOf(guards);
    reviews = List.copyOf(reviews);
    // Trials of a version before have none.
    steps = Objects.requireNonNullElse(steps, List.of());
  }

  /// What was done with a backend of a pool.
  ///
  /// @param detail how many requests were in flight, or what went wrong; else empty
  /// @param words the detail in both languages
  public record Step(long at, Kind kind, String pool, String backend, String detail, Text words) {
    public Step {
      // Trials of a version before have none.
      words = Objects.requireNonNullElseGet(words, () -> RefusalWords.of(detail));
    }

    Step(long at, Kind kind, String pool, String backend, String detail) {
      this(at, kind, pool, backend, detail, RefusalWords.of(detail));
    }

    /// What it was.
    public enum Kind {
      /// It gets no new requests.
      DRAINING,
      /// None of its requests is in flight any more.
      EMPTY,
      /// Some were, when the time was over.
      NOT_EMPTY,
      TURNED_ON,
      TURNED_OFF,
      /// It gets requests again, few at first.
      REFILLED,
      NOT_REFILLED
    }
  }

  /// The backends that are drained when nothing more is done.
  List<PooledBackends.Member> drained() {
    Set<PooledBackends.Member> drained = new LinkedHashSet<>();
    for (Step step : steps) {
      PooledBackends.Member member = new PooledBackends.Member(step.pool(), step.backend());
      switch (step.kind()) {
        case DRAINING -> drained.add(member);
        case REFILLED -> drained.remove(member);
        case EMPTY, NOT_EMPTY, TURNED_ON, TURNED_OFF, NOT_REFILLED -> {}
      }
    }
    return List.copyOf(drained);
  }

  TrialDetail withSteps(List<Step> more) {
    return new TrialDetail(
        trial,
        measure,
        sought,
        plan,
        noise,
        blocks,
        guards,
        live,
        report,
        drift,
        reviews,
        Stream.concat(steps.stream(), more.stream()).toList());
  }

  /// How it is put to the test, fixed before it begins.
  ///
  /// @param leastEffect the share by which it must be better at least
  /// @param loadTolerance a pair of blocks whose loads are further apart does not count
  public record Plan(
      int noiseBlocks,
      int blockSeconds,
      int washoutSeconds,
      int leastPairs,
      int mostPairs,
      double leastEffect,
      double loadTolerance) {}

  /// @param smallestEffect which would show; null when none would
  public record NoiseLevel(double level, @Nullable Double smallestEffect) {}

  /// @param number from 1 on
  /// @param noise whether it is of the first phase, without a change
  /// @param on whether it had the change
  /// @param value the median of the measure
  /// @param offered of the load; null when nobody can tell
  /// @param counts false when the load moved within its pair
  public record BlockValue(
      int number,
      boolean noise,
      boolean on,
      double value,
      @Nullable Double offered,
      long from,
      long to,
      boolean counts) {
    BlockValue notCounted() {
      return new BlockValue(number, noise, on, value, offered, from, to, false);
    }
  }

  /// @param now null when it was not measured
  /// @param limit above which it trips; null until it is known
  /// @param expression PromQL of what it is, for the host `$host`; null when nothing measures it
  public record GuardValue(
      Guard guard,
      Text title,
      Unit unit,
      @Nullable Double now,
      @Nullable Double limit,
      boolean tripped,
      @Nullable String expression) {}

  /// @param block its number
  /// @param second of its `seconds`
  /// @param secondsToRevert until the server puts the old value back by itself, should the hub be
  ///   lost; 0 while nothing is turned
  /// @param leastSecondsLeft until a verdict, at the earliest
  /// @param mostSecondsLeft and at the latest
  public record Live(
      int block,
      boolean noise,
      boolean on,
      int second,
      int seconds,
      @Nullable Double measure,
      long secondsToRevert,
      long leastSecondsLeft,
      long mostSecondsLeft) {}

  /// @param before the median of the blocks without the change that counted; null when none did
  /// @param after and of those with it
  /// @param ended what came of keeping it or putting it back
  public record Report(
      int pairs, int voidPairs, @Nullable Double before, @Nullable Double after, String ended) {}

  /// Somebody changed the value since.
  public record Drift(String found, long at) {}

  /// A look at a kept change later on.
  ///
  /// @param effect by which share it is better than before the change
  /// @param now the measure's median lately; null when it is missing
  public record Review(
      Occasion kind,
      Finding verdict,
      @Nullable Double effect,
      double before,
      @Nullable Double now,
      String reason,
      long at) {
    /// Why it was looked at.
    public enum Occasion {
      /// A week has passed.
      WEEK,
      /// The load is another than in the trial.
      WORKLOAD
    }

    /// What was seen.
    public enum Finding {
      /// It is still better than before the change.
      HOLDS,
      /// It is not.
      GONE,
      /// Nothing can be said, as the load is another or the measure is missing.
      CANNOT_TELL
    }
  }

  /// The same change, to be tried on another server.
  WantedTrial on(String host) {
    return new WantedTrial(
        host,
        trial.request(),
        measure,
        sought,
        plan.blockSeconds(),
        Optional.ofNullable(trial.finding()),
        !steps.isEmpty());
  }

  TrialDetail with(TrialSummary other) {
    return new TrialDetail(
        other, measure, sought, plan, noise, blocks, guards, null, report, drift, reviews, steps);
  }

  TrialDetail withDrift(@Nullable Drift found) {
    return new TrialDetail(
        trial, measure, sought, plan, noise, blocks, guards, live, report, found, reviews, steps);
  }

  TrialDetail withReviews(List<Review> other) {
    return new TrialDetail(
        trial, measure, sought, plan, noise, blocks, guards, live, report, drift, other, steps);
  }
}
