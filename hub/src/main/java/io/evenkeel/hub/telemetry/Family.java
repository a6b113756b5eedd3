package io.evenkeel.hub.telemetry;

import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import java.util.ArrayList;
import java.util.List;

/// A metric with its samples at one moment.
///
/// @param metadata what the metric means
/// @param points its samples
public record Family(MetricMetadata metadata, List<Point> points) {
  public Family {
    points = List.copyOf(points);
  }

  /// One sample.
  ///
  /// @param name the sample's name: the family's, perhaps with a suffix such as `_bucket`
  /// @param labels its labels, without the name
  public record Point(String name, Labels labels, double value) {}

  /// Something that has metrics to show.
  public interface Source {
    /// The metrics as they are now.
    List<Family> families();
  }

  /// A counter without labels.
  public static Family counter(String name, String help, double value) {
    return builder(name, MetricType.COUNTER, help).add(value).build();
  }

  /// A gauge without labels.
  public static Family gauge(String name, String help, double value) {
    return builder(name, MetricType.GAUGE, help).add(value).build();
  }

  public static Builder builder(String name, MetricType type, String help) {
    return new Builder(new MetricMetadata(name, type, "", help));
  }

  /// Collects a family's samples. Not thread-safe.
  public static final class Builder {
    private final MetricMetadata metadata;
    private final List<Point> points = new ArrayList<>();

    private Builder(MetricMetadata metadata) {
      this.metadata = metadata;
    }

    /// Adds a sample with labels, given as alternating names and values.
    public Builder add(double value, String... labels) {
      points.add(new Point(metadata.metric(), Labels.of(labels), value));
      return this;
    }

    /// Adds a histogram's samples: its buckets, sum and count.
    public Builder add(DurationHistogram histogram, String... labels) {
      DurationHistogram.Snapshot snapshot = histogram.snapshot();
      Labels base = Labels.of(labels);
      for (int i = 0; i < snapshot.boundsSeconds().length; i++) {
        points.add(
            new Point(
                metadata.metric() + "_bucket",
                base.with("le", number(snapshot.boundsSeconds()[i])),
                snapshot.cumulative()[i]));
      }
      points.add(
          new Point(metadata.metric() + "_bucket", base.with("le", "+Inf"), snapshot.count()));
      points.add(new Point(metadata.metric() + "_sum", base, snapshot.sumSeconds()));
      points.add(new Point(metadata.metric() + "_count", base, snapshot.count()));
      return this;
    }

    private static String number(double bound) {
      return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }

    public Family build() {
      return new Family(metadata, points);
    }
  }
}
