package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.MeasuredSeconds.Second;
import io.evenkeel.hub.tune.trial.Block;
import io.evenkeel.hub.tune.trial.Noise;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.tune.trial.Reason.Code;
import io.evenkeel.hub.tune.trial.Trial;
import io.evenkeel.hub.tune.trial.TrialPlan;
import io.evenkeel.hub.tune.trial.TrialReport;
import io.evenkeel.hub.tune.trial.TrialReport.Verdict;
import io.evenkeel.hub.tune.trial.TripWire;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Tries one change on one server: looks at the noise first, then turns the knob on and off in
/// random order, watches the guards every second, and keeps the new value only when it helped.
///
/// It runs on the caller's thread and only waits. Whatever ends it before a verdict, the old value
/// comes back: by this, or by the server itself when nobody renews the lease.
public final class TrialRun {
  /// The value of a block that lost more of its seconds than this is no value.
  private static final double LEAST_SHARE = 0.5;

  private final TunedServer server;
  private final TrialPlan plan;
  private final TrialTiming timing;
  private final MeasuredSeconds seconds;
  private final Consumer<TrialEvent> watcher;
  private int blocks;

  public TrialRun(
      TunedServer server,
      TrialPlan plan,
      TrialTiming timing,
      MeasuredSeconds seconds,
      Consumer<TrialEvent> watcher) {
    this.server = server;
    this.plan = plan;
    this.timing = timing;
    this.seconds = seconds;
    this.watcher = watcher;
  }

  /// Tries a change.
  ///
  /// @param id of the change, never used before
  /// @param approvedBy the person who approved it; empty when nobody did
  /// @param sought the share by which the measure is hoped to get better: when the host's noise
  ///   would hide it, nothing is tried
  /// @param seed of the order of the blocks
  /// @throws InterruptedException when the thread is told to end; the old value is back then
  public TrialOutcome run(
      String id, TuningRequest request, String approvedBy, double sought, long seed)
      throws InterruptedException {
    Optional<Reason> impossible = problem(server.look(request).result());
    if (impossible.isPresent()) {
      return new TrialOutcome.NotTried(impossible.get());
    }
    Map<Guard, List<Double>> before = new EnumMap<>(Guard.class);
    List<Block> quiet = new ArrayList<>();
    for (int i = 0; i < timing.noiseBlocks(); i++) {
      Optional<Block> block = quietBlock(before);
      if (block.isEmpty()) {
        return new TrialOutcome.NotTried(Reason.of(Code.MEASURE_MISSING));
      }
      quiet.add(block.get());
    }
    Noise noise = Noise.of(quiet, plan, seed);
    watcher.accept(new TrialEvent.NoiseSeen(noise));
    if (noise.smallestEffect() > sought) {
      return new TrialOutcome.NotTried(hidden(noise, sought));
    }
    return switch (server.apply(id, request, approvedBy, server.lease().length())) {
      case TuningResult.Done(String from, String to) -> {
        Trial trial = new Trial(plan, noise.level(), seed);
        TripWire wire = new TripWire(arrays(before));
        watcher.accept(new TrialEvent.Turned(from, wire));
        yield ended(id, tried(id, trial, quiet, wire), noise);
      }
      case TuningResult.Refused(String reason) ->
          new TrialOutcome.NotTried(Reason.told(Code.REFUSED, reason));
      case TuningResult.Failed(String reason) ->
          new TrialOutcome.NotTried(Reason.told(Code.REFUSED, reason));
      case TuningResult.Busy(String reason) ->
          new TrialOutcome.NotTried(Reason.told(Code.REFUSED, reason));
      case TuningResult.Yielded(String found) -> notTried(Code.SET_BY_OTHERS, found);
    };
  }

  private static TrialOutcome notTried(Code code, String value) {
    return new TrialOutcome.NotTried(Reason.of(code, value));
  }

  private static Reason hidden(Noise noise, double sought) {
    if (Double.isInfinite(noise.smallestEffect())) {
      return Reason.of(noise.level() > 0 ? Code.TOO_NOISY : Code.NOTHING_TO_IMPROVE);
    }
    return Reason.of(Code.HIDDEN, percent(noise.smallestEffect()), percent(sought));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f", 100 * share);
  }

  private Optional<Block> quietBlock(Map<Guard, List<Double>> guards) throws InterruptedException {
    blocks++;
    List<Double> values = new ArrayList<>();
    List<Double> offered = new ArrayList<>();
    for (int i = 0; i < timing.washout() + timing.block(); i++) {
      Second second = seconds.next();
      watcher.accept(new TrialEvent.SecondPassed(true, blocks, false, i + 1, second));
      second
          .guards()
          .forEach((guard, value) ->
              guards.computeIfAbsent(guard, first -> new ArrayList<>()).add(value));
      if (i >= timing.washout()) {
        second.measure().ifPresent(values::add);
        second.offered().ifPresent(offered::add);
      }
    }
    return done(false, values, offered);
  }

