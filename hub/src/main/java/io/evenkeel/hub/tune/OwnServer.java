package io.evenkeel.hub.tune;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/// The hub's own machine: its executor is in this process.
///
/// @param host the machine's name
/// @param collectEvery sets the agent's period for a while: period, how long
public record OwnServer(
    String host, TuningExecutor executor, BiConsumer<Duration, Duration> collectEvery)
    implements TunedServer {
  private static final Lease LEASE = new Lease(Duration.ofSeconds(15), 1);

  @Override
  public TuningStanding standing() {
    return executor.standing();
  }

  @Override
  public TuningLook look(TuningRequest request) {
    return executor.look(request);
  }

  @Override
  public TuningResult read(String action, String target) {
    return executor.read(action, target);
  }

  @Override
  public List<String> processesNamed(String comm) {
    return executor.processesNamed(comm);
  }

  @Override
  public TuningResult apply(String id, TuningRequest request, String approvedBy, Duration lease) {
    return executor.apply(id, request, approvedBy, lease);
  }

  @Override
  public TuningResult hold(String id, boolean on) {
    return executor.hold(id, on);
  }

  @Override
  public TuningResult renew(String id, Duration lease) {
    return executor.renew(id, lease);
  }

  @Override
  public TuningResult keep(String id, String actor) {
    return executor.keep(id, actor);
  }

  @Override
  public TuningResult revert(String id, String actor, String why) {
    return executor.revert(id, actor, why);
  }

  @Override
  public TuningResult stop(String actor) {
    return executor.stop(actor);
  }

  @Override
  public TuningResult resume(String actor) {
    return executor.resume(actor);
  }

  @Override
  public Lease lease() {
    return LEASE;
  }

  @Override
  public void collectEachSecond(Duration during) {
    collectEvery.accept(Duration.ofSeconds(1), during);
  }
}
