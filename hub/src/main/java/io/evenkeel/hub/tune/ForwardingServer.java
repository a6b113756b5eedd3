package io.evenkeel.hub.tune;

import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.time.Duration;
import java.util.List;

/// A server in front of another, which gets what is not done otherwise here.
interface ForwardingServer extends TunedServer {
  /// The one behind.
  TunedServer server();

  @Override
  default String host() {
    return server().host();
  }

  @Override
  default TuningStanding standing() {
    return server().standing();
  }

  @Override
  default TuningLook look(TuningRequest request) {
    return server().look(request);
  }

  @Override
  default TuningResult read(String action, String target) {
    return server().read(action, target);
  }

  @Override
  default List<String> processesNamed(String comm) {
    return server().processesNamed(comm);
  }

  @Override
  default TuningResult hold(String id, boolean on) {
    return server().hold(id, on);
  }

  @Override
  default TuningResult renew(String id, Duration lease) {
    return server().renew(id, lease);
  }

  @Override
  default TuningResult stop(String actor) {
    return server().stop(actor);
  }

  @Override
  default TuningResult resume(String actor) {
    return server().resume(actor);
  }

  @Override
  default Lease lease() {
    return server().lease();
  }

  @Override
  default void collectEachSecond(Duration during) {
    server().collectEachSecond(during);
  }
}
