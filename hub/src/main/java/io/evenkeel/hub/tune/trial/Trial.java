package io.evenkeel.hub.tune.trial;

import io.evenkeel.hub.tune.trial.TrialReport.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/// A randomised switchback: pairs of blocks, one with the change and one without, in random order,
/// so that what else changes with time falls on both alike. Deterministic for a seed. Not
/// thread-safe.
///
/// Where the old value cannot be put back for a block it goes on as a comparison of before and
/// after, which time confounds: each block with the change makes a pair with one from before it,
/// and the verdict says so. As both come one after the other, 'helped' wants more: also that each
/// block with the change was better than each one before.
public final class Trial {
  private final TrialPlan plan;
  private final double level;
  private final SplittableRandom random;
  private final List<Double> differences = new ArrayList<>();
  private final Deque<Block> before = new ArrayDeque<>();
  private final List<Double> beforeValues = new ArrayList<>();
  private final List<Double> afterValues = new ArrayList<>();
  private boolean isBeforeAfter;
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
    return report.isPresent()
        ? Optional.empty()
        : Optional.of(isBeforeAfter || first.isEmpty() == onFirst);
  }

  /// Goes on without blocks that have the old value, and begins to count anew.
  ///
  /// @param blocks without the change, from before it, in their order
  public void compareWithBefore(List<Block> blocks) {
    if (report.isPresent() || isBeforeAfter) {
      throw new IllegalStateException("this is decided, or compared with before already");
    }
    isBeforeAfter = true;
    first = Optional.empty();
    differences.clear();
    voidPairs = 0;
    before.addAll(blocks);
    blocks.forEach(block -> beforeValues.add(block.value()));
    if (before.size() < plan.leastPairs()) {
      decide(Verdict.NO_EVIDENCE, Reason.of(Reason.Code.NOT_BETTER_THAN_BEFORE));
    }
  }

  /// Whether the old value could not be put back, so that it is compared with the time before.
  public boolean isBeforeAfter() {
    return isBeforeAfter;
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
    if (isBeforeAfter) {
      afterValues.add(block.value());
      pair(before.removeFirst(), block);
      if (report.isEmpty() && before.isEmpty()) {
        decide(Verdict.NO_EVIDENCE, Reason.of(Reason.Code.NOT_BETTER_THAN_BEFORE));
      }
      return;
    }
    if (first.isEmpty()) {
      first = Optional.of(block);
      return;
    }
    Block other = first.get();
    first = Optional.empty();
    onFirst = random.nextBoolean();
    pair(other, block);
  }

  private void pair(Block other, Block block) {
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
    boolean isLast = isBeforeAfter && before.isEmpty() && differences.size() > plan.leastPairs();
    if (isLast || plan.looks().contains(differences.size())) {
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
      if (!isBeforeAfter) {
        decide(Verdict.HELPED, Reason.of(Reason.Code.BETTER));
      } else if (isApart()) {
        decide(Verdict.HELPED, Reason.of(Reason.Code.BETTER_THAN_BEFORE));
      }
    } else if (interval.upper(plan.alphaOfLook()) < 0) {
      decide(
          Verdict.HARMED,
          Reason.of(isBeforeAfter ? Reason.Code.WORSE_THAN_BEFORE : Reason.Code.WORSE));
    } else if (differences.size() == plan.mostPairs()) {
      decide(Verdict.NO_EVIDENCE, Reason.of(Reason.Code.NO_EFFECT));
    }
  }

  /// Whether the worst block with the change is better than the best before it.
  private boolean isApart() {
    return plan.lowerIsBetter()
        ? Collections.max(afterValues) < Collections.min(beforeValues)
        : Collections.min(afterValues) > Collections.max(beforeValues);
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
