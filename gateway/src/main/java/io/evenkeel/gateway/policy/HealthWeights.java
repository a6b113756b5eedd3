package io.evenkeel.gateway.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/// The slow outer loop that lets weights follow the monitored health of the hosts: each backend is
/// steered towards the pool's average utilisation, by proportional and integral action as in
/// Dropbox's Robinhood, never per request. Not thread-safe: one caller steps it.
///
/// A weight never leaves [floor, ceiling] × the configured one, moves by at most one step at a
/// time, then rests; utilisation is smoothed, small differences are left alone. A host without
/// recent figures goes back, step by step, to its configured weight: no data is no verdict.
public final class HealthWeights {
  private final Settings settings;
  private final Map<String, Steered> steered = new HashMap<>();

  public HealthWeights(Settings settings) {
    this.settings = settings;
  }

  /// The loop's constants.
  ///
  /// @param floor the least part of the configured weight
  /// @param ceiling the most
  /// @param step the largest change at once, as a part of the weight
  /// @param smoothing the part of a new reading in the average
  /// @param deadband differences from the average below this are left alone
  /// @param overload the utilisation above which a backend is relieved whatever the average
  /// @param rest how long a backend's weight stays after a change
  /// @param stale how old a reading may be
  public record Settings(
      double floor,
      double ceiling,
      double step,
      double smoothing,
      double deadband,
      double overload,
      Duration rest,
      Duration stale) {
    /// Engineering values that the simulator's sweep holds to.
    public static final Settings USUAL =
        new Settings(
            0.1, 2.0, 0.15, 0.4, 0.05, 0.8, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /// What is known of a backend.
  ///
  /// @param configured its weight by configuration
  /// @param current its weight now
  /// @param utilisation the larger of CPU and in-flight utilisation, 0 to 1; empty when unknown
  /// @param readAt when that was measured
  public record Reading(
      String backend,
      double configured,
      double current,
      OptionalDouble utilisation,
      Instant readAt) {}

  /// One step of the loop.
  ///
  /// @return the changes to apply, with their reasons
  public List<WeightChange> step(List<Reading> readings, Instant now) {
    List<WeightChange> changes = new ArrayList<>();
    double sum = 0;
    int known = 0;
    for (Reading reading : readings) {
      Steered state = steered.computeIfAbsent(reading.backend, _ -> new Steered());
      state.fresh = isFresh(reading, now);
      if (state.fresh) {
        state.smooth(reading.utilisation.getAsDouble(), settings.smoothing);
        sum += state.utilisation;
        known++;
      }
    }
    steered.keySet().retainAll(readings.stream().map(Reading::backend).toList());
    double average = known == 0 ? 0 : sum / known;
    for (Reading reading : readings) {
      Steered state = Objects.requireNonNull(steered.get(reading.backend));
      if (reading.configured <= 0 || state.rests(now, settings.rest)) {
        continue;
      }
      WeightChange change =
          state.fresh
              ? towardsAverage(reading, state, average, known, now)
              : towardsConfigured(reading, now);
      if (Math.abs(change.to() - change.from()) > 0.005 * reading.configured) {
        state.changedAt = now;
        changes.add(change);
      }
    }
    return changes;
  }

  private boolean isFresh(Reading reading, Instant now) {
    return reading.utilisation.isPresent()
        && Duration.between(reading.readAt, now).compareTo(settings.stale) <= 0;
  }

  private WeightChange towardsAverage(
      Reading reading, Steered state, double average, int known, Instant now) {
    boolean overloaded = state.utilisation > settings.overload;
    double error = average - state.utilisation;
    double relative = 0;
    WeightChange.Reason reason =
        error < 0 ? WeightChange.Reason.ABOVE_AVERAGE : WeightChange.Reason.BELOW_AVERAGE;
    if (known > 1 && Math.abs(error) > settings.deadband) {
      state.integral = clamp(state.integral + error, -1, 1);
      relative = error / Math.max(0.05, average) * 0.5 + 0.1 * state.integral;
      if (overloaded && error < 0) {
        relative = -settings.step;
        reason = WeightChange.Reason.OVERLOADED;
      } else if (overloaded) {
        // Everybody is: more traffic to the least overloaded would not help it.
        relative = 0;
      }
    } else {
      state.integral *= 0.5;
    }
    double bounded = clamp(relative, -settings.step, settings.step);
    double to =
        clamp(
            reading.current * (1 + bounded),
            settings.floor * reading.configured,
            settings.ceiling * reading.configured);
    return new WeightChange(
        reading.backend,
        reading.current,
        to,
        reason,
        OptionalDouble.of(state.utilisation),
        OptionalDouble.of(average),
        now);
  }

  private WeightChange towardsConfigured(Reading reading, Instant now) {
    double most = settings.step * reading.current;
    double to = reading.current + clamp(reading.configured - reading.current, -most, most);
    return new WeightChange(
        reading.backend,
        reading.current,
        to,
        WeightChange.Reason.STALE_DATA,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        now);
  }

  private static double clamp(double value, double least, double most) {
    return Math.max(least, Math.min(most, value));
  }

  private static final class Steered {
    private double utilisation = Double.NaN;
    private double integral;
    private boolean fresh;
    private Instant changedAt = Instant.MIN;

    private void smooth(double reading, double part) {
      utilisation =
          Double.isNaN(utilisation) ? reading : utilisation + part * (reading - utilisation);
    }

    private boolean rests(Instant now, Duration rest) {
      return !changedAt.equals(Instant.MIN) && now.isBefore(changedAt.plus(rest));
    }
  }
}
