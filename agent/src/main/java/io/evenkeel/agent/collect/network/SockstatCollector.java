package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/net/sockstat`: sockets in use and the memory they hold.
public final class SockstatCollector extends FileCollector {
  /// The unit of the kernel's `mem` fields.
  private static final double PAGE_BYTES = 4_096;

  private final java.util.Map<String, Samples.Family> families = new java.util.HashMap<>();
  private final java.util.Map<String, java.util.Map<String, String>> metrics =
      new java.util.HashMap<>();

  public SockstatCollector(Surroundings surroundings) {
    super("sockstat", surroundings.proc("net/sockstat"), "socket statistics", surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    while (text.nextLine() && text.nextUntil(':')) {
      String protocol = text.text(names);
      while (text.nextWord()) {
        String field = text.text(names);
        long value = text.number();
        put(out, metric(protocol, field), value, 1);
        if (field.equals("mem")) {
          put(out, metric(protocol, "mem_bytes"), value, PAGE_BYTES);
        }
      }
    }
  }

  private String metric(String protocol, String field) {
    return metrics
        .computeIfAbsent(protocol, key -> new java.util.HashMap<>())
        .computeIfAbsent(field, key -> "node_sockstat_" + protocol + "_" + field);
  }

  private void put(Samples out, String metric, long value, double unit) {
    Samples.Family family = families.get(metric);
    if (family == null) {
      family =
          out.gauge(
              metric, "Number of " + metric.substring("node_sockstat_".length()) + " sockets.");
      families.put(metric, family);
    }
    set(family, value, unit);
  }
}
