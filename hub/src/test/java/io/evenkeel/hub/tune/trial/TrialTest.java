package io.evenkeel.hub.tune.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.hub.tune.trial.TrialReport.Verdict;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrialTest {
  private static final TrialPlan PLAN = TrialPlan.usual(true);

  private static TrialReport run(double effect, double noise, long seed, TrialPlan plan) {
    SplittableRandom random = new SplittableRandom(seed);
    Trial trial = new Trial(plan, 100, seed);
    while (trial.next().isPresent()) {
      boolean on = trial.next().get();
      double value = 100 * (on ? 1 - effect : 1) + noise * (random.nextDouble() - 0.5);
      trial.accept(new Block(on, value, OptionalDouble.of(500)));
    }
    return trial.report().orElseThrow();
  }

  @Test
  void a_clear_help_is_found_with_six_pairs() {
    TrialReport report = run(0.2, 4, 7, PLAN);
    assertThat(report.verdict()).isEqualTo(Verdict.HELPED);
    assertThat(report.pairs()).isEqualTo(6);
    assertThat(report.effect()).isBetween(0.17, 0.23);
    assertThat(report.low()).isGreaterThan(0.15).isLessThan(report.effect());
  }

  @Test
  void a_clear_harm_is_found_with_six_pairs() {
    TrialReport report = run(-0.2, 4, 7, PLAN);
    assertThat(report.verdict()).isEqualTo(Verdict.HARMED);
    assertThat(report.effect()).isNegative();
  }

  @Test
  void a_measure_that_should_grow_is_judged_the_other_way() {
    assertThat(run(0.2, 4, 7, TrialPlan.usual(false)).verdict()).isEqualTo(Verdict.HARMED);
    assertThat(run(-0.2, 4, 7, TrialPlan.usual(false)).verdict()).isEqualTo(Verdict.HELPED);
  }

  @Test
  void a_help_of_less_than_is_worth_keeping_is_no_evidence() {
    TrialReport report = run(0.02, 1, 7, PLAN);
    assertThat(report.verdict()).isEqualTo(Verdict.NO_EVIDENCE);
    assertThat(report.pairs()).isEqualTo(12);
  }

  @Test
  void the_same_seed_gives_the_same_trial() {
    assertThat(run(0.05, 20, 11, PLAN)).isEqualTo(run(0.05, 20, 11, PLAN));
  }

  @Test
  void both_orders_come_up() {
    List<Boolean> firsts = new ArrayList<>();
    for (long seed = 0; seed < 40; seed++) {
      firsts.add(new Trial(PLAN, 1, seed).next().orElseThrow());
    }
    assertThat(firsts).contains(true, false);
  }

  @Test
  void pairs_whose_load_moved_do_not_count_and_too_many_end_it() {
    Trial trial = new Trial(PLAN, 100, 3);
    double load = 500;
    while (trial.next().isPresent()) {
      trial.accept(new Block(trial.next().get(), 50, OptionalDouble.of(load)));
      load *= 1.2;
    }
    assertThat(trial.report().orElseThrow())
        .matches(report -> report.verdict() == Verdict.NO_EVIDENCE)
        .matches(report -> report.voidPairs() == 5 && report.pairs() == 0)
        .matches(report -> report.reason().code() == Reason.Code.LOAD_MOVED);
  }

  @Test
  void a_tripped_guard_is_harm_whatever_the_measure_says() {
    Trial trial = new Trial(PLAN, 100, 3);
    trial.trip(new TripWire.Trip(Guard.OOM_KILLS, 1, 0).reason());
    assertThat(trial.report().orElseThrow().verdict()).isEqualTo(Verdict.HARMED);
    assertThat(trial.next()).isEmpty();
  }

  @Test
  void a_block_that_was_not_asked_for_is_an_error() {
    Trial trial = new Trial(PLAN, 100, 3);
    boolean wanted = trial.next().orElseThrow();
    assertThatThrownBy(() -> trial.accept(new Block(!wanted, 1, OptionalDouble.empty())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_noisy_host_can_show_less_than_a_quiet_one() {
    double quiet = Noise.of(noise(2), PLAN, 1).smallestEffect();
    double loud = Noise.of(noise(30), PLAN, 1).smallestEffect();
    assertThat(quiet).isLessThan(0.08);
    assertThat(loud).isGreaterThan(2 * quiet);
    assertThat(Noise.of(noise(400), PLAN, 1).smallestEffect()).isInfinite();
  }

  @Test
  void a_measure_that_now_and_then_drops_by_itself_still_shows_that_nearly_all_of_it_went() {
    // Ports that come back all at once, each minute.
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      blocks.add(new Block(false, i == 3 ? 0 : 1, OptionalDouble.empty()));
    }
    assertThat(Noise.of(blocks, PLAN, 1).smallestEffect()).isBetween(0.5, 0.9);
  }

  private static Trial beforeAndAfter(TrialPlan plan, double[] before, double... after) {
    Trial trial = new Trial(plan, 100, 3);
    while (trial.next().orElseThrow()) {
      trial.accept(new Block(true, 1, OptionalDouble.of(500)));
    }
    List<Block> quiet = new ArrayList<>();
    for (double value : before) {
      quiet.add(new Block(false, value, OptionalDouble.of(500)));
    }
    trial.compareWithBefore(quiet);
    for (int i = 0; i < after.length && trial.next().isPresent(); i++) {
      assertThat(trial.next().orElseThrow()).as("never without the change").isTrue();
      trial.accept(new Block(true, after[i], OptionalDouble.of(500)));
    }
    return trial;
  }

  private static final double[] BEFORE = {100, 104, 98, 101, 97, 103, 99, 102};

  @Test
  void what_cannot_be_turned_back_is_compared_with_the_time_before_and_says_so() {
    TrialReport helped =
        beforeAndAfter(PLAN, BEFORE, 60, 62, 59, 61, 60, 63).report().orElseThrow();
    assertThat(helped.verdict()).isEqualTo(Verdict.HELPED);
    assertThat(helped.pairs()).as("what was counted before does not count").isEqualTo(6);
    assertThat(helped.reason().code()).isEqualTo(Reason.Code.BETTER_THAN_BEFORE);
    TrialReport harmed =
        beforeAndAfter(PLAN, BEFORE, 130, 131, 129, 140, 135, 130).report().orElseThrow();
    assertThat(harmed.verdict()).isEqualTo(Verdict.HARMED);
    assertThat(harmed.reason().code()).isEqualTo(Reason.Code.WORSE_THAN_BEFORE);
  }

  @Test
  void against_the_time_before_each_block_must_be_better_than_each_before() {
    // Better by 15 % in each pair, which would do in random order; but the first two before were as
    // good as the last one since.
    double[] falling = {110, 108, 106, 104, 102, 100, 98, 85};
    TrialReport report =
        beforeAndAfter(PLAN, falling, 92, 91, 90, 88, 86, 84, 82, 70).report().orElseThrow();
    assertThat(report.verdict()).isEqualTo(Verdict.NO_EVIDENCE);
    assertThat(report.reason().code()).isEqualTo(Reason.Code.NOT_BETTER_THAN_BEFORE);
  }

  @Test
  void blocks_before_that_are_used_up_end_it() {
    TrialReport report =
        beforeAndAfter(PLAN, BEFORE, 101, 99, 100, 102, 98, 101, 99, 100, 60, 60)
            .report()
            .orElseThrow();
    assertThat(report.verdict()).isEqualTo(Verdict.NO_EVIDENCE);
    assertThat(report.pairs()).isEqualTo(8);
  }

  @Test
  void a_measure_that_should_grow_is_compared_with_before_the_other_way() {
    TrialPlan growing = TrialPlan.usual(false);
    assertThat(
            beforeAndAfter(growing, BEFORE, 160, 162, 159, 161, 160, 163)
                .report()
                .orElseThrow()
                .verdict())
        .isEqualTo(Verdict.HELPED);
  }

  private static List<Block> noise(double width) {
    SplittableRandom random = new SplittableRandom(5);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      blocks.add(
          new Block(false, 200 + width * (random.nextDouble() - 0.5), OptionalDouble.empty()));
    }
    return blocks;
  }

  @Test
  void a_guard_trips_at_the_third_bad_second_of_five_and_not_before() {
    TripWire wire = new TripWire(Map.of(Guard.ERRORS_PER_SECOND, new double[] {0, 3, 1}));
    assertThat(wire.limit(Guard.ERRORS_PER_SECOND)).isEqualTo(6);
    Map<Guard, Double> bad = Map.of(Guard.ERRORS_PER_SECOND, 7.0);
    Map<Guard, Double> good = Map.of(Guard.ERRORS_PER_SECOND, 6.0);
    assertThat(wire.second(bad)).isEmpty();
    assertThat(wire.second(bad)).isEmpty();
    for (int i = 0; i < 3; i++) {
      assertThat(wire.second(good)).isEmpty();
    }
    // The first bad one is forgotten by now.
    assertThat(wire.second(bad)).isEmpty();
    assertThat(wire.second(good)).isEmpty();
    assertThat(wire.second(bad)).isEmpty();
    assertThat(wire.second(Map.of())).isEmpty();
    assertThat(wire.second(bad))
        .hasValueSatisfying(trip -> assertThat(trip.reason().text()).startsWith("errors"));
  }

  @Test
  void a_killed_process_trips_at_once() {
    TripWire wire = new TripWire(Map.of());
    assertThat(wire.second(Map.of(Guard.OOM_KILLS, 0.0))).isEmpty();
    assertThat(wire.second(Map.of(Guard.OOM_KILLS, 1.0))).isPresent();
  }

  @Test
  void kills_that_were_there_before_the_change_do_not_end_it_until_there_are_more() {
    TripWire wire = new TripWire(Map.of(Guard.OOM_KILLS, new double[] {0, 1, 1, 0}));
    for (int i = 0; i < 6; i++) {
      assertThat(wire.second(Map.of(Guard.OOM_KILLS, 1.0))).isEmpty();
    }
    assertThat(wire.second(Map.of(Guard.OOM_KILLS, 3.0))).isEmpty();
    assertThat(wire.second(Map.of(Guard.OOM_KILLS, 3.0))).isEmpty();
    assertThat(wire.second(Map.of(Guard.OOM_KILLS, 3.0))).isPresent();
  }
}
