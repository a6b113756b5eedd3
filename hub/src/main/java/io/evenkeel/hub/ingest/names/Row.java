package io.evenkeel.hub.ingest.names;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One line of a table: which series of another collector is which of node_exporter's, or a part of
/// it. Immutable.
///
/// @param metric the other collector's name
/// @param when labels that the series must have
/// @param target node_exporter's name
/// @param fixed labels of the target
/// @param carried labels that the target keeps, by their names there; `cpu0` becomes `0`
/// @param factor by which a value is multiplied
/// @param plus what is added after it
/// @param part which part of the whole it is, one bit
/// @param whole the parts without which there is no whole
/// @param sums whether several series are the same part, such as all swap devices
/// @param share whether it is a percentage of the time since the sample before, of which the target
///   is the counter in seconds
record Row(
    String metric,
    Map<String, String> when,
    String target,
    Map<String, String> fixed,
    Map<String, String> carried,
    double factor,
    double plus,
    int part,
    int whole,
    boolean sums,
    boolean share) {
  private static final String JOB = "node";

  /// A series that only has another name.
  static Row of(String metric, String target, String... carried) {
    Map<String, String> names = new HashMap<>();
    for (String one : List.of(carried)) {
      int to = one.indexOf('>');
      names.put(to < 0 ? one : one.substring(0, to), one.substring(to + 1));
    }
    return new Row(metric, Map.of(), target, Map.of(), names, 1, 0, 1, 1, false, false);
  }

  Row when(String label, String value) {
    return new Row(
        metric,
        Map.of(label, value),
        target,
        fixed,
        carried,
        factor,
        plus,
        part,
        whole,
        sums,
        share);
  }

  Row labelled(String label, String value) {
    return new Row(
        metric,
        when,
        target,
        Map.of(label, value),
        carried,
        factor,
        plus,
        part,
        whole,
        sums,
        share);
  }

  Row times(double by) {
    return new Row(metric, when, target, fixed, carried, by, plus, part, whole, sums, share);
  }

  Row always(double value) {
    return new Row(metric, when, target, fixed, carried, 0, value, part, whole, sums, share);
  }

  /// A part of a whole.
  Row part(int bit, int all) {
    return new Row(metric, when, target, fixed, carried, factor, plus, bit, all, sums, share);
  }

  Row summed() {
    return new Row(metric, when, target, fixed, carried, factor, plus, part, whole, true, share);
  }

  Row shareOfTime() {
    return new Row(metric, when, target, fixed, carried, factor, plus, part, whole, sums, true);
  }

  /// The labels that a series has under node_exporter's name; null when this row is not about it.
  @Nullable Labels apply(Labels labels, String instance, Map<String, Pattern> without) {
    for (Map.Entry<String, String> one : when.entrySet()) {
      if (!one.getValue().equals(labels.get(one.getKey()))) {
        return null;
      }
    }
    Labels.Builder made =
        new Labels.Builder()
            .set(Label.METRIC_NAME, target)
            .set(Label.JOB, JOB)
            .set(Label.INSTANCE, instance);
    fixed.forEach(made::set);
    for (Map.Entry<String, String> one : carried.entrySet()) {
      String value = labels.valueOrEmpty(one.getKey());
      Pattern left = without.get(one.getKey());
      if (left != null && left.matcher(value).matches()) {
        return null;
      }
      boolean cpu = one.getValue().equals("cpu") && value.matches("cpu\\d+");
      made.set(one.getValue(), cpu ? value.substring("cpu".length()) : value);
    }
    return made.build();
  }
}
