package io.evenkeel.promql.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.MatrixSeries;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.tsdb.storage.ChangeLog;
import io.evenkeel.tsdb.storage.Queryable;
import io.evenkeel.tsdb.storage.StoreReader;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Answers of range queries whose steps stand at multiples of the step, in pieces, so that a
/// dashboard that is opened again or moves on computes only what it has not seen.
///
/// A piece is kept with the times of the samples that it was computed from and the number of the
/// store's last change before. It counts only while the [ChangeLog] knows of no later change at
/// those times: late samples, deletions and retention so take it out of use by themselves, and what
/// is cached is what the store would answer. Kept are only steps that depend on nothing but
/// themselves ([StepLocality]) and on samples old enough to be settled; not kept are answers with
/// warnings or histograms, and those of times of which only rollups are left. Bounded in memory:
/// what was not used for long goes first. Safe for use by many threads.
public final class ResultCache {
  /// How many steps a piece has at most.
  private static final int STEPS = 256;

  private final TimeSeriesStore store;
  private final ChangeLog changes;
  private final Cache<Key, Piece> pieces;
  private final LongAdder cachedSteps = new LongAdder();
  private final LongAdder computedSteps = new LongAdder();
  private final LongAdder outdated = new LongAdder();

  /// Which steps of which query a piece belongs to.
  ///
  /// @param number the piece's place among those of all time
  private record Key(String expression, long step, long lookback, long number) {}

  /// Evaluates a query over a part of its range.
  public interface Evaluator {
    /// Evaluates one over a store.
    QueryOutcome evaluate(QueryRequest request, Queryable source);
  }

  /// How the cache fares.
  ///
  /// @param cachedSteps steps of range queries that were answered from it, since the start
  /// @param computedSteps steps of range queries that were computed, since the start
  /// @param outdated pieces thrown away because their samples had changed, since the start
  /// @param pieces how many pieces are kept
  /// @param bytes about how much memory they take
  public record Figures(
      long cachedSteps, long computedSteps, long outdated, long pieces, long bytes) {}

  /// @param mostBytes about how much memory it may take
  public ResultCache(TimeSeriesStore store, long mostBytes) {
    this.store = store;
    this.changes = store.changes();
    this.pieces =
        Caffeine.newBuilder()
            .maximumWeight(mostBytes)
            .weigher((Key key, Piece piece) -> (int) Math.min(Integer.MAX_VALUE, piece.bytes()))
            .executor(Runnable::run)
            .build();
  }

  /// A cache, if it may take memory at all.
  ///
  /// @param mostBytes 0 for no cache
  public static Optional<ResultCache> of(TimeSeriesStore store, long mostBytes) {
    return mostBytes > 0 ? Optional.of(new ResultCache(store, mostBytes)) : Optional.empty();
  }

  /// Answers a range query, from what is kept as far as possible.
  ///
  /// @param evaluator computes the rest
  public QueryOutcome query(
      QueryRequest request, Expr expr, QueryLimits limits, Evaluator evaluator) {
    OptionalLong slack = slack(request, expr, limits);
    if (slack.isEmpty()) {
      computedSteps.add(steps(request));
      return evaluator.evaluate(request, store);
    }
    return new Composition(request, limits, evaluator, slack.getAsLong()).answer();
  }

  private static long steps(QueryRequest request) {
    return (request.endMillis() - request.startMillis()) / request.stepMillis() + 1;
  }

  private OptionalLong slack(QueryRequest request, Expr expr, QueryLimits limits) {
    boolean aligned = Math.floorMod(request.startMillis(), request.stepMillis()) == 0;
    return aligned && hasSamples(request.startMillis())
        ? StepLocality.slack(expr, limits.subqueryStep().toMillis(), request.stepMillis())
        : OptionalLong.empty();
  }

  /// Where only rollups are left a query looks further back, the later steps too.
  private boolean hasSamples(long startMillis) {
    try (StoreReader reader = store.reader(startMillis, startMillis)) {
      return reader.resolutionMillis(startMillis) == 0;
    }
  }

