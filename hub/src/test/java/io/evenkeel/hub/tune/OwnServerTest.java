package io.evenkeel.hub.tune;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.agent.tune.TuningOrders;

class OwnServerTest extends TunedServerContract {
  @Override
  TunedServer server(TuningExecutor executor, TuningOrders orders) {
    return new OwnServer("hub", executor, (period, lease) -> {});
  }
}
