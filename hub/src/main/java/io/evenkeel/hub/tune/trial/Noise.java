package io.evenkeel.hub.tune.trial;

import io.evenkeel.hub.tune.trial.TrialReport.Verdict;
import java.util.List;
import java.util.SplittableRandom;

/// What the measure does by itself: blocks without any change (an A/A run), and from them the
/// smallest effect that a trial on this host could show.
///
/// @param level the median of the blocks
/// @param smallestEffect which a trial shows at least four times in five; positive infinity when
///   not even nine tenths would show
public record Noise(double level, double smallestEffect) {
  private static final int TRIALS = 200;
  private static final double POWER = 0.8;
  private static final double STEP = 0.01;
  private static final double GREATEST = 0.9;

  /// Judges an A/A run.
  ///
  /// @param blocks at least four, in their order; neighbours make the pairs of a mock trial
  public static Noise of(List<Block> blocks, TrialPlan plan, long seed) {
    if (blocks.size() < 4) {
      throw new IllegalArgumentException("an A/A run has four blocks at least");
    }
    double level = Block.median(blocks.stream().mapToDouble(Block::value).toArray());
    if (!(level > 0)) {
      return new Noise(level, Double.POSITIVE_INFINITY);
    }
    double least = plan.leastEffect() + STEP;
    if (!shows(blocks, plan, level, GREATEST, seed)) {
      return new Noise(level, Double.POSITIVE_INFINITY);
    }
    double most = GREATEST;
    while (most - least > STEP / 2) {
      double middle = (least + most) / 2;
      if (shows(blocks, plan, level, middle, seed)) {
        most = middle;
      } else {
        least = middle;
      }
    }
    return new Noise(level, most);
  }

  /// Whether trials made of neighbouring A/A blocks, drawn again and again, find an effect that was
  /// put in.
  private static boolean shows(
      List<Block> blocks, TrialPlan plan, double level, double effect, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double shift = (plan.lowerIsBetter() ? -1 : 1) * effect * level;
    int found = 0;
    for (int i = 0; i < TRIALS; i++) {
      Trial trial = new Trial(plan, level, random.nextLong());
      int at = 0;
      boolean isFirst = true;
      while (trial.next().isPresent()) {
        at = isFirst ? random.nextInt(blocks.size() - 1) : at + 1;
        isFirst = !isFirst;
        boolean on = trial.next().get();
        Block block = blocks.get(at);
        trial.accept(
            new Block(on, block.value() + (on ? shift : 0), java.util.OptionalDouble.empty()));
      }
      if (trial.report().orElseThrow().verdict() == Verdict.HELPED) {
        found++;
      }
    }
    return found >= POWER * TRIALS;
  }
}
