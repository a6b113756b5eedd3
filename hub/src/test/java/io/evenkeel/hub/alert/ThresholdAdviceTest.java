package io.evenkeel.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.wiring.ManualClock;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Where a noisy rule's threshold would better be, from a week in which `load` rests at 0.5, rises
/// to 0.85 ten times and to 0.95 twice, an hour each.
class ThresholdAdviceTest {
  private final ManualClock clock = new ManualClock();
  private final MemoryStore samples = new MemoryStore();
  private final CpuPool pool = new CpuPool(1, 10);
  private final ThresholdAdvice advice =
      new ThresholdAdvice(new QueryEngine(samples, QueryLimits.DEFAULT), pool, clock);

  @BeforeEach
  void week() {
    long end = clock.millis();
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(Labels.of("__name__", "load", "instance", "a"));
    long minute = Duration.ofMinutes(1).toMillis();
    int minutes = (int) Duration.ofDays(7).toMinutes();
    for (int i = 0; i <= minutes; i++) {
      // One rise each half day; the fourth and the ninth are the high ones.
      int half = i / 720;
      boolean up = half < 12 && i % 720 >= 300 && i % 720 < 360;
      double value = !up ? 0.5 : half == 3 || half == 8 ? 0.95 : 0.85;
      batch.addSample(series, end - (minutes - i) * minute, value);
    }
    samples.append(batch);
  }

  @AfterEach
  void end() {
    pool.close();
  }

  private static AlertRule rule(String expression) {
    return new AlertRule(
        "id",
        "g",
        "LoadHigh",
        expression,
        Duration.ofMinutes(5),
        Duration.ZERO,
        null,
        Map.of(),
        Map.of(),
        Duration.ofSeconds(15),
        Duration.ZERO,
        0,
        true,
        AlertRule.Origin.PAGES,
        null,
        true);
  }

  private ThresholdAdvice.Suggestion suggestion(String expression, int acknowledged)
      throws Exception {
    return switch (advice.of(rule(expression), acknowledged)) {
      case Outcome.Done<ThresholdAdvice.Suggestion>(ThresholdAdvice.Suggestion one) -> one;
      case Outcome.Refused<ThresholdAdvice.Suggestion> refused ->
          throw new AssertionError(refused.message());
    };
  }

  @Test
  void a_threshold_is_suggested_that_would_have_fired_as_often_as_somebody_cared()
      throws Exception {
    assertThat(suggestion("load > 0.8", 2))
        .isEqualTo(new ThresholdAdvice.Suggestion(">", 0.8, 12, 0.85, 2));
    // Nobody cared at all: once is still better than never.
    assertThat(suggestion("load > 0.8", 0))
        .isEqualTo(new ThresholdAdvice.Suggestion(">", 0.8, 12, 0.85, 2));
  }

  @Test
  void a_rule_below_a_threshold_is_moved_downwards() throws Exception {
    assertThat(suggestion("1 - load < 0.2", 2))
        .satisfies(one -> {
          assertThat(one.times()).isEqualTo(12);
          assertThat(one.suggested()).isBetween(0.05, 0.151);
          assertThat(one.suggestedTimes()).isEqualTo(2);
        });
  }

  @Test
  void nothing_is_suggested_where_somebody_cared_each_time_or_the_rule_was_quiet()
      throws Exception {
    assertThat(suggestion("load > 0.8", 12).suggested()).isNull();
    assertThat(suggestion("load > 0.99", 0))
        .isEqualTo(new ThresholdAdvice.Suggestion(">", 0.99, 0, null, 0));
  }

  @Test
  void a_rule_without_a_threshold_gets_a_reason_instead() throws Exception {
    assertThat(advice.of(rule("absent(load)"), 0))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.message().en()).contains("no threshold"));
    assertThat(advice.of(rule("load == 1"), 0)).isInstanceOf(Outcome.Refused.class);
  }
}
