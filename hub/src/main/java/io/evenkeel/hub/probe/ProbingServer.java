package io.evenkeel.hub.probe;

import java.util.Set;

/// A server whose agent can run probes.
///
/// @param name what it is called now, the label `from` of what its probes measure
/// @param names what it is and was called
/// @param group empty when it is in none
public record ProbingServer(
    String hostId, String name, Set<String> names, String group, Set<String> tags) {
  public ProbingServer {
    names = Set.copyOf(names);
    tags = Set.copyOf(tags);
  }
}
