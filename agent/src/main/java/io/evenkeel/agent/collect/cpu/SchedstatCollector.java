package io.evenkeel.agent.collect.cpu;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/schedstat`: how long tasks ran on, and waited for, each processor
/// (Documentation/scheduler/sched-stats.rst: fields 7 and 8, nanoseconds).
public final class SchedstatCollector extends FileCollector {
  public SchedstatCollector(Surroundings surroundings) {
    super(
        "schedstat", surroundings.proc("schedstat"), "scheduler statistics", surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    Samples.Family running =
        out.counter(
            "node_schedstat_running_seconds_total",
            "Number of seconds CPU spent running a process.",
            "cpu");
    Samples.Family waiting =
        out.counter(
            "node_schedstat_waiting_seconds_total",
            "Number of seconds spent by processing waiting for this CPU.",
            "cpu");
    while (text.nextLine()) {
      if (text.nextWord() && text.startsWith("cpu")) {
        text.dropFirst(3);
        String cpu = text.text(names);
        text.skip(6);
        set(running, text.number(), 1e-9, cpu);
        set(waiting, text.number(), 1e-9, cpu);
      }
    }
  }
}
