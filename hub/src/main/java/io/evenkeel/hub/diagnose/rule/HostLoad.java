package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/// Numbers of the whole host that several rules look at.
final class HostLoad {
  static final String BUSY_QUERY =
      "1 - avg(rate(node_cpu_seconds_total{instance=\"$host\",mode=\"idle\"}[1m]))";

  private static final Set<String> WORK = Set.of("user", "nice", "system", "irq", "softirq");

  private HostLoad() {}

  /// Share of the processors' time that did work: neither idle, nor waiting for disks, nor stolen.
  static OptionalDouble busy(EvidenceWindow window) {
    return share(window, WORK);
  }

  /// Share of the processors' time in one mode.
  static OptionalDouble mode(EvidenceWindow window, String mode) {
    return share(window, Set.of(mode));
  }

  private static OptionalDouble share(EvidenceWindow window, Set<String> modes) {
    Map<String, Double> rates = window.rateBy("node_cpu_seconds_total", "mode");
    double total = 0;
    double wanted = 0;
    for (Map.Entry<String, Double> entry : rates.entrySet()) {
      total += entry.getValue();
      wanted += modes.contains(entry.getKey()) ? entry.getValue() : 0;
    }
    return total > 0 ? OptionalDouble.of(wanted / total) : OptionalDouble.empty();
  }

  /// Share of the time in which some task waited (`…_waiting`) or all did (`…_stalled`), by the
  /// kernel's pressure totals.
  static OptionalDouble pressure(EvidenceWindow window, String resource) {
    return window.rate("node_pressure_" + resource + "_seconds_total");
  }

  static String pressureQuery(String resource) {
    return "rate(node_pressure_" + resource + "_seconds_total{instance=\"$host\"}[1m])";
  }

  /// A label's value as PromQL writes it.
  static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  /// The query of a counter's rate, summed.
  static String rateQuery(String metric) {
    return "sum(rate(" + metric + "{instance=\"$host\"}[1m]))";
  }

  /// Context switches in a second and processor.
  static OptionalDouble switches(EvidenceWindow window) {
    return ratio(window.rate("node_context_switches_total"), window.cores());
  }

  static OptionalDouble ratio(OptionalDouble value, double by) {
    return value.isPresent() && by > 0
        ? OptionalDouble.of(value.getAsDouble() / by)
        : OptionalDouble.empty();
  }

  static OptionalDouble ratio(OptionalDouble value, OptionalDouble by) {
    return by.isPresent() ? ratio(value, by.getAsDouble()) : OptionalDouble.empty();
  }

  /// The sum; empty when one of them is missing.
  static OptionalDouble total(OptionalDouble... values) {
    double sum = 0;
    for (OptionalDouble value : values) {
      if (value.isEmpty()) {
        return value;
      }
      sum += value.getAsDouble();
    }
    return OptionalDouble.of(sum);
  }

  /// The part of a whole, where a whole below one a second says nothing: then it is taken for one.
  static OptionalDouble part(OptionalDouble value, OptionalDouble whole) {
    return whole.isPresent() ? ratio(value, Math.max(1, whole.getAsDouble())) : whole;
  }

  /// The sum of those that are there, for what a kernel without a feature has not and so cannot
  /// count, such as IPv6; empty when none is.
  static OptionalDouble plus(OptionalDouble... values) {
    double sum = 0;
    boolean any = false;
    for (OptionalDouble value : values) {
      if (value.isPresent()) {
        sum += value.getAsDouble();
        any = true;
      }
    }
    return any ? OptionalDouble.of(sum) : OptionalDouble.empty();
  }

  /// The greatest of those that are there; empty when none is.
  static OptionalDouble greatest(OptionalDouble... values) {
    double most = Double.NEGATIVE_INFINITY;
    for (OptionalDouble value : values) {
      most = Math.max(most, value.orElse(Double.NEGATIVE_INFINITY));
    }
    return most == Double.NEGATIVE_INFINITY ? OptionalDouble.empty() : OptionalDouble.of(most);
  }
}
