package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.TrialDetail.BlockValue;
import io.evenkeel.hub.tune.TrialDetail.GuardValue;
import io.evenkeel.hub.tune.TrialDetail.Live;
import io.evenkeel.hub.tune.TrialDetail.NoiseLevel;
import io.evenkeel.hub.tune.TrialDetail.Plan;
import io.evenkeel.hub.tune.measure.GuardQueries;
import io.evenkeel.hub.tune.trial.Block;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.tune.trial.TrialPlan;
import io.evenkeel.hub.tune.trial.TrialReport;
import io.evenkeel.hub.tune.trial.TripWire;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A trial while it runs: what was seen of it so far, and the means to end it. The trial's thread
/// tells events, others look at [#detail] and may [#end] it.
final class RunningTrial implements Consumer<TrialEvent> {
  private static final long NANOS = 1_000_000_000L;

  private final String id;
  private final WantedTrial wanted;
  private final String by;
  private final long beganAt;
  private final TrialPlan plan;
  private final TrialTiming timing;
  private final TunedServer server;
  private final InstantSource clock;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<BlockValue> blocks = new ArrayList<>();
  private final Map<Guard, Double> guards = new EnumMap<>(Guard.class);

  private final List<TrialDetail.Step> steps = new ArrayList<>();

  private @Nullable Reason endReason;
  private TrialEvent.@Nullable SecondPassed second;
  private long secondAtNanos;
  private long blockBeganAt;
  private @Nullable NoiseLevel noise;
  private @Nullable String before;
  private @Nullable TripWire wire;
  private @Nullable Guard tripped;
  private @Nullable TrialReport report;
  private @Nullable TrialVerdict verdict;
  private boolean isBeforeAfter;
  private List<Reason> reasons = List.of();
  private String outcome = "";
  private boolean kept;
  private @Nullable Long endedAt;

  RunningTrial(
      String id,
      WantedTrial wanted,
      String by,
      TrialPlan plan,
      TrialTiming timing,
      TunedServer server,
      InstantSource clock) {
    this.id = id;
    this.wanted = wanted;
    this.by = by;
    this.plan = plan;
    this.timing = timing;
    this.server = server;
    this.clock = clock;
    this.beganAt = clock.millis();
    this.blockBeganAt = beganAt;
  }

  String id() {
    return id;
  }

  WantedTrial wanted() {
    return wanted;
  }

  String by() {
    return by;
  }

  TrialPlan plan() {
    return plan;
  }

  TrialTiming timing() {
    return timing;
  }

  CountDownLatch ended() {
    return ended;
  }

  /// Tells it to end; the first reason counts.
  synchronized void end(Reason why) {
    if (endReason == null) {
      endReason = why;
    }
    ended.countDown();
  }

  synchronized Reason endReason() {
    Reason told = endReason;
    // A thread that nobody told anything is interrupted when the process ends.
    return told == null ? Reason.of(Reason.Code.HUB_STOPPED) : told;
  }

  @Override
  public synchronized void accept(TrialEvent event) {
    switch (event) {
      case TrialEvent.SecondPassed passed -> {
        if (passed.second() == 1) {
          blockBeganAt = clock.millis();
        }
        second = passed;
        secondAtNanos = System.nanoTime();
        guards.clear();
        guards.putAll(passed.seen().guards());
      }
      case TrialEvent.BlockDone(Block block) -> blocks.add(value(block));
      case TrialEvent.PairVoid none -> {
        int pair = isBeforeAfter ? 1 : 2;
        for (int i = blocks.size() - pair; i < blocks.size(); i++) {
          blocks.set(i, blocks.get(i).notCounted());
        }
      }
      case TrialEvent.ComparedWithBefore none -> {
        isBeforeAfter = true;
        blocks.replaceAll(block -> block.noise() ? block : block.notCounted());
      }
      case TrialEvent.NoiseSeen(var seen) ->
          noise = new NoiseLevel(seen.level(), finite(seen.smallestEffect()));
      case TrialEvent.Turned(String from, TripWire limits) -> {
        before = from;
        wire = limits;
      }
      case TrialEvent.Tripped(TripWire.Trip trip) -> tripped = trip.guard();
      case TrialEvent.Decided(TrialReport made) -> {
        report = made;
        verdict = TrialVerdict.of(made.verdict());
        reasons = List.of(made.reason());
      }
    }
  }

