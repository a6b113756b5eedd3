package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/// How many threads and processes the machine may have. The counts and states themselves come from
/// the scan of [TopProcessesCollector], which reads every process anyway.
public final class ProcessCountsCollector implements Collector {
  private final Path mostThreads;
  private final Path mostProcesses;
  private final KernelFile load;

  public ProcessCountsCollector(Surroundings surroundings) {
    mostThreads = surroundings.proc("sys/kernel/threads-max");
    mostProcesses = surroundings.proc("sys/kernel/pid_max");
    load = new KernelFile(surroundings.proc("loadavg"), "load averages");
  }

  @Override
  public String name() {
    return "processes";
  }

  @Override
  public void collect(Samples out) throws IOException {
    OptionalLong threads = SmallFiles.number(mostThreads);
    threads.ifPresent(most ->
        out.gauge("node_processes_max_threads", "Limit of threads in the system").set(most));
    SmallFiles.number(mostProcesses)
        .ifPresent(most ->
            out.gauge("node_processes_max_processes", "Number of max PIDs limit").set(most));
    ByteText text = load.read();
    text.nextLine();
    text.skip(3);
    // 'runnable/all' tasks, where a task is a thread.
    if (text.nextUntil('/')) {
      long all = text.number();
      if (all != ByteText.NO_NUMBER) {
        out.gauge("node_processes_threads", "Allocated threads in system").set(all);
      }
    }
  }

  @Override
  public void close() {
    load.close();
  }
}
