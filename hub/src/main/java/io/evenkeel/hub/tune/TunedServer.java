package io.evenkeel.hub.tune;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.agent.tune.TuningPolicy;
import io.evenkeel.agent.tune.TuningResult;
import io.evenkeel.model.tune.TuningRequest;
import java.time.Duration;
import java.util.List;

/// The knobs of one server, as far as its own policy lets the hub turn them. Every answer is a
/// value: a server that cannot be asked refuses. Safe for use by many threads.
public interface TunedServer {
  /// How the server stands to being tuned.
  ///
  /// @param problem why nothing can be turned there now; empty when something can
  /// @param mode its own policy
  /// @param reason why it is stricter than its file says; empty when it is not
  /// @param stopped whether all tuning is stopped there
  /// @param changes what is leased or kept, with the knobs as they are now
  record Standing(
      String problem,
      TuningPolicy.Mode mode,
      String reason,
      boolean stopped,
      List<TuningExecutor.Change> changes) {
    public Standing {
      changes = List.copyOf(changes);
    }

    /// The standing of a server that cannot be asked.
    static Standing without(String problem) {
      return new Standing(problem, TuningPolicy.Mode.OBSERVE, "", false, List.of());
    }
  }

  /// A request looked at, with nothing changed.
  ///
  /// @param result what it would do
  /// @param objection why the server's policy would refuse it though a person approved it; empty
  ///   when it would not
  record Look(TuningResult result, String objection) {}

  /// How long a change of a trial holds without the hub, and how often the hub renews it.
  record Lease(Duration length, int renewedEverySeconds) {}

  /// The host's name.
  String host();

  Standing standing();

  Look look(TuningRequest request);

  /// The value of a knob now, as before and after of a [TuningResult.Done].
  TuningResult read(String action, String target);

  /// The processes with a name, as targets; none when they cannot be listed.
  List<String> processesNamed(String comm);

  /// As [TuningExecutor#apply].
  TuningResult apply(String id, TuningRequest request, String approvedBy, Duration lease);

  /// As [TuningExecutor#hold].
  TuningResult hold(String id, boolean on);

  /// As [TuningExecutor#renew].
  TuningResult renew(String id, Duration lease);

  /// As [TuningExecutor#keep].
  TuningResult keep(String id, String actor);

  /// As [TuningExecutor#revert].
  TuningResult revert(String id, String actor, String why);

  /// Puts every leased change back and refuses new ones until [#resume].
  TuningResult stop(String actor);

  /// Allows changes again.
  TuningResult resume(String actor);

  Lease lease();

  /// Has the server collect each second for a while, so that a trial sees enough.
  void collectEachSecond(Duration during);
}
