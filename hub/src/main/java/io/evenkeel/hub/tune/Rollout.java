package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.trial.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A change that helped on one server of a group, the canary, on its way to the others: one after
/// the other, each with a trial of its own. Times are epoch milliseconds.
///
/// @param id the canary's trial's
/// @param by who approved it; empty when it goes on by itself
/// @param hosts in their order
/// @param reason why it stopped, in English; empty while it runs, and when it came to its end
/// @param reasons the same, for words in any language; none of roll-outs of a version before
public record Rollout(
    String id,
    String by,
    State state,
    List<OnHost> hosts,
    String reason,
    List<Reason> reasons,
    long beganAt,
    @Nullable Long endedAt) {
  public Rollout {
    hosts = List.copyOf(hosts);
    reasons = List.copyOf(Objects.requireNonNullElse(reasons, List.of()));
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
  /// @param detail why it has that standing, in English; empty when that says it all
  /// @param reasons the same, for words in any language; none of roll-outs of a version before
  public record OnHost(
      String host, Standing standing, String trial, String detail, List<Reason> reasons) {
    public OnHost {
      reasons = List.copyOf(Objects.requireNonNullElse(reasons, List.of()));
    }

    static OnHost of(String host, Standing standing, String trial) {
      return new OnHost(host, standing, trial, "", List.of());
    }

    static OnHost because(String host, Standing standing, String trial, Reason why) {
      return new OnHost(host, standing, trial, why.text(), List.of(why));
    }
  }

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
    return new Rollout(id, by, state, next, reason, reasons, beganAt, endedAt);
  }

  /// At its end.
  Rollout ended(State as, List<Reason> why, long at) {
    return new Rollout(id, by, as, hosts, Reason.text(why), why, beganAt, at);
  }
}
