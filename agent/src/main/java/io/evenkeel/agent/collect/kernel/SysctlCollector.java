package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.ReadBuffer;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The kernel's knobs under `/proc/sys` that diagnosis judges by and advises on, named as
/// node_exporter's sysctl collector names them. A knob that this kernel or network namespace does
/// not have is missing.
public final class SysctlCollector implements Collector {
  private static final List<String> KNOBS =
      List.of(
          "fs.file-max",
          "kernel.numa_balancing",
          "kernel.pid_max",
          "kernel.threads-max",
          "net.core.netdev_budget",
          "net.core.netdev_max_backlog",
          "net.core.rmem_default",
          "net.core.rmem_max",
          "net.core.somaxconn",
          "net.core.wmem_max",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.tcp_max_syn_backlog",
          "net.ipv4.tcp_mem",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_wmem",
          "net.netfilter.nf_conntrack_max",
          "vm.dirty_background_bytes",
          "vm.dirty_background_ratio",
          "vm.dirty_bytes",
          "vm.dirty_ratio",
          "vm.overcommit_memory",
          "vm.page-cluster",
          "vm.swappiness",
          "vm.watermark_scale_factor");

  private record Knob(String name, String metric, KernelFile file) {}

  private final List<Knob> knobs = new ArrayList<>();

  public SysctlCollector(Surroundings surroundings) {
    ReadBuffer buffer = new ReadBuffer(256);
    for (String name : KNOBS) {
      knobs.add(
          new Knob(
              name,
              "node_sysctl_" + name.replace('.', '_').replace('-', '_'),
              new KernelFile(
                  surroundings.proc("sys/" + name.replace('.', '/')), "this knob", buffer)));
    }
  }

  @Override
  public String name() {
    return "sysctl";
  }

  @Override
  public int seconds() {
    return 10;
  }

  @Override
  public void collect(Samples out) throws IOException {
    boolean any = false;
    for (Knob knob : knobs) {
      try {
        put(knob, knob.file.read(), out);
        any = true;
      } catch (NotAvailableException e) {
        // Not in this kernel or namespace: the other knobs stand.
        System.getLogger(SysctlCollector.class.getName())
            .log(System.Logger.Level.TRACE, e.getMessage());
      } finally {
        // Ten seconds apart a kept file is worth less than its descriptor.
        knob.file.close();
      }
    }
    if (!any) {
      throw new NotAvailableException("this kernel does not show its knobs (/proc/sys)");
    }
  }

  private static void put(Knob knob, ByteText text, Samples out) {
    List<Long> numbers = new ArrayList<>(3);
    text.nextLine();
    for (long value = text.number(); value != ByteText.NO_NUMBER; value = text.number()) {
      numbers.add(value);
    }
    String help = "sysctl " + knob.name;
    if (numbers.size() == 1) {
      out.gauge(knob.metric, help).set(numbers.getFirst());
    }
    for (int i = 0; numbers.size() > 1 && i < numbers.size(); i++) {
      out.gauge(knob.metric, help, "index").set(numbers.get(i), Integer.toString(i));
    }
  }

  @Override
  public void close() {
    knobs.forEach(knob -> knob.file.close());
  }
}
