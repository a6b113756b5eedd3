package io.evenkeel.agent.collect.portable;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.Samples;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.CentralProcessor.TickType;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HWDiskStore;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;
import oshi.software.os.OSFileStore;
import oshi.software.os.OperatingSystem;

/// What OSHI offers on Windows, macOS and other systems, under the names that boards know.
public final class OshiCollector implements Collector {
  private final HardwareAbstractionLayer hardware;
  private final OperatingSystem system;

  public OshiCollector(Surroundings surroundings) {
    java.util.Objects.requireNonNull(surroundings);
    SystemInfo info = new SystemInfo();
    hardware = info.getHardware();
    system = info.getOperatingSystem();
  }

  @Override
  public String name() {
    return "oshi";
  }

  @Override
  public void collect(Samples out) {
    processors(out, hardware.getProcessor());
    memory(out, hardware.getMemory());
    hardware.getDiskStores().forEach(disk -> disk(out, disk));
    hardware.getNetworkIFs().forEach(network -> network(out, network));
    system.getFileSystem().getFileStores(true).forEach(store -> fileSystem(out, store));
    out.gauge("node_boot_time_seconds", "Node boot time, in unixtime.")
        .set(system.getSystemBootTime());
    out.gauge("node_processes_pids", "Number of PIDs").set(system.getProcessCount());
    out.gauge("node_processes_threads", "Allocated threads in system").set(system.getThreadCount());
    out.gauge(
            "node_uname_info",
            "Labeled system information as provided by the uname system call.",
            "sysname",
            "release",
            "version",
            "machine",
            "nodename",
            "domainname")
        .set(
            1,
            system.getFamily(),
            String.valueOf(system.getVersionInfo().getVersion()),
            system.getVersionInfo().toString(),
            System.getProperty("os.arch", ""),
            system.getNetworkParams().getHostName(),
            system.getNetworkParams().getDomainName());
  }

  private static void processors(Samples out, CentralProcessor processor) {
    Samples.Family seconds =
        out.counter(
            "node_cpu_seconds_total", "Seconds the CPUs spent in each mode.", "cpu", "mode");
    long[][] ticks = processor.getProcessorCpuLoadTicks();
    for (int cpu = 0; cpu < ticks.length; cpu++) {
      String name = Integer.toString(cpu);
      for (TickType type : TickType.values()) {
        seconds.set(ticks[cpu][type.getIndex()] / 1000.0, name, mode(type));
      }
    }
    double[] load = processor.getSystemLoadAverage(3);
    // A negative load means that the system has none.
    if (load[0] >= 0) {
      out.gauge("node_load1", "1m load average.").set(load[0]);
      out.gauge("node_load5", "5m load average.").set(load[1]);
      out.gauge("node_load15", "15m load average.").set(load[2]);
    }
    out.counter("node_context_switches_total", "Total number of context switches.")
        .set(processor.getContextSwitches());
    out.counter("node_intr_total", "Total number of interrupts serviced.")
        .set(processor.getInterrupts());
  }

  private static String mode(TickType type) {
    return switch (type) {
      case USER -> "user";
      case NICE -> "nice";
      case SYSTEM -> "system";
      case IDLE -> "idle";
      case IOWAIT -> "iowait";
      case IRQ -> "irq";
      case SOFTIRQ -> "softirq";
      case STEAL -> "steal";
    };
  }

  private static void memory(Samples out, GlobalMemory memory) {
    out.gauge("node_memory_MemTotal_bytes", "Memory information field MemTotal_bytes.")
        .set(memory.getTotal());
    out.gauge("node_memory_MemAvailable_bytes", "Memory information field MemAvailable_bytes.")
        .set(memory.getAvailable());
    long swap = memory.getVirtualMemory().getSwapTotal();
    out.gauge("node_memory_SwapTotal_bytes", "Memory information field SwapTotal_bytes.").set(swap);
    out.gauge("node_memory_SwapFree_bytes", "Memory information field SwapFree_bytes.")
        .set(swap - memory.getVirtualMemory().getSwapUsed());
  }

  private static void disk(Samples out, HWDiskStore disk) {
    String name = disk.getName();
    out.counter(
            "node_disk_reads_completed_total",
            "The total number of reads completed successfully.",
            "device")
        .set(disk.getReads(), name);
    out.counter(
            "node_disk_read_bytes_total", "The total number of bytes read successfully.", "device")
        .set(disk.getReadBytes(), name);
    out.counter(
            "node_disk_writes_completed_total",
            "The total number of writes completed successfully.",
            "device")
        .set(disk.getWrites(), name);
    out.counter(
            "node_disk_written_bytes_total",
            "The total number of bytes written successfully.",
            "device")
        .set(disk.getWriteBytes(), name);
    out.counter("node_disk_io_time_seconds_total", "Total seconds spent doing I/Os.", "device")
        .set(disk.getTransferTime() / 1000.0, name);
    out.gauge("node_disk_io_now", "The number of I/Os currently in progress.", "device")
        .set(disk.getCurrentQueueLength(), name);
  }

  private static void network(Samples out, NetworkIF network) {
    String name = network.getName();
    counter(out, "receive_bytes", network.getBytesRecv(), name);
    counter(out, "transmit_bytes", network.getBytesSent(), name);
    counter(out, "receive_packets", network.getPacketsRecv(), name);
    counter(out, "transmit_packets", network.getPacketsSent(), name);
    counter(out, "receive_errs", network.getInErrors(), name);
    counter(out, "transmit_errs", network.getOutErrors(), name);
    counter(out, "receive_drop", network.getInDrops(), name);
    out.gauge("node_network_mtu_bytes", "Network device property: mtu_bytes.", "device")
        .set(network.getMTU(), name);
    if (network.getSpeed() > 0) {
      out.gauge("node_network_speed_bytes", "Network device property: speed_bytes.", "device")
          .set(network.getSpeed() / 8.0, name);
    }
  }

  private static void counter(Samples out, String field, long value, String device) {
    out.counter(
            "node_network_" + field + "_total", "Network device statistic " + field + ".", "device")
        .set(value, device);
  }

  private static void fileSystem(Samples out, OSFileStore store) {
    String[] values = {store.getVolume(), store.getMount(), store.getType()};
    gauge(out, "size_bytes", "Filesystem size in bytes.").set(store.getTotalSpace(), values);
    gauge(out, "free_bytes", "Filesystem free space in bytes.").set(store.getFreeSpace(), values);
    gauge(out, "avail_bytes", "Filesystem space available to non-root users in bytes.")
        .set(store.getUsableSpace(), values);
    if (store.getTotalInodes() > 0) {
      gauge(out, "files", "Filesystem total file nodes.").set(store.getTotalInodes(), values);
      gauge(out, "files_free", "Filesystem total free file nodes.")
          .set(store.getFreeInodes(), values);
    }
  }

  private static Samples.Family gauge(Samples out, String field, String help) {
    return out.gauge("node_filesystem_" + field, help, "device", "mountpoint", "fstype");
  }
}
