package io.evenkeel.agent.collect.cpu;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/loadavg`: the load averages.
public final class LoadCollector extends FileCollector {
  public LoadCollector(Surroundings surroundings) {
    super("loadavg", surroundings.proc("loadavg"), "load averages", surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    text.nextLine();
    load(out.gauge("node_load1", "1m load average."), text.fraction());
    load(out.gauge("node_load5", "5m load average."), text.fraction());
    load(out.gauge("node_load15", "15m load average."), text.fraction());
  }

  private static void load(Samples.Family family, double value) {
    if (!Double.isNaN(value)) {
      family.set(value);
    }
  }
}
