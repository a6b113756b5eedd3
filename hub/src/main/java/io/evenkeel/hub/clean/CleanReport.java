package io.evenkeel.hub.clean;

import java.util.List;

/// What cleaning found in a batch.
///
/// @param hosts the hosts whose samples it held, each once
/// @param refused how many samples were taken out of the batch
/// @param marked how many samples were added to mark suspect values
public record CleanReport(List<HostTick> hosts, int refused, int marked) {
  public CleanReport {
    hosts = List.copyOf(hosts);
  }
}