  private BlockValue value(Block block) {
    boolean isNoise = second != null && second.noise();
    return new BlockValue(
        second == null ? 0 : second.number(),
        isNoise,
        block.on(),
        block.value(),
        known(block.offered()),
        blockBeganAt,
        clock.millis(),
        true);
  }

  /// Notes how it ended.
  ///
  /// @param ending what came of keeping the value or putting it back
  synchronized void ended(TrialVerdict as, Reason why, boolean stays, Reason ending) {
    verdict = as;
    reasons = List.of(why);
    kept = stays;
    outcome = ending.text();
    endedAt = clock.millis();
  }

  /// The trial as it is now.
  synchronized TrialDetail detail() {
    TrialReport made = report;
    TrialPhase phase =
        endedAt != null ? TrialPhase.ENDED : before == null ? TrialPhase.NOISE : TrialPhase.BLOCKS;
    return new TrialDetail(
        new TrialSummary(
            id,
            wanted.host(),
            wanted.request().action(),
            wanted.request().target(),
            wanted.request().value(),
            before,
            wanted.measure().title(),
            wanted.measure().unit(),
            wanted.measure().lowerIsBetter(),
            phase,
            verdict,
            made == null ? null : finite(made.effect()),
            made == null ? null : finite(made.low()),
            made == null ? null : finite(made.high()),
            kept,
            Reason.text(reasons),
            reasons,
            by,
            wanted.finding().orElse(null),
            beganAt,
            endedAt),
        wanted.measure(),
        wanted.sought(),
        new Plan(
            timing.noiseBlocks(),
            timing.block(),
            timing.washout(),
            plan.leastPairs(),
            plan.mostPairs(),
            plan.leastEffect(),
            plan.loadTolerance()),
        noise,
        blocks,
        Arrays.stream(Guard.values()).map(this::value).toList(),
        live(),
        made == null || endedAt == null
            ? null
            : new TrialDetail.Report(
                made.pairs(), made.voidPairs(), median(false), median(true), outcome),
        null,
        List.of(),
        List.copyOf(steps));
  }

  /// Notes what was done with its backend.
  synchronized void stepped(TrialDetail.Step step) {
    steps.add(step);
  }

  private GuardValue value(Guard guard) {
    return new GuardValue(
        guard,
        guard.title(),
        guard.unit(),
        guards.get(guard),
        wire == null ? null : Double.valueOf(wire.limit(guard)),
        guard == tripped,
        GuardQueries.of(guard, wanted.measure()).orElse(null));
  }

  private @Nullable Live live() {
    TrialEvent.SecondPassed now = second;
    if (now == null || endedAt != null) {
      return null;
    }
    long since = (System.nanoTime() - secondAtNanos) / NANOS;
    long inBlock = (long) timing.whole() - now.second();
    long noiseLeft =
        now.noise() ? (long) (timing.noiseBlocks() - now.number()) * timing.whole() : 0;
    long done = blocks.stream().filter(one -> !one.noise()).count();
    boolean inPairs = !now.noise();
    long pairBlocks = done + (inPairs ? 1 : 0);
    long least = Math.max(0, 2L * plan.leastPairs() - pairBlocks) * timing.whole();
    long most =
        Math.max(0, 2L * (plan.mostPairs() + plan.mostVoid()) - pairBlocks) * timing.whole();
    return new Live(
        now.number(),
        now.noise(),
        now.on(),
        now.second(),
        timing.whole(),
        known(now.seen().measure()),
        before == null ? 0 : Math.max(0, server.lease().length().toSeconds() - since),
        inBlock + noiseLeft + least,
        inBlock + noiseLeft + most);
  }

  private @Nullable Double median(boolean on) {
    double[] values =
        blocks.stream()
            .filter(one -> (isBeforeAfter && !on) == one.noise() && one.counts() && one.on() == on)
            .mapToDouble(BlockValue::value)
            .toArray();
    return values.length == 0 ? null : Double.valueOf(Block.of(on, values, new double[0]).value());
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static @Nullable Double known(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
