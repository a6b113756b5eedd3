package io.evenkeel.hub.diagnose.evidence;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/// The samples of one host over some seconds, from a store, from an agent in this process or from a
/// recording: rules see no difference.
///
/// What is missing is missing: every number is optional. Rates divide by the time that a series was
/// seen, but by no less than half the window, so that something short does not look large. Filled
/// by one thread, then only read.
public final class EvidenceWindow {
  private static final Predicate<Track> ANY = track -> true;

  private final Map<String, Map<Labels, Track>> tracks = new HashMap<>();
  private final List<String> absences = new ArrayList<>();
  private long from = Long.MAX_VALUE;
  private long to = Long.MIN_VALUE;

  /// Takes the samples of a batch whose metrics diagnosis knows; stale markers and histograms are
  /// none.
  public void add(SampleBatch batch) {
    Labels[] known = new Labels[batch.seriesCount()];
    for (int i = 0; i < batch.sampleCount(); i++) {
      if (StaleMarker.is(batch.valueBits(i)) || batch.histogram(i) != null) {
        continue;
      }
      int series = batch.series(i);
      Labels labels = known[series];
      if (labels == null) {
        try {
          labels =
              LabelBytes.decode(
                  batch.labelBytes(series), batch.labelOffset(series), batch.labelLength(series));
        } catch (InvalidLabelsException e) {
          throw new IllegalArgumentException("a series without readable labels", e);
        }
        known[series] = labels;
      }
      if (Measures.isWanted(labels.metricName())) {
        add(labels, batch.time(i), Double.longBitsToDouble(batch.valueBits(i)));
      }
    }
  }

  /// Takes one sample.
  public void add(Labels labels, long timeMillis, double value) {
    tracks
        .computeIfAbsent(labels.metricName(), metric -> new LinkedHashMap<>())
        .computeIfAbsent(labels, Track::new)
        .add(timeMillis, value);
    from = Math.min(from, timeMillis);
    to = Math.max(to, timeMillis);
  }

  /// Tells of something that the host does not offer, in the agent's words.
  public void addAbsence(String reason) {
    absences.add(reason);
  }

  public List<String> absences() {
    return absences;
  }

  /// The first sample's time, epoch milliseconds.
  public long fromMillis() {
    return isEmpty() ? 0 : from;
  }

  /// The last sample's time, epoch milliseconds.
  public long toMillis() {
    return isEmpty() ? 0 : to;
  }

  public boolean isEmpty() {
    return tracks.isEmpty();
  }

  /// How long the window is, seconds.
  public double seconds() {
    return isEmpty() ? 0 : (to - from) / 1000.0;
  }

  /// Every series, by metric and labels.
  public List<Track> all() {
    List<Track> all = new ArrayList<>();
    tracks.values().forEach(byLabels -> all.addAll(byLabels.values()));
    all.sort((a, b) -> a.labels().compareTo(b.labels()));
    return all;
  }

  /// The series of a metric, in the order of their labels.
  public List<Track> of(String metric) {
    return of(metric, ANY);
  }

  private List<Track> of(String metric, Predicate<Track> which) {
    Collection<Track> all = tracks.getOrDefault(metric, Map.of()).values();
    return all.stream().filter(which).sorted((a, b) -> a.labels().compareTo(b.labels())).toList();
  }

  /// How many processors are online, by their counters.
  public int cores() {
    return (int) of("node_cpu_seconds_total").stream().map(t -> t.label("cpu")).distinct().count();
  }

  /// A counter's growth in a second, summed over its series.
  public OptionalDouble rate(String metric) {
    return rate(metric, ANY);
  }

  /// A counter's growth in a second, summed over some of its series.
  public OptionalDouble rate(String metric, Predicate<Track> which) {
    return sum(of(metric, which), this::rate);
  }

  /// A counter's growth over the window, summed over its series.
  public OptionalDouble increase(String metric) {
    return sum(of(metric), track -> track.size() < 2 ? Double.NaN : track.increase());
  }

  /// The growth in a second of one series; NaN with fewer than two samples.
  public double rate(Track track) {
    if (track.size() < 2) {
      return Double.NaN;
    }
    return track.increase() * 1000 / Math.max(track.spanMillis(), (to - from) / 2.0);
  }

  /// A counter's growth in a second by a label's value.
  public Map<String, Double> rateBy(String metric, String label, Predicate<Track> which) {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (Track track : of(metric, which)) {
      double rate = rate(track);
      if (!Double.isNaN(rate)) {
        rates.merge(track.label(label), rate, Double::sum);
      }
    }
    return rates;
  }

  public Map<String, Double> rateBy(String metric, String label) {
    return rateBy(metric, label, ANY);
  }

  /// The last values by a label's value, summed where several series share it.
  public Map<String, Double> lastBy(String metric, String label) {
    Map<String, Double> values = new LinkedHashMap<>();
    of(metric).forEach(track -> values.merge(track.label(label), track.last(), Double::sum));
    return values;
  }

  /// The last value of the series whose label has a value, summed where there are several.
  public OptionalDouble last(String metric, String label, String value) {
    return sum(of(metric, track -> track.label(label).equals(value)), Track::last);
  }

  /// The greatest value that the only series of a gauge had; summed over several.
  public OptionalDouble max(String metric) {
    return sum(of(metric), Track::max);
  }

  /// The mean of a gauge, summed over its series.
  public OptionalDouble mean(String metric) {
    return sum(of(metric), Track::mean);
  }

  /// The last value of a gauge, summed over its series.
  public OptionalDouble last(String metric) {
    return sum(of(metric), Track::last);
  }

  /// One of the numbers of a sysctl that has several, by its position.
  public OptionalDouble indexed(String metric, int index) {
    String wanted = Integer.toString(index);
    return sum(of(metric, track -> track.label("index").equals(wanted)), Track::last);
  }

  private static OptionalDouble sum(List<Track> tracks, ToDoubleFunction<Track> of) {
    double sum = 0;
    boolean any = false;
    for (Track track : tracks) {
      double value = of.applyAsDouble(track);
      if (!Double.isNaN(value)) {
        sum += value;
        any = true;
      }
    }
    return any ? OptionalDouble.of(sum) : OptionalDouble.empty();
  }

  /// Counters that began anew within the window: those of the host, not of units and processes,
  /// which come and go.
  public List<String> resets() {
    TreeSet<String> names = new TreeSet<>();
    tracks.forEach((metric, byLabels) -> {
      if (metric.endsWith("_total")
          && metric.startsWith("node_")
          && byLabels.values().stream().anyMatch(Track::wasReset)) {
        names.add(metric);
      }
    });
    return List.copyOf(names);
  }

  /// The entry with the greatest value.
  public static Optional<Map.Entry<String, Double>> greatest(Map<String, Double> values) {
    return values.entrySet().stream().max(Map.Entry.comparingByValue());
  }
}
