package io.evenkeel.hub.rules;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.tsdb.storage.AppendReport;
import io.evenkeel.tsdb.storage.StorageException;
import io.evenkeel.tsdb.storage.TimeSeriesStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The recording rules of one group, with what they wrote last. Evaluated by one thread at a time;
/// its status is read by many.
public final class RecordingGroup {
  /// How often a group is evaluated that does not say; Prometheus's default.
  public static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final String SAME_LABELS =
      "vector contains metrics with the same labelset after applying rule labels";

  private final String file;
  private final RuleGroup group;
  private final List<RecordingRule> rules;
  private final Map<RecordingRule, Set<Labels>> written = new HashMap<>();
  private volatile Status status;

  /// How a group's last evaluation went.
  ///
  /// @param evaluatedAtMillis the time of the evaluation, or empty before the first
  /// @param rules one entry per recording rule, in their order
  public record Status(
      String file, RuleGroup group, Optional<Long> evaluatedAtMillis, List<RuleStatus> rules) {
    public Status {
      rules = List.copyOf(rules);
    }
  }

  /// How a rule's last evaluation went.
  ///
  /// @param series how many series it wrote
  /// @param took how long it took
  /// @param error why it wrote nothing, or empty
  public record RuleStatus(RecordingRule rule, int series, Duration took, Optional<String> error) {}

  /// @param file where the group stands
  public RecordingGroup(String file, RuleGroup group) {
    this.file = file;
    this.group = group;
    this.rules =
        group.rules().stream()
            .filter(RecordingRule.class::isInstance)
            .map(RecordingRule.class::cast)
            .toList();
    this.status =
        new Status(
            file,
            group,
            Optional.empty(),
            rules.stream()
                .map(rule -> new RuleStatus(rule, 0, Duration.ZERO, Optional.empty()))
                .toList());
  }

  boolean isSameAs(String otherFile, RuleGroup other) {
    return file.equals(otherFile) && group.equals(other);
  }

  Duration interval() {
    return group.interval().orElse(INTERVAL);
  }

  /// How the last evaluation went.
  public Status status() {
    return status;
  }

  /// Evaluates the rules one after the other, so that a rule sees what those before it wrote.
  public void evaluate(QueryEngine queries, TimeSeriesStore store, long timeMillis) {
    List<RuleStatus> outcomes = new ArrayList<>();
    for (RecordingRule rule : rules) {
      long begun = System.nanoTime();
      Optional<String> error = Optional.empty();
      try {
        record(rule, queries, store, timeMillis);
      } catch (QueryException | StorageException e) {
        error = Optional.of(String.valueOf(e.getMessage()));
      }
      outcomes.add(
          new RuleStatus(
              rule,
              error.isPresent() ? 0 : written.getOrDefault(rule, Set.of()).size(),
              Duration.ofNanos(System.nanoTime() - begun),
              error));
    }
    status = new Status(file, group, Optional.of(timeMillis), outcomes);
  }

  private void record(
      RecordingRule rule, QueryEngine queries, TimeSeriesStore store, long timeMillis) {
    long at = timeMillis - group.queryOffset().orElse(Duration.ZERO).toMillis();
    List<Value.VectorSample> samples =
        vector(
            queries
                .query(
                    QueryRequest.instant(rule.expression(), at)
                        .withCancelled(() -> Thread.currentThread().isInterrupted()))
                .value());
    if (group.limit() > 0 && samples.size() > group.limit()) {
      endAll(rule, store, at);
      throw new QueryException.Failed(
          "exceeded limit of " + group.limit() + " with " + samples.size() + " series");
    }
    SampleBatch batch = new SampleBatch();
    Set<Labels> now = new HashSet<>();
    for (Value.VectorSample sample : samples) {
      Labels labels = labels(rule, sample.labels());
      if (!now.add(labels)) {
        throw new QueryException.Failed(SAME_LABELS);
      }
      int series = batch.addSeries(labels);
      NativeHistogram histogram = sample.histogram();
      if (histogram == null) {
        batch.addSample(series, at, sample.value());
      } else {
        batch.addHistogram(series, at, histogram, 0);
      }
    }
    end(written.getOrDefault(rule, Set.of()), now, batch, at);
    written.put(rule, now);
    append(store, batch);
  }

  private void endAll(RecordingRule rule, TimeSeriesStore store, long at) {
    SampleBatch batch = new SampleBatch();
    end(written.getOrDefault(rule, Set.of()), Set.of(), batch, at);
    written.remove(rule);
    append(store, batch);
  }

  /// Marks the end of the series that were written before and are not now.
  private static void end(Set<Labels> before, Set<Labels> now, SampleBatch batch, long at) {
    for (Labels labels : before) {
      if (!now.contains(labels)) {
        batch.addSample(batch.addSeries(labels), at, StaleMarker.BITS);
      }
    }
  }

  private static void append(TimeSeriesStore store, SampleBatch batch) {
    if (batch.sampleCount() == 0) {
      return;
    }
    AppendReport report = store.append(batch);
    if (report.refused() > 0) {
      throw new QueryException.Failed(
          report.refused() + " samples were refused: " + String.join("; ", report.details()));
    }
  }

  private static Labels labels(RecordingRule rule, Labels found) {
    Labels.Builder labels = found.toBuilder().set(Label.METRIC_NAME, rule.name());
    rule.labels().forEach(labels::set);
    return labels.build();
  }

  private static List<Value.VectorSample> vector(Value value) {
    return switch (value) {
      case Value.InstantVector vector -> vector.samples();
      case Value.Scalar scalar ->
          List.of(
              new Value.VectorSample(
                  Labels.empty(), scalar.timestampMillis(), scalar.value(), null));
      case Value.Text text ->
          throw new QueryException.Failed("rule result is not a vector or scalar");
      case Value.RangeVector range ->
          throw new QueryException.Failed("rule result is not a vector or scalar");
    };
  }
}
