package io.evenkeel.model;

/// What kind of metric a name stands for, in the words of the exposition formats.
public enum MetricType {
  COUNTER,
  GAUGE,
  HISTOGRAM,
  GAUGE_HISTOGRAM,
  SUMMARY,
  INFO,
  STATE_SET,
  UNKNOWN
}
