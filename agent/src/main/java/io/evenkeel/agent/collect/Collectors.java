package io.evenkeel.agent.collect;

import io.evenkeel.agent.AgentSettings;
import io.evenkeel.agent.collect.cgroup.UnitsCollector;
import io.evenkeel.agent.collect.cpu.CpuCollector;
import io.evenkeel.agent.collect.cpu.LoadCollector;
import io.evenkeel.agent.collect.cpu.PressureCollector;
import io.evenkeel.agent.collect.cpu.SchedstatCollector;
import io.evenkeel.agent.collect.cpu.SoftirqsCollector;
import io.evenkeel.agent.collect.disk.DiskstatsCollector;
import io.evenkeel.agent.collect.disk.FilesystemCollector;
import io.evenkeel.agent.collect.disk.MdadmCollector;
import io.evenkeel.agent.collect.jvm.JvmCollector;
import io.evenkeel.agent.collect.kernel.EdacCollector;
import io.evenkeel.agent.collect.kernel.EntropyCollector;
import io.evenkeel.agent.collect.kernel.FileDescriptorCollector;
import io.evenkeel.agent.collect.kernel.HwmonCollector;
import io.evenkeel.agent.collect.kernel.SysctlCollector;
import io.evenkeel.agent.collect.kernel.TextfileCollector;
import io.evenkeel.agent.collect.kernel.ThermalZoneCollector;
import io.evenkeel.agent.collect.kernel.TimeCollector;
import io.evenkeel.agent.collect.kernel.TimexCollector;
import io.evenkeel.agent.collect.kernel.UnameCollector;
import io.evenkeel.agent.collect.memory.MeminfoCollector;
import io.evenkeel.agent.collect.memory.VmstatCollector;
import io.evenkeel.agent.collect.network.ArpCollector;
import io.evenkeel.agent.collect.network.BondingCollector;
import io.evenkeel.agent.collect.network.ConntrackCollector;
import io.evenkeel.agent.collect.network.DnsCollector;
import io.evenkeel.agent.collect.network.InterfacesCollector;
import io.evenkeel.agent.collect.network.NetstatCollector;
import io.evenkeel.agent.collect.network.NetworkDevicesCollector;
import io.evenkeel.agent.collect.network.SockstatCollector;
import io.evenkeel.agent.collect.network.SoftnetCollector;
import io.evenkeel.agent.collect.portable.OshiCollector;
import io.evenkeel.agent.collect.process.ProcessCountsCollector;
import io.evenkeel.agent.collect.process.TopProcessesCollector;
import io.evenkeel.agent.collect.systemd.SystemdCollector;
import io.evenkeel.model.ProcessSnapshot;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The list of collectors: to add one, write it and name it here.
public final class Collectors {
  /// What a collector is made from.
  ///
  /// @param clock the wall clock, for times that people see
  /// @param nanos a clock that is never set, for durations
  /// @param snapshots takes each list of top processes
  public record Surroundings(
      AgentSettings settings,
      InstantSource clock,
      LongSupplier nanos,
      Names names,
      Consumer<ProcessSnapshot> snapshots) {
    /// A file or folder under `/proc`.
    public Path proc(String path) {
      return settings.root().resolve("proc").resolve(path);
    }

    /// A kernel file under `/proc` that is read again and again.
    ///
    /// @param whatItTells completes the sentence 'this kernel does not offer …'
    public KernelFile procFile(String path, String whatItTells) {
      return new KernelFile(proc(path), whatItTells);
    }

    /// A file or folder under `/sys`.
    public Path sys(String path) {
      return settings.root().resolve("sys").resolve(path);
    }
  }

  /// Makes a collector.
  public interface Factory {
    Collector create(Surroundings surroundings);
  }

  /// Every collector of a Linux machine, in the order in which they are read.
  public static final List<Factory> ALL =
      List.of(
          CpuCollector::new,
          LoadCollector::new,
          PressureCollector::new,
          SchedstatCollector::new,
          SoftirqsCollector::new,
          MeminfoCollector::new,
          VmstatCollector::new,
          DiskstatsCollector::new,
          FilesystemCollector::new,
          MdadmCollector::new,
          NetworkDevicesCollector::new,
          InterfacesCollector::new,
          NetstatCollector::new,
          SockstatCollector::new,
          SoftnetCollector::new,
          ConntrackCollector::new,
          DnsCollector::new,
          ArpCollector::new,
          BondingCollector::new,
          UnameCollector::new,
          TimeCollector::new,
          TimexCollector::new,
          FileDescriptorCollector::new,
          EntropyCollector::new,
          HwmonCollector::new,
          ThermalZoneCollector::new,
          EdacCollector::new,
          SysctlCollector::new,
          SystemdCollector::new,
          TextfileCollector::new,
          UnitsCollector::new,
          ProcessCountsCollector::new,
          TopProcessesCollector::new,
          JvmCollector::new);

  private Collectors() {}

  /// The collectors for this machine: the kernel's files on Linux, OSHI elsewhere.
  public static List<Collector> all(
      AgentSettings settings, InstantSource clock, Consumer<ProcessSnapshot> snapshots) {
    Surroundings surroundings =
        new Surroundings(settings, clock, System::nanoTime, new Names(), snapshots);
    if (!System.getProperty("os.name", "").startsWith("Linux")) {
      return List.of(new OshiCollector(surroundings), new TimeCollector(surroundings));
    }
    List<Collector> all = new ArrayList<>();
    for (Factory factory : ALL) {
      all.add(factory.create(surroundings));
    }
    return all;
  }
}
