package io.evenkeel.agent.collect;

import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The samples of one agent: families of series, whose labels are encoded once and whose values are
/// set anew each round. A series that is not set in a round has no sample in it.
///
/// Series belong to the [Source] that was open when they were first set. When a source is read and
/// does not set a series any more (a disk was pulled, a process left the top), the series ends: it
/// gets a stale marker, so that nobody takes its last value for the present one, and its memory is
/// given back.
///
/// Used by one thread. On the steady path nothing is allocated: label values come as interned
/// strings and lead to their slot by hash look-ups.
public final class Samples {
  private final Labels common;
  private final Map<String, Family> families = new HashMap<>();
  private final List<Slot> touched = new ArrayList<>();
  private final List<Slot> ended = new ArrayList<>();
  private final List<Past> past = new ArrayList<>();
  private final List<MetricMetadata> announced = new ArrayList<>();
  private @Nullable Source open;
  private long round;

  /// @param common the labels that every series carries
  public Samples(Labels common) {
    this.common = common;
  }

  /// One collector's series.
  public static final class Source {
    private final List<Slot> slots = new ArrayList<>();
    private long reading;
  }

  private record Past(Slot slot, long timestampMillis, double value) {}

  private static final class Slot {
    final byte[] labelBytes;
    final Node node;
    final @Nullable Source source;
    double value;
    long round = -1;
    long reading;

    Slot(byte[] labelBytes, Node node, @Nullable Source source) {
      this.labelBytes = labelBytes;
      this.node = node;
      this.source = source;
    }
  }

  private static final class Node {
    final @Nullable Node parent;
    final String name;
    final HashMap<String, Node> children = new HashMap<>(4);
    @Nullable Slot slot;

    Node(@Nullable Node parent, String name) {
      this.parent = parent;
      this.name = name;
    }

    Node child(String name) {
      Node child = children.get(name);
      if (child == null) {
        child = new Node(this, name);
        children.put(name, child);
      }
      return child;
    }

    /// Gives up the slot, and every node above that leads nowhere then.
    void prune() {
      slot = null;
      for (Node node = this; node.slot == null && node.children.isEmpty(); ) {
        Node above = node.parent;
        if (above == null) {
          return;
        }
        above.children.remove(node.name);
        node = above;
      }
    }
  }

  /// The series of one metric.
  public final class Family {
    private final String metric;
    private final String[] labels;
    private final Node root = new Node(null, "");
    private @Nullable Family otherLabels;

    private Family(String metric, String[] labels) {
      this.metric = metric;
      this.labels = labels;
    }

    /// Sets the value of the one series without labels of its own.
    public void set(double value) {
      Slot slot = root.slot;
      put(slot == null ? slot(root) : slot, value);
    }

    /// Sets the value of the one series without labels of its own to a number that was read, if it
    /// was one: [ByteText#NO_NUMBER] is none.
    public void setNumber(long value) {
      if (value != ByteText.NO_NUMBER) {
        set(value);
      }
    }

    /// Sets a value by the value of the one label.
    public void set(double value, String first) {
      Node node = root.child(first);
      Slot slot = node.slot;
      put(slot == null ? slot(node, first) : slot, value);
    }

    /// Sets a value by the values of both labels.
    public void set(double value, String first, String second) {
      Node node = root.child(first).child(second);
      Slot slot = node.slot;
      put(slot == null ? slot(node, first, second) : slot, value);
    }

    /// Sets a value by the values of all labels.
    public void set(double value, String... values) {
      put(slotOf(values), value);
    }

    /// Adds a value that was true at an earlier time than this round's.
    public void setPast(long timestampMillis, double value, String... values) {
      past.add(new Past(slotOf(values), timestampMillis, value));
    }

    private Slot slotOf(String... values) {
      Node node = root;
      for (String part : values) {
        node = node.child(part);
      }
      Slot slot = node.slot;
      return slot == null ? slot(node, values) : slot;
    }

    private Slot slot(Node node, String... values) {
      if (values.length != labels.length) {
        throw new IllegalArgumentException(
            metric + " has " + labels.length + " labels, got " + values.length);
      }
      Labels.Builder builder = common.toBuilder().set(Label.METRIC_NAME, metric);
      for (int i = 0; i < values.length; i++) {
        // Nothing that is read on a machine may pass for another machine's.
        String name = common.get(labels[i]) == null ? labels[i] : "exported_" + labels[i];
        builder.set(name, values[i]);
      }
      Slot slot = new Slot(LabelBytes.encode(builder.build()), node, open);
      node.slot = slot;
      if (open != null) {
        open.slots.add(slot);
      }
      return slot;
    }

    private void put(Slot slot, double value) {
      slot.value = value;
      if (slot.source != null) {
        slot.reading = slot.source.reading;
      }
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

  /// The family of a metric of some type.
  public Family family(String metric, MetricType type, String help, String... labels) {
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

  /// Begins the reading of a source.
  public void open(Source source) {
    source.reading++;
    open = source;
  }

  /// Ends the reading of a source, and with it the series that it gave before and does not give
  /// now.
  public void close(Source source) {
    open = null;
    List<Slot> slots = source.slots;
    int kept = 0;
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (slot.reading == source.reading) {
        slots.set(kept++, slot);
      } else {
        ended.add(slot);
        slot.node.prune();
      }
    }
    for (int i = slots.size() - 1; i >= kept; i--) {
      slots.remove(i);
    }
  }

  /// Writes what was set since the last call, and the metadata of families that are new.
  public void drain(SampleBatch batch, long timestampMillis) {
    // Earlier times first: a store takes a series' samples in their order.
    for (int i = 0; i < past.size(); i++) {
      Past one = past.get(i);
      if (one.timestampMillis < timestampMillis) {
        batch.addSample(series(batch, one.slot), one.timestampMillis, one.value);
      }
    }
    for (int i = 0; i < touched.size(); i++) {
      Slot slot = touched.get(i);
      batch.addSample(series(batch, slot), timestampMillis, slot.value);
    }
    for (int i = 0; i < ended.size(); i++) {
      batch.addSample(series(batch, ended.get(i)), timestampMillis, StaleMarker.BITS);
    }
    announced.forEach(batch::addMetadata);
    touched.clear();
    ended.clear();
    past.clear();
    announced.clear();
    round++;
  }

  private static int series(SampleBatch batch, Slot slot) {
    return batch.addSeries(slot.labelBytes, 0, slot.labelBytes.length);
  }
}
