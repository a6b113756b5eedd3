package io.evenkeel.hub.tune;

import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.time.Duration;
import java.util.List;

/// A server whose knobs cannot be turned for a reason that stays, such as a journal that cannot be
/// trusted: it refuses everything and says why.
///
/// @param problem in words, with what to do
public record UntunedServer(String host, String problem) implements TunedServer {
  @Override
  public TuningStanding standing() {
    return TuningStanding.without(problem);
  }

  @Override
  public TuningLook look(TuningRequest request) {
    return new TuningLook(refused(), problem, "");
  }

  @Override
  public TuningResult read(String action, String target) {
    return refused();
  }

  @Override
  public List<String> processesNamed(String comm) {
    return List.of();
  }

  @Override
  public TuningResult apply(String id, TuningRequest request, String approvedBy, Duration lease) {
    return refused();
  }

  @Override
  public TuningResult hold(String id, boolean on) {
    return refused();
  }

  @Override
  public TuningResult renew(String id, Duration lease) {
    return refused();
  }

  @Override
  public TuningResult keep(String id, String actor) {
    return refused();
  }

  @Override
  public TuningResult revert(String id, String actor, String why) {
    return refused();
  }

  @Override
  public TuningResult stop(String actor) {
    return refused();
  }

  @Override
  public TuningResult resume(String actor) {
    return refused();
  }

  @Override
  public Lease lease() {
    return new Lease(Duration.ofSeconds(15), 1);
  }

  @Override
  public void collectEachSecond(Duration during) {
    // Nothing is tried on it.
  }

  private TuningResult refused() {
    return new TuningResult.Refused(problem);
  }
}
