package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/// Connections that the firewall tracks, and how many it may.
public final class ConntrackCollector implements Collector {
  private final Path count;
  private final Path most;

  public ConntrackCollector(Surroundings surroundings) {
    count = surroundings.proc("sys/net/netfilter/nf_conntrack_count");
    most = surroundings.proc("sys/net/netfilter/nf_conntrack_max");
  }

  @Override
  public String name() {
    return "conntrack";
  }

  @Override
  public void collect(Samples out) throws IOException {
    OptionalLong entries = SmallFiles.number(count);
    if (entries.isEmpty()) {
      throw new NotAvailableException(
          "this kernel tracks no connections (nf_conntrack is not loaded)");
    }
    out.gauge(
            "node_nf_conntrack_entries",
            "Number of currently allocated flow entries for connection tracking.")
        .set(entries.getAsLong());
    SmallFiles.number(most)
        .ifPresent(limit ->
            out.gauge(
                    "node_nf_conntrack_entries_limit", "Maximum size of connection tracking table.")
                .set(limit));
  }
}