  private TrialReport tried(String id, Trial trial, List<Block> quiet, TripWire wire)
      throws InterruptedException {
    try {
      while (trial.next().isPresent()) {
        oneBlock(id, trial, quiet, wire);
      }
      return trial.report().orElseThrow();
    } catch (InterruptedException | RuntimeException e) {
      var unused = server.revert(id, "hub", "the trial was ended before a verdict");
      throw e;
    }
  }

  private void oneBlock(String id, Trial trial, List<Block> quiet, TripWire wire)
      throws InterruptedException {
    boolean on = trial.next().orElseThrow();
    TuningResult held = server.hold(id, on);
    if (!on && held instanceof TuningResult.Busy) {
      trial.compareWithBefore(quiet);
      watcher.accept(new TrialEvent.ComparedWithBefore());
      return;
    }
    blocks++;
    Optional<Reason> lost = problem(held);
    List<Double> values = new ArrayList<>();
    List<Double> offered = new ArrayList<>();
    for (int i = 0; lost.isEmpty() && i < timing.washout() + timing.block(); i++) {
      Second second = seconds.next();
      watcher.accept(new TrialEvent.SecondPassed(false, blocks, on, i + 1, second));
      if (i % server.lease().renewedEverySeconds() == 0) {
        lost = problem(server.renew(id, server.lease().length()));
      }
      if (on) {
        Optional<TripWire.Trip> tripped = wire.second(second.guards());
        if (tripped.isPresent()) {
          watcher.accept(new TrialEvent.Tripped(tripped.get()));
          trial.trip(tripped.get().reason());
          return;
        }
      }
      if (i >= timing.washout()) {
        second.measure().ifPresent(values::add);
        second.offered().ifPresent(offered::add);
      }
    }
    if (lost.isPresent()) {
      trial.abandon(lost.get());
      return;
    }
    Optional<Block> block = done(on, values, offered);
    if (block.isEmpty()) {
      trial.abandon(Reason.of(Code.MEASURE_MISSING));
      return;
    }
    int voidBefore = trial.voidPairs();
    trial.accept(block.get());
    if (trial.voidPairs() > voidBefore) {
      watcher.accept(new TrialEvent.PairVoid());
    }
  }

  private TrialOutcome ended(String id, TrialReport report, Noise noise) {
    watcher.accept(new TrialEvent.Decided(report));
    if (!isOpen(id)) {
      // Somebody else's value, or the server's own end of the lease: nothing is left to end.
      return new TrialOutcome.Tried(report, noise, false, report.reason());
    }
    boolean helped = report.verdict() == Verdict.HELPED;
    if (helped) {
      Optional<Reason> problem = problem(server.keep(id, "hub"));
      if (problem.isEmpty()) {
        return new TrialOutcome.Tried(report, noise, true, Reason.of(Code.NEW_VALUE_STAYS));
      }
    }
    Optional<Reason> problem =
        problem(server.revert(id, "hub", report.verdict() + ": " + report.reason().text()));
    return new TrialOutcome.Tried(
        report, noise, false, problem.orElse(Reason.of(Code.OLD_VALUE_BACK)));
  }

  /// Whether there is a change to end, as far as the server can be asked.
  private boolean isOpen(String id) {
    TuningStanding standing = server.standing();
    return !standing.problem().isEmpty()
        || standing.changes().stream().anyMatch(change -> change.id().equals(id));
  }

  private static Optional<Reason> problem(TuningResult result) {
    return switch (result) {
      case TuningResult.Done done -> Optional.empty();
      case TuningResult.Refused(String reason) -> Optional.of(Reason.told(Code.REFUSED, reason));
      case TuningResult.Failed(String reason) -> Optional.of(Reason.told(Code.REFUSED, reason));
      case TuningResult.Busy(String reason) ->
          Optional.of(Reason.told(Code.OLD_VALUE_OWED, reason));
      case TuningResult.Yielded(String found) -> Optional.of(Reason.of(Code.SET_BY_OTHERS, found));
    };
  }

  private Optional<Block> done(boolean on, List<Double> values, List<Double> offered) {
    if (values.size() < LEAST_SHARE * timing.block()) {
      return Optional.empty();
    }
    Block block = Block.of(on, array(values), array(offered));
    watcher.accept(new TrialEvent.BlockDone(block));
    return Optional.of(block);
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static Map<Guard, double[]> arrays(Map<Guard, List<Double>> guards) {
    Map<Guard, double[]> arrays = new EnumMap<>(Guard.class);
    guards.forEach((guard, values) -> arrays.put(guard, array(values)));
    return arrays;
  }
}
