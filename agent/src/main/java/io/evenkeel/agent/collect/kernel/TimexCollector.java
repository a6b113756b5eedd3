package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;

/// How well the kernel's clock is kept (adjtimex(2)).
public final class TimexCollector implements Collector {
  private static final int TIME_ERROR = 5;

  public TimexCollector(Surroundings surroundings) {
    java.util.Objects.requireNonNull(surroundings);
  }

  @Override
  public String name() {
    return "timex";
  }

  /// A clock drifts slowly, and the call is the dearest of those that read one number.
  @Override
  public int seconds() {
    return 5;
  }

  @Override
  public void collect(Samples out) throws IOException {
    LibC.Clock clock = LibC.adjtimex();
    out.gauge(
            "node_timex_offset_seconds", "Time offset in between local system and reference clock.")
        .set(clock.offset() / (clock.nanos() ? 1e9 : 1e6));
    out.gauge("node_timex_maxerror_seconds", "Maximum error in seconds.")
        .set(clock.maxErrorMicros() / 1e6);
    out.gauge(
            "node_timex_sync_status",
            "Is clock synchronized to a reliable server (1 = yes, 0 = no).")
        .set(clock.state() == TIME_ERROR ? 0 : 1);
  }
}
