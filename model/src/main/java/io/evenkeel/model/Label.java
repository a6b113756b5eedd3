package io.evenkeel.model;

/// One name and its value, such as `mode="idle"`.
///
/// @param name the label's name, never empty
/// @param value the label's value; an empty value means the same as no label
public record Label(String name, String value) {
  /// The label that holds a metric's name.
  public static final String METRIC_NAME = "__name__";
}
