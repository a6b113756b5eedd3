package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;

/// Connections that the firewall tracks, and how many it may.
public final class ConntrackCollector implements Collector {
  private static final String WHAT = "connection tracking (nf_conntrack is not loaded)";

  private final KernelFile count;
  private final KernelFile most;

  public ConntrackCollector(Surroundings surroundings) {
    count = surroundings.procFile("sys/net/netfilter/nf_conntrack_count", WHAT);
    most = surroundings.procFile("sys/net/netfilter/nf_conntrack_max", WHAT);
  }

  @Override
  public String name() {
    return "conntrack";
  }

  @Override
  public void collect(Samples out) throws IOException {
    out.gauge(
            "node_nf_conntrack_entries",
            "Number of currently allocated flow entries for connection tracking.")
        .setNumber(count.number());
    out.gauge("node_nf_conntrack_entries_limit", "Maximum size of connection tracking table.")
        .setNumber(most.number());
  }

  @Override
  public void close() {
    count.close();
    most.close();
  }
}
