package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.TrialDetail.BlockValue;
import io.evenkeel.hub.tune.TrialDetail.Review;
import io.evenkeel.hub.tune.TrialDetail.Review.Finding;
import io.evenkeel.hub.tune.TrialDetail.Review.Occasion;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SortedMap;

/// What a kept change is worth lately: its measure's median against that of the trial's blocks
/// without the change. Where the trial measured the load, only moments whose load was the trial's
/// count, for a busier week says nothing about the change.
public final class KeptEffect {
  private static final Duration STEP = Duration.ofMinutes(5);

  /// Of fewer moments than this (two hours) nothing is said.
  private static final int LEAST_MOMENTS = 24;

  private final HostNumbers numbers;

  public KeptEffect(HostNumbers numbers) {
    this.numbers = numbers;
  }

  /// The look at a span that ends now.
  Review over(TrialDetail trial, Occasion occasion, long now, Duration span)
      throws InterruptedException {
    SortedMap<Long, Double> seen = seen(trial, trial.measure().expression(), now, span);
    double[] load = loads(trial);
    String offered = trial.measure().offered();
    int all = seen.size();
    if (offered != null && load.length > 0) {
      double usual = median(load);
      double tolerance = trial.plan().loadTolerance() * Math.abs(usual);
      Map<Long, Double> loads = seen(trial, offered, now, span);
      seen.keySet()
          .removeIf(at -> {
            Double one = loads.get(at);
            return one == null || Math.abs(one - usual) > tolerance;
          });
    }
    double before = before(trial);
    if (seen.size() < LEAST_MOMENTS || before == 0) {
      String why =
          before == 0
              ? "the measure was 0 without the change"
              : all < LEAST_MOMENTS
                  ? "the measure is missing"
                  : "the load was the trial's in " + seen.size() + " of " + all + " moments only";
      return new Review(occasion, Finding.CANNOT_TELL, null, before, null, why, now);
    }
    double lately = median(seen.values().stream().mapToDouble(Double::doubleValue).toArray());
    double effect = effect(trial.measure(), before, lately);
    boolean holds = effect > trial.plan().leastEffect();
    return new Review(
        occasion,
        holds ? Finding.HOLDS : Finding.GONE,
        effect,
        before,
        lately,
        percent(effect) + " better than before the change, in " + seen.size() + " moments",
        now);
  }

  /// A span's load as a share of the trial's; missing when nobody measured it.
  OptionalDouble load(TrialDetail trial, long now, Duration span) throws InterruptedException {
    String offered = trial.measure().offered();
    double[] then = loads(trial);
    if (offered == null || then.length == 0 || median(then) == 0) {
      return OptionalDouble.empty();
    }
    double[] lately =
        seen(trial, offered, now, span).values().stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    return lately.length < LEAST_MOMENTS
        ? OptionalDouble.empty()
        : OptionalDouble.of(median(lately) / median(then));
  }

  /// The look at a span whose load is another. A measure of which less is better and that more load
  /// makes worse tells something still: when it is better under more load, and when it is no better
  /// under less.
  Review underOtherLoad(TrialDetail trial, double load, long now, Duration span)
      throws InterruptedException {
    double before = before(trial);
    double[] lately =
        seen(trial, trial.measure().expression(), now, span).values().stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    String said = String.format(Locale.ROOT, "the load is %.2f times the trial's", load);
    if (lately.length < LEAST_MOMENTS || before == 0) {
      return new Review(
          Occasion.WORKLOAD,
          Finding.CANNOT_TELL,
          null,
          before,
          null,
          said + ", and the measure is missing",
          now);
    }
    double middle = median(lately);
    double effect = effect(trial.measure(), before, middle);
    boolean better = effect > trial.plan().leastEffect();
    Finding finding =
        trial.measure().lowerIsBetter() && better && load > 1
            ? Finding.HOLDS
            : trial.measure().lowerIsBetter() && !better && load < 1
                ? Finding.GONE
                : Finding.CANNOT_TELL;
    return new Review(
        Occasion.WORKLOAD,
        finding,
        finding == Finding.CANNOT_TELL ? null : Double.valueOf(effect),
        before,
        middle,
        finding == Finding.CANNOT_TELL ? said + ": try the change again" : said,
        now);
  }

  private SortedMap<Long, Double> seen(
      TrialDetail trial, String expression, long now, Duration span) throws InterruptedException {
    return numbers.seen(trial.trial().host(), expression, now - span.toMillis(), now, STEP);
  }

  private static double before(TrialDetail trial) {
    return Objects.requireNonNull(Objects.requireNonNull(trial.report()).before());
  }

  private static double[] loads(TrialDetail trial) {
    List<Double> loads = new ArrayList<>();
    for (BlockValue block : trial.blocks()) {
      Double offered = block.offered();
      if (!block.noise() && block.counts() && offered != null) {
        loads.add(offered);
      }
    }
    return loads.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double effect(Measure measure, double before, double now) {
    return (measure.lowerIsBetter() ? before - now : now - before) / Math.abs(before);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%+.1f %%", 100 * share);
  }
}
