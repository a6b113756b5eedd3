package io.evenkeel.model;

/// The names of labels that mean the same to every part.
public final class Label {
  /// The label that holds a metric's name.
  public static final String METRIC_NAME = "__name__";

  /// What kind of thing a series was collected from, such as `node`.
  public static final String JOB = "job";

  /// Which thing of its job a series was collected from; for a host its unique name on the hub.
  public static final String INSTANCE = "instance";

  private Label() {}
}
