package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Names;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.kernel.LibC;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// `/proc/net/sockstat` and `sockstat6`: sockets in use and the memory they hold.
public final class SockstatCollector implements Collector {
  /// The unit of the kernel's `mem` fields.
  private final double pageBytes = LibC.pageBytes();

  private final Map<String, Samples.Family> families = new HashMap<>();
  private final Map<String, Map<String, String>> metrics = new HashMap<>();

  private final KernelFile version4;
  private final KernelFile version6;
  private final Names names;

  public SockstatCollector(Surroundings surroundings) {
    version4 = new KernelFile(surroundings.proc("net/sockstat"), "socket statistics");
    version6 = new KernelFile(surroundings.proc("net/sockstat6"), "IPv6 socket statistics");
    names = surroundings.names();
  }

  @Override
  public String name() {
    return "sockstat";
  }

  @Override
  public void collect(Samples out) throws IOException {
    parse(version4.read(), out);
    try {
      parse(version6.read(), out);
    } catch (NotAvailableException e) {
      // A kernel without IPv6 has no such sockets; the others stand.
      System.getLogger(SockstatCollector.class.getName())
          .log(System.Logger.Level.TRACE, e.getMessage());
    }
  }

  private void parse(ByteText text, Samples out) {
    while (text.nextLine() && text.nextUntil(':')) {
      String protocol = text.text(names);
      while (text.nextWord()) {
        String field = text.text(names);
        long value = text.number();
        put(out, metric(protocol, field), value, 1);
        if (field.equals("mem")) {
          put(out, metric(protocol, "mem_bytes"), value, pageBytes);
        }
      }
    }
  }

  private String metric(String protocol, String field) {
    return metrics
        .computeIfAbsent(protocol, key -> new HashMap<>())
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
    if (value != ByteText.NO_NUMBER) {
      family.set(value * unit);
    }
  }

  @Override
  public void close() {
    version4.close();
    version6.close();
  }
}
