package io.evenkeel.agent.collect;

import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.SampleBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The samples of one agent: families of series, whose labels are encoded once and whose values are
/// set anew each round. A series that is not set in a round has no sample in it.
///
/// Used by one thread. On the steady path nothing is allocated: label values come as interned
/// strings and lead to their slot by hash look-ups.
public final class Samples {
  private static final int ROUNDS_KEPT = 300;

  private final Labels common;
  private final Map<String, Family> families = new HashMap<>();
  private final List<Slot> touched = new ArrayList<>();
  private final List<Slot> slots = new ArrayList<>();
  private final List<MetricMetadata> announced = new ArrayList<>();
  private long round;

  /// @param common the labels that every series carries
  public Samples(Labels common) {
    this.common = common;
  }

  private static final class Slot {
    final byte[] labelBytes;
    final Node node;
    double value;
    long round = -1;

    Slot(byte[] labelBytes, Node node) {
      this.labelBytes = labelBytes;
      this.node = node;
    }
  }

  private static final class Node {
    final HashMap<String, Node> children = new HashMap<>(4);
    @Nullable Slot slot;
  }

  /// The series of one metric.
  public final class Family {
    private final String metric;
    private final String[] labels;
    private final Node root = new Node();
    private @Nullable Family otherLabels;

    private Family(String metric, String[] labels) {
      this.metric = metric;
      this.labels = labels;
    }

    /// Sets the value of the one series without labels of its own.
    public void set(double value) {
      put(root, value);
    }

    /// Sets a value by the value of the one label.
    public void set(double value, String first) {
      put(child(root, first), value, first);
    }

    /// Sets a value by the values of both labels.
    public void set(double value, String first, String second) {
      put(child(child(root, first), second), value, first, second);
    }

    /// Sets a value by the values of all labels.
    public void set(double value, String... values) {
      Node node = root;
      for (String part : values) {
        node = child(node, part);
      }
      put(node, value, values);
    }

    private static Node child(Node node, String name) {
      Node child = node.children.get(name);
      if (child == null) {
        child = new Node();
        node.children.put(name, child);
      }
      return child;
    }

    private void put(Node node, double value) {
      Slot slot = node.slot;
      set(slot == null ? slot(node) : slot, value);
    }

    private void put(Node node, double value, String first) {
      Slot slot = node.slot;
      set(slot == null ? slot(node, first) : slot, value);
    }

    private void put(Node node, double value, String first, String second) {
      Slot slot = node.slot;
      set(slot == null ? slot(node, first, second) : slot, value);
    }

    private void put(Node node, double value, String[] values) {
      Slot slot = node.slot;
      set(slot == null ? slot(node, values) : slot, value);
    }

    private Slot slot(Node node, String... values) {
      if (values.length != labels.length) {
        throw new IllegalArgumentException(
            metric + " has " + labels.length + " labels, got " + values.length);
      }
      Labels.Builder builder = common.toBuilder().set(Label.METRIC_NAME, metric);
      for (int i = 0; i < values.length; i++) {
        builder.set(labels[i], values[i]);
      }
      Slot slot = new Slot(LabelBytes.encode(builder.build()), node);
      node.slot = slot;
      slots.add(slot);
      return slot;
    }

    private void set(Slot slot, double value) {
      slot.value = value;
      if (slot.round != round) {
        slot.round = round;
        touched.add(slot);
      }
    }
  }

  /// The family of a counter.
  public Family counter(String metric, String help, String... labels) {
    return family(metric, MetricType.COUNTER, help, labels);
  }

  /// The family of a gauge.
  public Family gauge(String metric, String help, String... labels) {
    return family(metric, MetricType.GAUGE, help, labels);
  }

  /// The family of a metric whose type the source does not tell.
  public Family untyped(String metric, String help, String... labels) {
    return family(metric, MetricType.UNKNOWN, help, labels);
  }

  private Family family(String metric, MetricType type, String help, String[] labels) {
    Family family = families.get(metric);
    if (family == null) {
      announced.add(new MetricMetadata(metric, type, "", help));
    }
    // Text files may use one name with other labels; the kernel's collectors never do.
    for (Family one = family; one != null; one = one.otherLabels) {
      if (Arrays.equals(one.labels, labels)) {
        return one;
      }
    }
    Family added = new Family(metric, labels);
    added.otherLabels = family;
    families.put(metric, added);
    return added;
  }

  /// Writes what was set since the last call, and the metadata of families that are new.
  public void drain(SampleBatch batch, long timestampMillis) {
    for (int i = 0; i < touched.size(); i++) {
      Slot slot = touched.get(i);
      batch.addSample(
          batch.addSeries(slot.labelBytes, 0, slot.labelBytes.length), timestampMillis, slot.value);
    }
    touched.clear();
    announced.forEach(batch::addMetadata);
    announced.clear();
    if (++round % ROUNDS_KEPT == 0) {
      forgetSilent();
    }
  }

  /// Devices, mounts and processes come and go: their series must not stay in memory for good.
  private void forgetSilent() {
    slots.removeIf(slot -> {
      boolean silent = round - slot.round > ROUNDS_KEPT;
      if (silent) {
        slot.node.slot = null;
      }
      return silent;
    });
  }
}
