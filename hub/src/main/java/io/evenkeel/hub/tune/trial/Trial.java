package io.evenkeel.hub.tune.trial;

import io.evenkeel.hub.tune.trial.TrialReport.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/// A randomised switchback: pairs of blocks, one with the change and one without, in random order,
/// so that what else changes with time falls on both alike. Deterministic for a seed. Not
/// thread-safe.
public final class Trial {
  private final TrialPlan plan;
  private final double level;
  private final SplittableRandom random;
  private final List<Double> differences = new ArrayList<>();
  private boolean onFirst;
  private Optional<Block> first = Optional.empty();
  private int voidPairs;
  private Optional<TrialReport> report = Optional.empty();

  /// @param level the usual size of the measure, from [Noise]: what effects are shares of
  public Trial(TrialPlan plan, double level, long seed) {
    if (!(level > 0)) {
      throw new IllegalArgumentException("effects are shares of a level above 0, not of " + level);
    }
    this.plan = plan;
    this.level = level;
    this.random = new SplittableRandom(seed);
    this.onFirst = random.nextBoolean();
  }

  /// Whether the next block is to have the change; empty when it is decided.
  public Optional<Boolean> next() {
    return report.isPresent() ? Optional.empty() : Optional.of(first.isEmpty() == onFirst);
  }

  /// The report, once it is decided.
  public Optional<TrialReport> report() {
    return report;
  }

  /// How many pairs counted so far.
  public int pairs() {
    return differences.size();
  }

  /// How many pairs did not count so far, because the load moved.
  public int voidPairs() {
    return voidPairs;
  }

  /// Takes the block that [#next] asked for.
  public void accept(Block block) {
    Optional<Boolean> expected = next();
    if (expected.isEmpty() || expected.get() != block.on()) {
      throw new IllegalStateException("this block was not asked for");
    }
    if (first.isEmpty()) {
      first = Optional.of(block);
      return;
    }
    Block other = first.get();
    first = Optional.empty();
    onFirst = random.nextBoolean();
    if (loadMoved(other.offered(), block.offered())) {
      voidPairs++;
      if (voidPairs > plan.mostVoid()) {
        decide(Verdict.NO_EVIDENCE, Reason.of(Reason.Code.LOAD_MOVED));
      }
      return;
    }
    Block on = block.on() ? block : other;
    Block off = block.on() ? other : block;
    double better = plan.lowerIsBetter() ? off.value() - on.value() : on.value() - off.value();
    differences.add(better / level);
    if (plan.looks().contains(differences.size())) {
      look();
    }
  }

  /// Ends it because a guard tripped.
  public void trip(Reason guard) {
    if (report.isEmpty()) {
      decide(Verdict.HARMED, guard);
    }
  }

  /// Ends it without a verdict, because the change could not be held.
  public void abandon(Reason reason) {
    if (report.isEmpty()) {
      decide(Verdict.NO_EVIDENCE, reason);
    }
  }

  private void look() {
    WalshInterval interval = interval();
    if (interval.lower(plan.alphaOfLook()) > plan.leastEffect()) {
      decide(Verdict.HELPED, Reason.of(Reason.Code.BETTER));
    } else if (interval.upper(plan.alphaOfLook()) < 0) {
      decide(Verdict.HARMED, Reason.of(Reason.Code.WORSE));
    } else if (differences.size() == plan.mostPairs()) {
      decide(Verdict.NO_EVIDENCE, Reason.of(Reason.Code.NO_EFFECT));
    }
  }

  private WalshInterval interval() {
    return new WalshInterval(differences.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private void decide(Verdict verdict, Reason reason) {
    if (differences.isEmpty()) {
      report =
          Optional.of(
              new TrialReport(
                  verdict,
                  Double.NaN,
                  Double.NEGATIVE_INFINITY,
                  Double.POSITIVE_INFINITY,
                  0,
                  voidPairs,
                  reason));
      return;
    }
    WalshInterval interval = interval();
    report =
        Optional.of(
            new TrialReport(
                verdict,
                interval.estimate(),
                interval.lower(plan.alphaOfLook()),
                interval.upper(plan.alphaOfLook()),
                differences.size(),
                voidPairs,
                reason));
  }

  private boolean loadMoved(OptionalDouble one, OptionalDouble other) {
    if (one.isEmpty() || other.isEmpty()) {
      return false;
    }
    double greater = Math.max(one.getAsDouble(), other.getAsDouble());
    double less = Math.min(one.getAsDouble(), other.getAsDouble());
    return greater > 0 && (greater - less) / greater > plan.loadTolerance();
  }
}
