package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.Samples;
import java.time.InstantSource;

/// The machine's wall clock.
public final class TimeCollector implements Collector {
  private final InstantSource clock;

  public TimeCollector(Surroundings surroundings) {
    clock = surroundings.clock();
  }

  @Override
  public String name() {
    return "time";
  }

  @Override
  public void collect(Samples out) {
    out.gauge("node_time_seconds", "System time in seconds since epoch (1970).")
        .set(clock.millis() / 1000.0);
  }
}
