package io.evenkeel.agent;

import org.jspecify.annotations.Nullable;

/// How one collector fared in the last round.
///
/// @param name the collector's name, as in `node_scrape_collector_success{collector}`
/// @param reason why it is not [State#OK], for a person to read
/// @param durationNanos how long it took
public record CollectorStatus(
    String name, State state, @Nullable String reason, long durationNanos) {
  public enum State {
    OK,
    /// This machine does not offer what it collects.
    UNAVAILABLE,
    /// It should work here and did not.
    FAILING
  }
}
