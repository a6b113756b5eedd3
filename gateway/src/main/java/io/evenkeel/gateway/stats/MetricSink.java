package io.evenkeel.gateway.stats;

import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;

/// Takes metrics one after another: a family, then its samples.
public interface MetricSink {
  /// Begins a family; the samples that follow belong to it.
  void family(MetricMetadata metadata);

  /// Takes a sample.
  ///
  /// @param name the family's name, perhaps with a suffix such as `_bucket`
  void sample(String name, Labels labels, double value);
}
