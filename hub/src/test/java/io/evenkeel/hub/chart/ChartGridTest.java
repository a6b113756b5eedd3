package io.evenkeel.hub.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.promql.Value.MatrixSeries;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChartGridTest {
  private static final long NOW = 1_700_000_000_123L;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  @Test
  void a_short_range_shows_every_second() {
    ChartGrid grid = ChartGrid.of(NOW - 5 * MINUTE, NOW, 1000, 1000, 600);
    assertThat(grid.resolutionMillis()).isEqualTo(1000);
    assertThat(grid.stepMillis()).isEqualTo(1000);
    assertThat(grid.windowMillis()).isEqualTo(5000);
    assertThat(grid.times()).hasSize(300);
    assertThat(grid.times()[299]).isEqualTo(1_700_000_000_000L);
    assertThat(grid.isSingle()).isTrue();
  }

  @Test
  void an_hour_is_evaluated_by_the_second_and_answered_in_buckets() {
    ChartGrid grid = ChartGrid.of(NOW - HOUR, NOW, 1000, 1000, 800);
    assertThat(grid.resolutionMillis()).isEqualTo(1000);
    assertThat(grid.stepMillis()).isEqualTo(5000);
    assertThat(grid.buckets()).isBetween(720, 721);
  }

  @Test
  void a_day_has_windows_that_reach_behind_the_evaluation_before() {
    ChartGrid grid = ChartGrid.of(NOW - 24 * HOUR, NOW, 1000, 1000, 800);
    assertThat(grid.resolutionMillis()).isEqualTo(15_000);
    assertThat(grid.windowMillis()).isEqualTo(16_000);
    assertThat(grid.stepMillis()).isEqualTo(120_000);
  }

  @Test
  void a_slower_period_widens_the_window_and_the_resolution() {
    ChartGrid grid = ChartGrid.of(NOW - HOUR, NOW, 15_000, 15_000, 800);
    assertThat(grid.resolutionMillis()).isEqualTo(15_000);
    assertThat(grid.windowMillis()).isEqualTo(75_000);
  }

  @Test
  void fast_and_slow_hosts_together_get_the_resolution_of_one_and_the_window_of_the_other() {
    ChartGrid grid = ChartGrid.of(NOW - 5 * MINUTE, NOW, 1000, 15_000, 600);
    assertThat(grid.resolutionMillis()).isEqualTo(1000);
    assertThat(grid.windowMillis()).isEqualTo(75_000);
  }

  @Test
  void an_errors_position_is_told_in_the_expression_as_it_was_given() {
    String given = "rate(x[$window]) + rate(y[$window]) +";
    String expanded = WindowVariable.expand(given, 5000);
    assertThat(WindowVariable.originalPosition(given, expanded.indexOf('y'), 5000))
        .isEqualTo(given.indexOf('y'));
    assertThat(WindowVariable.originalPosition(given, expanded.lastIndexOf('+'), 5000))
        .isEqualTo(given.lastIndexOf('+'));
    assertThat(WindowVariable.originalPosition(given, 3, 5000)).isEqualTo(3);
    assertThat(WindowVariable.originalPosition(given, expanded.indexOf("5s") + 1, 5000))
        .isEqualTo(given.indexOf("$window"));
  }

  @Test
  void no_grid_has_too_many_points_or_evaluations_or_leaves_time_uncovered() {
    Random random = new Random(9);
    for (int i = 0; i < 20_000; i++) {
      long range = 1000 + (long) Math.exp(random.nextDouble() * 18) * 1000;
      long period = new long[] {1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000}[i % 7];
      int maxPoints = 10 + random.nextInt(3000);
      long to = NOW + random.nextInt(1_000_000);
      ChartGrid grid = ChartGrid.of(to - range, to, period, period, maxPoints);
      // A range that is not aligned touches one bucket more than it is long.
      assertThat(grid.buckets()).isBetween(1, maxPoints + 1);
      long evaluations = (grid.lastMillis() - grid.firstMillis()) / grid.resolutionMillis() + 1;
      assertThat(evaluations).isLessThanOrEqualTo(ChartGrid.MAX_EVALUATIONS + 1);
      assertThat(grid.windowMillis()).isGreaterThanOrEqualTo(grid.resolutionMillis() + period);
      assertThat(grid.windowMillis()).isGreaterThanOrEqualTo(4 * period);
      assertThat(grid.stepMillis() % grid.resolutionMillis()).isZero();
      assertThat(grid.times()).isSorted().doesNotHaveDuplicates();
      assertThat(grid.bucket(grid.firstMillis())).isZero();
      assertThat(grid.bucket(grid.lastMillis())).isEqualTo(grid.buckets() - 1);
    }
  }

  @Test
  void a_spike_of_one_evaluation_is_in_its_buckets_maximum_wherever_it_falls() {
    ChartGrid grid = ChartGrid.of(NOW - HOUR, NOW, 1000, 1000, 100);
    int evaluations = (int) ((grid.lastMillis() - grid.firstMillis()) / 1000) + 1;
    long[] times = new long[evaluations];
    for (int i = 0; i < evaluations; i++) {
      times[i] = grid.firstMillis() + i * 1000L;
    }
    for (int spike = 0; spike < evaluations; spike += 7) {
      double[] values = new double[evaluations];
      Arrays.fill(values, 0.1);
      values[spike] = 0.99;
      ChartSeries series =
          ChartSeries.of(new MatrixSeries(Labels.of("a", "b"), times, values, null), grid);
      assertThat(Objects.requireNonNull(series.max())[grid.bucket(times[spike])]).isEqualTo(0.99);
      assertThat(series.stats().max()).isEqualTo(0.99);
      assertThat(series.stats().min()).isEqualTo(0.1);
    }
  }

  @Test
  void buckets_hold_mean_least_and_greatest_and_a_gap_is_null() {
    ChartGrid grid = new ChartGrid(1000, 12_000, 1000, 4000, 5000);
    MatrixSeries series =
        new MatrixSeries(
            Labels.of("a", "b"),
            new long[] {1000, 2000, 3000, 4000, 9000, 10_000, 11_000, 12_000},
            new double[] {1, 2, 3, 6, Double.NaN, 5, Double.POSITIVE_INFINITY, 7},
            null);
    ChartSeries chart = ChartSeries.of(series, grid);
    assertThat(grid.times()).containsExactly(4000, 8000, 12_000);
    assertThat(chart.avg()).containsExactly(3.0, null, 6.0);
    assertThat(chart.min()).containsExactly(1.0, null, 5.0);
    assertThat(chart.max()).containsExactly(6.0, null, 7.0);
    assertThat(chart.stats()).isEqualTo(new ChartSeries.Stats(1.0, 4.0, 7.0, 7.0));
  }

  @Test
  void a_series_without_a_number_has_no_stats() {
    ChartGrid grid = new ChartGrid(1000, 2000, 1000, 1000, 5000);
    ChartSeries chart =
        ChartSeries.of(
            new MatrixSeries(Labels.empty(), new long[] {1000}, new double[] {Double.NaN}, null),
            grid);
    assertThat(chart.avg()).containsExactly(null, null);
    assertThat(chart.min()).isNull();
    assertThat(chart.stats()).isEqualTo(new ChartSeries.Stats(null, null, null, null));
  }

  @Test
  void the_window_is_written_as_a_duration() {
    assertThat(WindowVariable.expand("rate(x[$window]) / rate(y[$window])", 5000))
        .isEqualTo("rate(x[5s]) / rate(y[5s])");
    assertThat(WindowVariable.expand("x", 5000)).isEqualTo("x");
    assertThat(WindowVariable.expand("rate(x[$window])", 2500)).isEqualTo("rate(x[2500ms])");
  }
}
