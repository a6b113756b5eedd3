package io.evenkeel.hub.live;

import io.evenkeel.hub.chart.WindowVariable;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.telemetry.HubMetrics.QueryOrigin;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.Value.VectorSample;
import io.evenkeel.tsdb.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One expression that any number of streams watch on one host; evaluated once for all.
///
/// Evaluated by one thread at a time, read by many. A slow expression rests after each evaluation,
/// so that it uses a tenth of the time at most.
final class SharedExpression {
  /// A minute at the usual period: as long as a stream can be resumed.
  private static final int HISTORY = 60;

  private static final int REST_PER_WORK = 9;

  private final String text;
  private final LiveLimits limits;
  private List<Labels> series = List.of();
  private int revision = 1;
  private String seriesJson = "[]";
  private long notBeforeNanos = Long.MIN_VALUE;
  private final Deque<Evaluated> history = new ArrayDeque<>();
  private volatile @Nullable Evaluated latest;

  SharedExpression(String text, LiveLimits limits) {
    this.text = text;
    this.limits = limits;
  }

  /// The newest evaluation, or null before the first.
  @Nullable Evaluated latest() {
    return latest;
  }

  /// The evaluation at exactly a time, or null when there was none or it is forgotten.
  @Nullable Evaluated at(long timeMillis) {
    synchronized (history) {
      for (Evaluated evaluated : history) {
        if (evaluated.timeMillis() == timeMillis) {
          return evaluated;
        }
      }
    }
    return null;
  }

  /// Evaluates at a time, unless that was done or the expression still rests.
  void evaluate(QueryEngine engine, HubMetrics metrics, long timeMillis, long windowMillis) {
    long begun = System.nanoTime();
    Evaluated last = latest;
    if (last != null && (timeMillis <= last.timeMillis() || begun < notBeforeNanos)) {
      return;
    }
    Evaluated next;
    boolean failed = false;
    try {
      String expression = WindowVariable.expand(text, windowMillis);
      Value value = engine.query(QueryRequest.instant(expression, timeMillis)).value();
      next = written(timeMillis, samples(value));
    } catch (QueryException | StorageException e) {
      failed = true;
      next = failed(timeMillis, String.valueOf(e.getMessage()));
    }
    long took = System.nanoTime() - begun;
    if (took > limits.slowEvaluation().toNanos()) {
      notBeforeNanos = begun + took + REST_PER_WORK * took;
    }
    metrics.query(QueryOrigin.LIVE, took, failed);
    synchronized (history) {
      history.addLast(next);
      if (history.size() > HISTORY) {
        history.removeFirst();
      }
    }
    latest = next;
  }

  private static List<VectorSample> samples(Value value) {
    return switch (value) {
      case Value.InstantVector vector ->
          vector.samples().stream()
              .filter(sample -> sample.histogram() == null)
              .sorted(Comparator.comparing(VectorSample::labels))
              .toList();
      case Value.Scalar scalar ->
          List.of(new VectorSample(Labels.empty(), scalar.timestampMillis(), scalar.value(), null));
      case Value.Text text ->
          throw new QueryException.Failed("a text has no live value: ask for a number");
      case Value.RangeVector range ->
          throw new QueryException.Failed(
              "a range has no live value: put a function such as rate() around it");
    };
  }

  private Evaluated written(long timeMillis, List<VectorSample> samples) {
    if (samples.size() > limits.series()) {
      return failed(
          timeMillis,
          "the expression has "
              + samples.size()
              + " series, at most "
              + limits.series()
              + " are sent live: add a filter, or topk()");
    }
    List<Labels> labels = new ArrayList<>(samples.size());
    StringBuilder values = new StringBuilder(16 * samples.size() + 2).append('[');
    for (VectorSample sample : samples) {
      values.append(labels.isEmpty() ? "" : ",");
      labels.add(sample.labels());
      JsonText.number(values, sample.value());
    }
    if (!labels.equals(series)) {
      series = labels;
      revision++;
      StringBuilder json = new StringBuilder("[");
      for (int i = 0; i < labels.size(); i++) {
        json.append(i == 0 ? "" : ",");
        JsonText.labels(json, labels.get(i));
      }
      seriesJson = json.append(']').toString();
    }
    return new Evaluated(timeMillis, revision, seriesJson, values.append(']').toString(), null);
  }

  private Evaluated failed(long timeMillis, String message) {
    if (!series.isEmpty()) {
      series = List.of();
      seriesJson = "[]";
      revision++;
    }
    return new Evaluated(timeMillis, revision, seriesJson, "[]", message);
  }
}
