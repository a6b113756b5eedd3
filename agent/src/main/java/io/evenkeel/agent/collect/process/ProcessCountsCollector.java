package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;

/// How many threads there are, and how many threads and processes there may be. The processes' own
/// count and states come from the scan of [TopProcessesCollector], which reads every process
/// anyway.
public final class ProcessCountsCollector implements Collector {
  private final KernelFile mostThreads;
  private final KernelFile mostProcesses;
  private final KernelFile load;

  public ProcessCountsCollector(Surroundings surroundings) {
    mostThreads = surroundings.procFile("sys/kernel/threads-max", "the limit of threads");
    mostProcesses = surroundings.procFile("sys/kernel/pid_max", "the limit of processes");
    load = surroundings.procFile("loadavg", "load averages");
  }

  @Override
  public String name() {
    return "processes";
  }

  @Override
  public void collect(Samples out) throws IOException {
    out.gauge("node_processes_max_threads", "Limit of threads in the system")
        .setNumber(mostThreads.number());
    out.gauge("node_processes_max_processes", "Number of max PIDs limit")
        .setNumber(mostProcesses.number());
    ByteText text = load.read();
    text.nextLine();
    text.skip(3);
    // 'runnable/all' tasks, where a task is a thread.
    if (text.nextUntil('/')) {
      out.gauge("node_processes_threads", "Allocated threads in system").setNumber(text.number());
    }
  }

  @Override
  public void close() {
    mostThreads.close();
    mostProcesses.close();
    load.close();
  }
}
