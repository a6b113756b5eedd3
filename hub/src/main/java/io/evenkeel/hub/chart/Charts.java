package io.evenkeel.hub.chart;

import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.HostStatus;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.telemetry.HubMetrics.QueryOrigin;
import io.evenkeel.hub.work.BusyException;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.MatrixSeries;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.tsdb.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Answers charts from the history. Safe for use by many threads.
///
/// A request's queries are evaluated side by side on the pool, a few at a time so that one page
/// does not fill its queue; an error of one leaves the others alone.
public final class Charts {
  /// How many queries one request may hold.
  public static final int MAX_QUERIES = 50;

  /// How many points a line may have.
  public static final int MAX_POINTS = 5_000;

  /// How many lines one query may have.
  static final int MAX_SERIES = 1_000;

  private static final int SIDE_BY_SIDE = 4;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long DEFAULT_PERIOD_MILLIS = 1_000;
  private static final long LONGEST_PERIOD_MILLIS = 60_000;

  /// Processes are scanned every 10 s at most: a value must not vanish between two scans.
  private static final long SHORTEST_LOOKBACK_MILLIS = 25_000;

  private final QueryEngine engine;
  private final CpuPool pool;
  private final HostRegistry hosts;
  private final HubMetrics metrics;

  public Charts(QueryEngine engine, CpuPool pool, HostRegistry hosts, HubMetrics metrics) {
    this.engine = engine;
    this.pool = pool;
    this.hosts = hosts;
    this.metrics = metrics;
  }

  /// Answers a request that was checked.
  ///
  /// @throws BusyException when the hub computes at its limit
  public ChartAnswer answer(ChartRequest request) throws InterruptedException {
    ChartGrid grid = grid(request);
    Semaphore turns = new Semaphore(SIDE_BY_SIDE);
    List<ChartAnswer.Result> results = new ArrayList<>(request.queries().size());
    try (ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ChartAnswer.Result>> running = new ArrayList<>();
      for (ChartRequest.Query query : request.queries()) {
        running.add(waiting.submit(inTurn(turns, () -> evaluate(query, grid))));
      }
      for (Future<ChartAnswer.Result> result : running) {
        results.add(join(result));
      }
    }
    return new ChartAnswer(
        request.from(),
        request.to(),
        grid.stepMillis(),
        grid.resolutionMillis(),
        grid.times(),
        results);
  }

  private <T> Callable<T> inTurn(Semaphore turns, Callable<T> work) {
    return () -> {
      turns.acquire();
      try {
        return pool.compute(work);
      } finally {
        turns.release();
      }
    };
  }

  private static <T> T join(Future<T> result) throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("a chart's query failed", e);
    }
  }

  private ChartAnswer.Result evaluate(ChartRequest.Query query, ChartGrid grid) {
    long begun = System.nanoTime();
    boolean failed = true;
    try {
      QueryOutcome outcome =
          engine.query(
              QueryRequest.range(
                      WindowVariable.expand(query.expr(), grid.windowMillis()),
                      grid.firstMillis(),
                      grid.lastMillis(),
                      grid.resolutionMillis())
                  .withLookback(Optional.of(lookback(query.expr(), grid)))
                  .withTimeout(Optional.of(TIMEOUT))
                  .withCancelled(() -> Thread.currentThread().isInterrupted()));
      List<MatrixSeries> series = series(outcome.value());
      if (series.size() > MAX_SERIES) {
        return failure(
            query,
            "the expression has "
                + series.size()
                + " series, a chart shows at most "
                + MAX_SERIES
                + ": add a filter, or topk()",
            null);
      }
      failed = false;
      return new ChartAnswer.Result(
          query.id(),
          null,
          series.stream().map(each -> ChartSeries.of(each, grid)).toList(),
          outcome.warnings());
    } catch (QueryException.BadQuery e) {
      return failure(
          query,
          String.valueOf(e.getMessage()),
          e.position() < 0
              ? null
              : WindowVariable.originalPosition(query.expr(), e.position(), grid.windowMillis()));
    } catch (QueryException | StorageException e) {
      return failure(query, String.valueOf(e.getMessage()), null);
    } finally {
      metrics.query(QueryOrigin.CHART, System.nanoTime() - begun, failed);
    }
  }

  private static ChartAnswer.Result failure(
      ChartRequest.Query query, String message, @Nullable Integer position) {
    return new ChartAnswer.Result(
        query.id(), new ChartAnswer.Failure(message, position), List.of(), List.of());
  }

  private static List<MatrixSeries> series(Value value) {
    return switch (value) {
      case Value.RangeVector range -> range.series();
      case Value.InstantVector vector ->
          throw new QueryException.Failed("a range query answered an instant vector");
      case Value.Scalar scalar ->
          throw new QueryException.Failed("a range query answered a scalar");
      case Value.Text text -> throw new QueryException.Failed("a text cannot be drawn");
    };
  }

  /// The grid: fine enough for the fastest of the hosts that the queries are about, with windows
  /// that hold enough samples of the slowest.
  private ChartGrid grid(ChartRequest request) {
    long finest = Long.MAX_VALUE;
    long slowest = 0;
    for (ChartRequest.Query query : request.queries()) {
      for (long period : periods(query.expr())) {
        finest = Math.min(finest, period);
        slowest = Math.max(slowest, period);
      }
    }
    return ChartGrid.of(
        request.from(),
        request.to(),
        slowest == 0 ? DEFAULT_PERIOD_MILLIS : finest,
        slowest == 0 ? DEFAULT_PERIOD_MILLIS : slowest,
        request.maxPoints());
  }

  /// How far a gauge's value reaches: over two and a half of its periods, then the line breaks.
  private Duration lookback(String expression, ChartGrid grid) {
    long slowest = periods(expression).stream().max(Long::compare).orElse(DEFAULT_PERIOD_MILLIS);
    return Duration.ofMillis(
        Math.max(
            Math.max(SHORTEST_LOOKBACK_MILLIS, slowest * 5 / 2),
            grid.resolutionMillis() + slowest));
  }

  /// The known periods of the hosts that an expression is about; of all that report when it does
  /// not say.
  private List<Long> periods(String expression) {
    Optional<Set<String>> selected = selected(expression);
    List<Long> periods = new ArrayList<>();
    for (Host host : hosts.all()) {
      Long period = host.periodMillis();
      boolean meant =
          selected.isPresent()
              ? selected.get().contains(host.name())
              : host.status() != HostStatus.SILENT;
      if (period != null && meant) {
        periods.add(Math.min(period, LONGEST_PERIOD_MILLIS));
      }
    }
    return periods;
  }

  private static Optional<Set<String>> selected(String expression) {
    try {
      Expr parsed = QueryEngine.parse(WindowVariable.expand(expression, DEFAULT_PERIOD_MILLIS));
      return SelectedHosts.of(parsed);
    } catch (QueryException.BadQuery e) {
      // The evaluation reports it with its place.
      return Optional.empty();
    }
  }
}
