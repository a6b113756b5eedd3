package io.evenkeel.promql.promtest;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.NativeHistogram.ResetHint;
import io.evenkeel.model.NativeHistogram.Span;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.promql.histogram.Histogram;
import io.evenkeel.promql.promtest.SeriesNotation.Line;
import io.evenkeel.promql.promtest.SeriesNotation.NotationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The series of one `load`. Samples begin at 0 and follow at regular steps.
///
/// Histograms are stored as Prometheus's storage gives them back: one that continues the counter of
/// the sample before it is marked so, and after a reset nothing is known.
final class LoadBlock {
  private static final Pattern STARTS =
      Pattern.compile("(-?[0-9a-z.]+?)(?:x(\\d+))?|_(?:x(\\d+))?");
  private static final String STARTS_MARK = "@st";

  private final long step;
  private final SampleBatch batch = new SampleBatch();
  private final Map<Labels, Timed> lines = new LinkedHashMap<>();
  private final Map<Labels, ClassicSeries> classics = new LinkedHashMap<>();
  private @Nullable String startsOf;
  private List<@Nullable Long> starts = List.of();

  LoadBlock(long stepMillis) {
    this.step = stepMillis;
  }

  /// Adds one line of the block.
  void add(String definition) {
    int end = definition.indexOf(STARTS_MARK);
    String series = definition.substring(0, SeriesNotation.endOfSeries(definition)).strip();
    if (end >= 0
        && (series.endsWith(STARTS_MARK) || definition.startsWith(STARTS_MARK, series.length()))) {
      startsOf = definition.substring(0, end).strip();
      starts = starts(definition.substring(end + STARTS_MARK.length()).strip());
      return;
    }
    Line line = SeriesNotation.parse(definition);
    List<@Nullable Long> own = List.of();
    if (startsOf != null) {
      if (!SeriesNotation.labels(startsOf).equals(line.labels())
          || starts.size() != line.points().size()) {
        throw new NotationException(
            "the start times of " + startsOf + " do not fit the line behind them");
      }
      own = starts;
      startsOf = null;
    }
    // Of two lines for one series the last one counts.
    lines.put(line.labels(), new Timed(line, own));
  }

  private record Timed(Line line, List<@Nullable Long> starts) {}

  /// What the block stores.
  ///
  /// @param converted whether classic histograms are added once more, as native ones with listed
  ///   bounds
  SampleBatch batch(boolean converted) {
    for (Timed timed : lines.values()) {
      append(timed.line.labels(), timed.line.points(), timed.starts);
      collect(timed.line);
    }
    if (converted) {
      addConverted();
    }
    return batch;
  }

  private static List<@Nullable Long> starts(String values) {
    List<@Nullable Long> starts = new ArrayList<>();
    for (String value : values.split("\\s+", -1)) {
      Matcher matcher = STARTS.matcher(value);
      if (!matcher.matches()) {
        throw new NotationException("the start time '" + value + "' is not understood");
      }
      Long offset = matcher.group(1) == null ? null : Times.millis(matcher.group(1));
      String repeats = matcher.group(1) == null ? matcher.group(3) : matcher.group(2);
      int times = repeats == null ? 0 : Integer.parseInt(repeats);
      // A value is repeated as often again, a gap that often in all.
      for (int i = offset == null && repeats != null ? 1 : 0; i <= times; i++) {
        starts.add(offset);
      }
    }
    return starts;
  }

  private void append(Labels labels, List<@Nullable Point> points, List<@Nullable Long> offsets) {
    int series = batch.addSeries(labels);
    Histogram before = null;
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      if (point == null) {
        continue;
      }
      long time = i * step;
      Long offset = i < offsets.size() ? offsets.get(i) : null;
      long start = offset == null ? 0 : time + offset;
      Histogram histogram = point.histogram();
      if (histogram == null) {
        batch.addSample(series, time, point.bits(), start);
        before = null;
      } else {
        batch.addHistogram(series, time, stored(histogram, before), start);
        before = histogram;
      }
    }
  }

  private static NativeHistogram stored(Histogram histogram, @Nullable Histogram before) {
    if (histogram.hint() == ResetHint.GAUGE) {
      return histogram.toNative();
    }
    boolean continues =
        before != null
            && before.hint() != ResetHint.GAUGE
            && before.isCustom() == histogram.isCustom()
            && !histogram.isResetAfter(before);
    return histogram.withHint(continues ? ResetHint.NO : ResetHint.UNKNOWN).toNative();
  }

  /// The series of one classic histogram.
  private static final class ClassicSeries {
    final TreeMap<Double, List<@Nullable Point>> buckets = new TreeMap<>();
    List<@Nullable Point> counts = List.of();
    List<@Nullable Point> sums = List.of();
    int length;
  }

  private void collect(Line line) {
    String name = line.labels().metricName();
    Labels labels = line.labels();
    if (name.endsWith("_bucket") && labels.get("le") != null) {
      double bound = SeriesNotation.number(labels.valueOrEmpty("le"));
      ClassicSeries classic = classic(labels.without(List.of("le")), "_bucket");
      classic.buckets.putIfAbsent(bound, line.points());
      classic.length = Math.max(classic.length, line.points().size());
    } else if (name.endsWith("_count")) {
      classic(labels, "_count").counts = line.points();
    } else if (name.endsWith("_sum")) {
      classic(labels, "_sum").sums = line.points();
    }
  }

  private ClassicSeries classic(Labels labels, String suffix) {
    String name = labels.metricName();
    Labels own = labels.with(Label.METRIC_NAME, name.substring(0, name.length() - suffix.length()));
    return classics.computeIfAbsent(own, key -> new ClassicSeries());
  }

  private void addConverted() {
    classics.forEach((labels, classic) -> {
      if (!classic.buckets.isEmpty()) {
        List<@Nullable Point> converted = new ArrayList<>();
        for (int i = 0; i < classic.length; i++) {
          converted.add(converted(classic, i));
        }
        append(labels, converted, List.of());
      }
    });
  }

  private static @Nullable Point converted(ClassicSeries classic, int index) {
    List<Double> bounds = new ArrayList<>();
    List<Double> counts = new ArrayList<>();
    double previous = 0;
    double highest = 0;
    boolean any = false;
    for (Map.Entry<Double, List<@Nullable Point>> bucket : classic.buckets.entrySet()) {
      Point point = at(bucket.getValue(), index);
      if (point == null || StaleMarker.is(point.bits())) {
        continue;
      }
      any = true;
      if (bucket.getKey() != Double.POSITIVE_INFINITY) {
        bounds.add(bucket.getKey());
        counts.add(point.value() - previous);
        previous = point.value();
      }
      highest = point.value();
    }
    if (!any) {
      return null;
    }
    Point count = at(classic.counts, index);
    Point sum = at(classic.sums, index);
    double total = count == null ? highest : count.value();
    counts.add(total - previous);
    return Point.of(
        Histogram.of(
                new NativeHistogram(
                    NativeHistogram.CUSTOM_BUCKETS_SCHEMA,
                    false,
                    ResetHint.UNKNOWN,
                    0,
                    0,
                    total,
                    sum == null ? 0 : sum.value(),
                    List.of(new Span(0, counts.size())),
                    counts.stream().mapToDouble(Double::doubleValue).toArray(),
                    List.of(),
                    new double[0],
                    bounds.stream().mapToDouble(Double::doubleValue).toArray()))
            .compact(),
        false);
  }

  private static @Nullable Point at(List<@Nullable Point> points, int index) {
    return index < points.size() ? points.get(index) : null;
  }
}
