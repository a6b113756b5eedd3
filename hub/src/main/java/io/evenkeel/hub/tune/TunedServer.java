package io.evenkeel.hub.tune;

import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.time.Duration;
import java.util.List;

/// The knobs of one server, as far as its own policy lets the hub turn them. Every answer is a
/// value: a server that cannot be asked refuses. Safe for use by many threads.
public interface TunedServer {
  /// How long a change of a trial holds without the hub, and how often the hub renews it.
  record Lease(Duration length, int renewedEverySeconds) {}

  /// The host's name.
  String host();

  TuningStanding standing();

  TuningLook look(TuningRequest request);

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