  /// How it fares now.
  public Figures figures() {
    return new Figures(
        cachedSteps.sum(),
        computedSteps.sum(),
        outdated.sum(),
        pieces.estimatedSize(),
        pieces.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L));
  }

  /// One query's answer, put together from pieces and from what is computed for the gaps between.
  private final class Composition {
    private final QueryRequest request;
    private final QueryLimits limits;
    private final Evaluator evaluator;
    private final long slack;
    private final long step;
    private final long first;
    private final long last;
    private final long lookback;
    private final long since = changes.now();
    private final List<List<MatrixSeries>> parts = new ArrayList<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> infos = new LinkedHashSet<>();
    private long samples;
    private long bytes;

    /// The first step that is not in a part yet.
    private long next;

    Composition(QueryRequest request, QueryLimits limits, Evaluator evaluator, long slack) {
      this.request = request;
      this.limits = limits;
      this.evaluator = evaluator;
      this.slack = slack;
      this.step = request.stepMillis();
      this.first = request.startMillis() / step;
      this.last = Math.floorDiv(request.endMillis(), step);
      this.lookback = request.lookback().orElse(limits.lookback()).toMillis();
      this.next = first;
    }

    QueryOutcome answer() {
      for (long number = number(first); number <= number(last); number++) {
        Piece piece = kept(key(number));
        if (piece != null && piece.last() >= next && piece.first() <= last) {
          long from = Math.max(piece.first(), next);
          compute(from - 1);
          long to = Math.min(piece.last(), last);
          take(Piece.between(piece.series(), from * step, to * step));
          cachedSteps.add(to - from + 1);
          next = to + 1;
        }
      }
      compute(last);
      return new QueryOutcome(
          new Value.RangeVector(Piece.joined(parts)),
          List.copyOf(warnings),
          List.copyOf(infos),
          samples);
    }

    private long number(long at) {
      return Math.floorDiv(at, STEPS);
    }

    private Key key(long number) {
      return new Key(request.expression(), step, lookback, number);
    }

    private @Nullable Piece kept(Key key) {
      Piece piece = pieces.getIfPresent(key);
      if (piece == null || changes.isUnchanged(piece.since(), piece.readFrom(), piece.readTo())) {
        return piece;
      }
      pieces.asMap().remove(key, piece);
      outdated.increment();
      return null;
    }

    private void take(List<MatrixSeries> part) {
      for (MatrixSeries one : part) {
        bytes += Piece.bytesOfPoints(one);
      }
      if (bytes > limits.maxMemoryBytes()) {
        throw new QueryException.Failed(
            "the query needs more than "
                + limits.maxMemoryBytes() / (1 << 20)
                + " MiB of memory; ask for a shorter range, a longer step or fewer series");
      }
      parts.add(part);
    }

    /// Computes the steps from the next one up to a last one, if there are any, and keeps them.
    private void compute(long to) {
      if (to < next) {
        return;
      }
      ReadTimes read = new ReadTimes(store);
      QueryOutcome outcome =
          evaluator.evaluate(
              new QueryRequest(
                  request.expression(),
                  next * step,
                  to * step,
                  step,
                  request.lookback(),
                  request.timeout(),
                  request.cancelled()),
              read);
      computedSteps.add(to - next + 1);
      samples += outcome.samples();
      warnings.addAll(outcome.warnings());
      infos.addAll(outcome.infos());
      List<MatrixSeries> series = ((Value.RangeVector) outcome.value()).series();
      take(series);
      if (outcome.warnings().isEmpty()
          && outcome.infos().isEmpty()
          && series.stream().allMatch(one -> one.histograms() == null)) {
        keep(to, series, read);
      }
      next = to + 1;
    }

    private void keep(long to, List<MatrixSeries> series, ReadTimes read) {
      long before = saturated(next * step, -read.from());
      long behind = saturated(read.to(), -to * step);
      // An expression that reads nothing (`time()`) costs nothing.
      if (read.from() > read.to() || before >= Long.MAX_VALUE / 4 || behind >= Long.MAX_VALUE / 4) {
        return;
      }
      long settled = Math.floorDiv(changes.settledBeforeMillis() - 1 - behind - slack, step);
      long end = Math.min(to, settled);
      for (long number = number(next); number <= number(end); number++) {
        long a = Math.max(next, number * STEPS);
        long b = Math.min(end, number * STEPS + STEPS - 1);
        if (a <= b) {
          Piece piece =
              new Piece(
                  a,
                  b,
                  Piece.between(series, a * step, b * step),
                  since,
                  a * step - before - slack,
                  b * step + behind + slack);
          pieces.asMap().merge(key(number), piece, this::larger);
        }
      }
    }

    /// Two pieces of one place as one, if they are neighbours; else the new one.
    private Piece larger(Piece old, Piece added) {
      boolean oldIsValid = changes.isUnchanged(old.since(), old.readFrom(), old.readTo());
      boolean inOrder = old.first() <= added.first();
      Piece left = inOrder ? old : added;
      Piece right = inOrder ? added : old;
      if (!oldIsValid || left.last() + 1 != right.first()) {
        return added;
      }
      return new Piece(
          left.first(),
          right.last(),
          Piece.joined(List.of(left.series(), right.series())),
          Math.min(left.since(), right.since()),
          Math.min(left.readFrom(), right.readFrom()),
          Math.max(left.readTo(), right.readTo()));
    }

    private static long saturated(long a, long b) {
      try {
        return Math.addExact(a, b);
      } catch (ArithmeticException e) {
        return Long.MAX_VALUE;
      }
    }
  }
}
