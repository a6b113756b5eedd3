package io.evenkeel.hub.tune;

import io.evenkeel.hub.security.Outcome;
import io.evenkeel.model.tune.Place;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/// Brings a change to the servers of a group after a trial on one of them, the canary, has found
/// that it helps. Each server's own policy decides for it; one that refuses stays as it is and does
/// not keep the others from it. Safe for use by many threads.
public final class Canary {
  private final Function<String, Optional<TrialDetail>> trials;
  private final TunedServers servers;
  private final Function<String, Set<String>> peers;

  /// What came of it.
  public record Spread(List<OnHost> hosts) {
    public Spread {
      hosts = List.copyOf(hosts);
    }
  }

  /// What came of it on one server.
  ///
  /// @param changed whether the value stays there now, which it did not before
  /// @param detail the old value and the new one, or why nothing was changed
  public record OnHost(String host, boolean changed, String detail) {}

  /// @param trials the trial with an id
  /// @param peers the other hosts of a host's group; none where it has no group
  public Canary(
      Function<String, Optional<TrialDetail>> trials,
      TunedServers servers,
      Function<String, Set<String>> peers) {
    this.trials = trials;
    this.servers = servers;
    this.peers = peers;
  }

  /// Keeps a trial's value on the other servers of its group.
  ///
  /// @param actor who approves it
  public Outcome<Spread> spread(String trialId, String actor) {
    Optional<TrialDetail> trial = trials.apply(trialId);
    if (trial.isEmpty()) {
      return Outcome.refused(
          Outcome.Reason.NOT_FOUND, "There is no trial with the id '" + trialId + "'.");
    }
    TrialSummary canary = trial.get().trial();
    if (canary.verdict() != TrialVerdict.HELPED || !canary.kept() || trial.get().drift() != null) {
      return conflict(
          "Only a change that helped, and whose value still holds, goes to other servers.");
    }
    if (isOfOneProcess(canary.request())) {
      return conflict(
          "A process is of one server: set the limit where the service is started, and try that.");
    }
    Set<String> group = peers.apply(canary.host());
    List<TunedServer> others =
        servers.all().stream()
            .filter(server -> group.contains(server.host()) && !server.host().equals(canary.host()))
            .toList();
    if (others.isEmpty()) {
      return conflict(
          canary.host()
              + " shares its group with no server that takes commands: give them one group in the"
              + " fleet.");
    }
    List<OnHost> hosts = new ArrayList<>();
    for (TunedServer server : others) {
      hosts.add(keep(server, canary.request(), actor));
    }
    return Outcome.done(new Spread(hosts));
  }

  private static boolean isOfOneProcess(TuningRequest request) {
    return TuningActions.named(request.action())
        .map(action -> action.place() instanceof Place.ProcessProperty)
        .orElse(true);
  }

  private static OnHost keep(TunedServer server, TuningRequest request, String actor) {
    TuningLook look = server.look(request);
    if (look.result() instanceof TuningResult.Done(String before, String after)
        && before.equals(after)) {
      return new OnHost(server.host(), false, "it is " + after + " already");
    }
    if (!(look.result() instanceof TuningResult.Done)) {
      return new OnHost(server.host(), false, look.result().told());
    }
    if (!look.objection().isEmpty()) {
      return new OnHost(server.host(), false, look.objection());
    }
    String id = UUID.randomUUID().toString();
    TuningResult turned = server.apply(id, request, actor, server.lease().length());
    if (!(turned instanceof TuningResult.Done)) {
      return new OnHost(server.host(), false, turned.told());
    }
    // A value that cannot be kept comes back by itself when its lease ends.
    TuningResult kept = server.keep(id, actor);
    return kept instanceof TuningResult.Done
        ? new OnHost(server.host(), true, turned.told())
        : new OnHost(server.host(), false, kept.told());
  }

  private static <T> Outcome<T> conflict(String message) {
    return Outcome.refused(Outcome.Reason.CONFLICT, message);
  }
}
