package io.evenkeel.hub.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A change that helped on one server of a group, the canary, on its way to the others: one after
/// the other, each with a trial of its own. Times are epoch milliseconds.
///
/// @param id the canary's trial's
/// @param by who approved it; empty when it goes on by itself
/// @param hosts in their order
/// @param reason why it stopped; empty while it runs, and when it came to its end
public record Rollout(
    String id,
    String by,
    State state,
    List<OnHost> hosts,
    String reason,
    long beganAt,
    @Nullable Long endedAt) {
  public Rollout {
    hosts = List.copyOf(hosts);
  }

  /// Where it is.
  public enum State {
    RUNNING,
    /// Every server had its turn.
    DONE,
    /// Somewhere it did not help, or somebody stopped it: the rest stays as it is.
    STOPPED
  }

  /// One of the other servers.
  ///
  /// @param trial of the change there; empty when there is none
  /// @param detail why it has that standing; empty when that says it all
  public record OnHost(String host, Standing standing, String trial, String detail) {}

  /// How a server stands in it.
  public enum Standing {
    WAITING,
    TRYING,
    /// It helped there too: the value stays.
    HELPED,
    /// It did not: the old value is back, and the roll-out stopped.
    NOT_HELPED,
    /// It has the value already, or may not or cannot be turned.
    LEFT_OUT
  }

  /// The server whose turn it is; empty when all had theirs.
  Optional<OnHost> current() {
    return hosts.stream()
        .filter(one -> one.standing() == Standing.WAITING || one.standing() == Standing.TRYING)
        .findFirst();
  }

  /// With another standing of one server.
  Rollout with(OnHost changed) {
    List<OnHost> next = new ArrayList<>();
    hosts.forEach(one -> next.add(one.host().equals(changed.host()) ? changed : one));
    return new Rollout(id, by, state, next, reason, beganAt, endedAt);
  }

  /// At its end.
  Rollout ended(State as, String why, long at) {
    return new Rollout(id, by, as, hosts, why, beganAt, at);
  }
}
