package io.evenkeel.hub.clean;

import java.util.List;
import java.util.Set;

/// What cleaning found in a batch.
///
/// @param hosts the hosts whose samples it held, each once
/// @param instances every value of the label `instance` that its series had, the hosts' included
/// @param refused how many samples were taken out of the batch
/// @param marked how many samples were added to mark suspect values
public record CleanReport(List<HostTick> hosts, Set<String> instances, int refused, int marked) {
  public CleanReport {
    hosts = List.copyOf(hosts);
    instances = Set.copyOf(instances);
  }
}
