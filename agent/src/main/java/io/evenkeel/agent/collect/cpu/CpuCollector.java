package io.evenkeel.agent.collect.cpu;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Names;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;

/// `/proc/stat`: processor time by mode, context switches, forks, interrupts, boot time, runnable
/// and blocked processes.
public final class CpuCollector implements Collector {
  /// Clock ticks a second in what the kernel tells user space; 100 on every Linux (`getconf
  /// CLK_TCK`).
  private static final double TICKS = 100;

  private static final String[] MODES = {
    "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"
  };

  private final KernelFile file;
  private final Names names;

  public CpuCollector(Surroundings surroundings) {
    file = new KernelFile(surroundings.proc("stat"), "processor times");
    names = surroundings.names();
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public void collect(Samples out) throws IOException {
    Samples.Family seconds =
        out.counter(
            "node_cpu_seconds_total", "Seconds the CPUs spent in each mode.", "cpu", "mode");
    Samples.Family guest =
        out.counter(
            "node_cpu_guest_seconds_total",
            "Seconds the CPUs spent in guests (VMs) for each mode.",
            "cpu",
            "mode");
    ByteText text = file.read();
    while (text.nextLine()) {
      text.nextWord();
      if (text.startsWith("cpu")) {
        text.dropFirst(3);
        String cpu = text.text(names);
        if (!cpu.isEmpty()) {
          for (String mode : MODES) {
            ticks(seconds, text.number(), cpu, mode);
          }
          ticks(guest, text.number(), cpu, "user");
          ticks(guest, text.number(), cpu, "nice");
        }
      } else if (text.is("intr")) {
        set(out.counter("node_intr_total", "Total number of interrupts serviced."), text);
      } else if (text.is("ctxt")) {
        set(out.counter("node_context_switches_total", "Total number of context switches."), text);
      } else if (text.is("btime")) {
        set(out.gauge("node_boot_time_seconds", "Node boot time, in unixtime."), text);
      } else if (text.is("processes")) {
        set(out.counter("node_forks_total", "Total number of forks."), text);
      } else if (text.is("procs_running")) {
        set(out.gauge("node_procs_running", "Number of processes in runnable state."), text);
      } else if (text.is("procs_blocked")) {
        set(
            out.gauge(
                "node_procs_blocked", "Number of processes blocked waiting for I/O to complete."),
            text);
      }
    }
  }

  private static void ticks(Samples.Family family, long ticks, String cpu, String mode) {
    if (ticks != ByteText.NO_NUMBER) {
      family.set(ticks / TICKS, cpu, mode);
    }
  }

  private static void set(Samples.Family family, ByteText text) {
    long value = text.number();
    if (value != ByteText.NO_NUMBER) {
      family.set(value);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
