package io.evenkeel.hub.scrape;

import java.util.List;
import java.util.Map;

/// Addresses with the labels they share.
///
/// @param addresses `host:port`, or `host` for the scheme's port
/// @param labels beside them, such as `env`
public record TargetGroup(List<String> addresses, Map<String, String> labels) {
  public TargetGroup {
    addresses = List.copyOf(addresses);
    labels = Map.copyOf(labels);
  }
}
