package io.evenkeel.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.evenkeel.agent.collect.cgroup.UnitNames;
import io.evenkeel.agent.collect.cgroup.UnitsCollector;
import io.evenkeel.agent.collect.cpu.CpuCollector;
import io.evenkeel.agent.collect.cpu.LoadCollector;
import io.evenkeel.agent.collect.cpu.PressureCollector;
import io.evenkeel.agent.collect.cpu.SchedstatCollector;
import io.evenkeel.agent.collect.cpu.SoftirqsCollector;
import io.evenkeel.agent.collect.disk.DiskstatsCollector;
import io.evenkeel.agent.collect.disk.MdadmCollector;
import io.evenkeel.agent.collect.memory.MeminfoCollector;
import io.evenkeel.agent.collect.memory.VmstatCollector;
import io.evenkeel.agent.collect.network.NetstatCollector;
import io.evenkeel.agent.collect.network.NetworkDevicesCollector;
import io.evenkeel.agent.collect.network.SockstatCollector;
import io.evenkeel.agent.collect.network.SoftnetCollector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorsTest {
  @Test
  void read_processor_times_in_seconds() throws Exception {
    Map<String, Double> values = Collected.from("debian12", CpuCollector::new).round();
    assertThat(values)
        .contains(
            entry("node_cpu_seconds_total{cpu=\"0\", mode=\"user\"}", 739.82),
            entry("node_cpu_seconds_total{cpu=\"1\", mode=\"iowait\"}", 16.43),
            entry("node_cpu_guest_seconds_total{cpu=\"0\", mode=\"nice\"}", 0.0));
    assertThat(values)
        .containsKeys(
            "node_context_switches_total", "node_boot_time_seconds", "node_procs_running");
    assertThat(values.keySet()).noneMatch(series -> series.contains("cpu=\"\""));
  }

  @Test
  void read_the_load_averages() throws Exception {
    assertThat(Collected.from("debian12", LoadCollector::new).round())
        .containsOnlyKeys("node_load1", "node_load5", "node_load15")
        .allSatisfy((series, value) -> assertThat(value).isBetween(0.0, 100.0));
  }

  @Test
  void read_every_line_of_meminfo_as_bytes() throws Exception {
    Map<String, Double> values = Collected.from("debian12", MeminfoCollector::new).round();
    long lines = Files.readAllLines(Collected.fixture("debian12/proc/meminfo")).size();
    assertThat(values).hasSize((int) lines);
    assertThat(values).containsKey("node_memory_MemTotal_bytes");
    assertThat(values).containsKeys("node_memory_Active_anon_bytes", "node_memory_HugePages_Total");
  }

  @Test
  void read_the_fields_of_vmstat_that_rules_and_diagnosis_need() throws Exception {
    assertThat(Collected.from("debian12", VmstatCollector::new).round())
        .containsKeys(
            "node_vmstat_pgfault",
            "node_vmstat_pgmajfault",
            "node_vmstat_pgpgin",
            "node_vmstat_oom_kill",
            "node_vmstat_nr_dirty")
        .doesNotContainKey("node_vmstat_nr_zone_inactive_anon");
  }

  @Test
  void read_whole_disks_in_bytes_and_seconds_and_leave_loops_out() throws Exception {
    Map<String, Double> values = Collected.from("debian12", DiskstatsCollector::new).round();
    assertThat(values)
        .contains(
            entry("node_disk_read_bytes_total{device=\"vda\"}", 15_894_970 * 512.0),
            entry("node_disk_read_time_seconds_total{device=\"vda\"}", 115.826),
            entry("node_disk_io_now{device=\"vda\"}", 0.0),
            entry("node_disk_flush_requests_total{device=\"vda\"}", 31_211.0));
    assertThat(values.keySet()).noneMatch(series -> series.contains("loop"));
  }

  @Test
  void read_interfaces_protocols_and_sockets() throws Exception {
    assertThat(Collected.from("debian12", NetworkDevicesCollector::new).round())
        .containsKeys(
            "node_network_receive_bytes_total{device=\"lo\"}",
            "node_network_transmit_carrier_total{device=\"eth0\"}",
            "node_network_receive_multicast_total{device=\"eth0\"}");
    assertThat(Collected.from("debian12", NetstatCollector::new).round())
        .containsKeys(
            "node_netstat_Tcp_CurrEstab",
            "node_netstat_TcpExt_ListenOverflows",
            "node_netstat_Udp_InDatagrams",
            "node_netstat_IpExt_InOctets");
    Map<String, Double> sockets = Collected.from("debian12", SockstatCollector::new).round();
    assertThat(sockets).containsKeys("node_sockstat_sockets_used", "node_sockstat_TCP_alloc");
    assertThat(sockets)
        .containsEntry(
            "node_sockstat_TCP_mem_bytes",
            sockets.getOrDefault("node_sockstat_TCP_mem", -1.0) * 4096);
    assertThat(Collected.from("debian12", SoftnetCollector::new).round())
        .containsKeys(
            "node_softnet_processed_total{cpu=\"1\"}",
            "node_softnet_times_squeezed_total{cpu=\"0\"}");
    assertThat(Collected.from("debian12", SoftirqsCollector::new).round())
        .containsKeys("node_softirqs_functions_total{cpu=\"0\", type=\"NET_RX\"}");
  }

  @Test
  void read_pressure_with_and_without_the_interrupts_of_newer_kernels() throws Exception {
    assertThat(Collected.from("physical", PressureCollector::new).round())
        .containsOnly(
            entry("node_pressure_cpu_waiting_seconds_total", 1.5),
            entry("node_pressure_io_waiting_seconds_total", 1.5),
            entry("node_pressure_io_stalled_seconds_total", 0.25),
            entry("node_pressure_memory_waiting_seconds_total", 1.5),
            entry("node_pressure_memory_stalled_seconds_total", 0.25),
            entry("node_pressure_irq_stalled_seconds_total", 7.0));
    assertThat(Collected.from("debian12", PressureCollector::new).round()).hasSize(5);
  }

  @Test
  void report_what_the_kernel_lacks_as_not_available_and_give_no_zero() {
    Collected schedstat = Collected.from("debian12", SchedstatCollector::new);
    assertThatThrownBy(schedstat::round)
        .isInstanceOf(NotAvailableException.class)
        .hasMessageContaining("scheduler statistics");
  }

  @Test
  void report_a_file_that_cannot_be_read_as_a_failure_with_its_name(@TempDir Path root)
      throws Exception {
    Files.createDirectories(root.resolve("proc/loadavg"));
    Collected collected = new Collected(root, InstantSource.system(), LoadCollector::new);
    assertThatThrownBy(collected::round)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NotAvailableException.class)
        .hasMessageContaining("proc/loadavg cannot be read");
  }

  @Test
  void read_scheduler_statistics_in_seconds() throws Exception {
    assertThat(Collected.from("physical", SchedstatCollector::new).round())
        .hasSize(4)
        .containsEntry(
            "node_schedstat_running_seconds_total{cpu=\"0\"}", 2_045_936_778_163_039L / 1e9);
  }

  @Test
  void read_the_disks_of_arrays_by_state() throws Exception {
    assertThat(Collected.from("physical", MdadmCollector::new).round())
        .contains(
            entry("node_md_disks{device=\"md0\", state=\"active\"}", 2.0),
            entry("node_md_disks_required{device=\"md127\"}", 3.0),
            entry("node_md_disks{device=\"md127\", state=\"active\"}", 2.0),
            entry("node_md_disks{device=\"md127\", state=\"failed\"}", 1.0),
            entry("node_md_disks{device=\"md127\", state=\"spare\"}", 1.0));
  }

  @Test
  void read_units_and_containers_of_control_groups_version_2() throws Exception {
    assertThat(Collected.from("cgroup2", UnitsCollector::new).round())
        .contains(
            entry("evenkeel_unit_cpu_seconds_total{unit=\"nginx.service\"}", 2.5),
            entry("evenkeel_unit_cpu_throttled_seconds_total{unit=\"nginx.service\"}", 4.0),
            entry("evenkeel_unit_memory_bytes{unit=\"nginx.service\"}", 104_857_600.0),
            entry(
                "evenkeel_unit_memory_events_total{event=\"oom_kill\", unit=\"nginx.service\"}",
                1.0),
            entry("evenkeel_unit_pids_max{unit=\"nginx.service\"}", 100.0),
            entry("evenkeel_unit_io_read_bytes_total{unit=\"nginx.service\"}", 1_010.0),
            entry("evenkeel_unit_cpu_seconds_total{unit=\"docker:0123456789ab\"}", 7.0))
        .doesNotContainKey("evenkeel_unit_memory_max_bytes{unit=\"nginx.service\"}");
  }

  @Test
  void read_units_of_control_groups_version_1() throws Exception {
    assertThat(Collected.from("cgroup1", UnitsCollector::new).round())
        .containsOnly(
            entry("evenkeel_unit_cpu_seconds_total{unit=\"nginx.service\"}", 3.5),
            entry("evenkeel_unit_cpu_throttled_seconds_total{unit=\"nginx.service\"}", 1.5),
            entry("evenkeel_unit_cpu_nr_periods_total{unit=\"nginx.service\"}", 10.0),
            entry("evenkeel_unit_cpu_nr_throttled_total{unit=\"nginx.service\"}", 4.0),
            entry("evenkeel_unit_memory_bytes{unit=\"nginx.service\"}", 2_048.0),
            entry(
                "evenkeel_unit_memory_events_total{event=\"oom_kill\", unit=\"nginx.service\"}",
                3.0),
            entry("evenkeel_unit_pids{unit=\"nginx.service\"}", 7.0),
            entry("evenkeel_unit_io_read_bytes_total{unit=\"nginx.service\"}", 100.0),
            entry("evenkeel_unit_io_written_bytes_total{unit=\"nginx.service\"}", 200.0));
  }

  @Test
  void name_the_container_or_unit_of_a_control_group() {
    UnitNames units = new UnitNames(Path.of("/nowhere"));
    String id = "0123456789abcdef".repeat(4);
    assertThat(units.of("/system.slice/ssh.service")).isEqualTo(Optional.of("ssh.service"));
    assertThat(units.of("/docker/" + id)).isEqualTo(Optional.of("docker:0123456789ab"));
    assertThat(units.of("/system.slice/docker-" + id + ".scope"))
        .isEqualTo(Optional.of("docker:0123456789ab"));
    assertThat(units.of("/machine.slice/libpod-" + id + ".scope/container"))
        .isEqualTo(Optional.of("podman:0123456789ab"));
    assertThat(units.of("/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + id + ".scope"))
        .isEqualTo(Optional.of("containerd:0123456789ab"));
    assertThat(units.of("/lxc/web/init.scope")).isEqualTo(Optional.of("lxc:web"));
    assertThat(units.of("/user.slice/user-1000.slice/session-4.scope"))
        .isEqualTo(Optional.of("user-1000.slice"));
    assertThat(units.of("/kubepods/burstable/pod1/" + id))
        .isEqualTo(Optional.of("kubernetes:0123456789ab"));
    assertThat(
            units.of("/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" + id))
        .isEqualTo(Optional.of("containerd:0123456789ab"));
    assertThat(
            units.of(
                "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id + ".scope"))
        .isEqualTo(Optional.of("podman:0123456789ab"));
    assertThat(units.of("/machine.slice/machine-web.scope/payload"))
        .isEqualTo(Optional.of("machine:web"));
    assertThat(units.of("/system.slice/docker.service/init.scope"))
        .isEqualTo(Optional.of("docker.service"));
    assertThat(units.of("/system.slice")).isEmpty();
    assertThat(units.of("/")).isEmpty();
    assertThat(UnitNames.path("4:memory:/a\n1:name=systemd:/b\n0::/c\n")).isEqualTo("/c");
    assertThat(UnitNames.path("4:memory:/a\n1:name=systemd:/b\n0::/\n")).isEqualTo("/b");
  }

  @Test
  void survive_files_that_are_cut_at_any_byte_or_garbled(@TempDir Path root) throws Exception {
    record Case(String file, Collectors.Factory factory) {}
    List<Case> cases =
        List.of(
            new Case("stat", CpuCollector::new),
            new Case("loadavg", LoadCollector::new),
            new Case("meminfo", MeminfoCollector::new),
            new Case("vmstat", VmstatCollector::new),
            new Case("diskstats", DiskstatsCollector::new),
            new Case("softirqs", SoftirqsCollector::new),
            new Case("net/dev", NetworkDevicesCollector::new),
            new Case("net/sockstat", SockstatCollector::new),
            new Case("net/softnet_stat", SoftnetCollector::new));
    java.util.Random random = new java.util.Random(20261123);
    for (Case one : cases) {
      byte[] whole = Files.readAllBytes(Collected.fixture("debian12/proc/" + one.file));
      Path file = root.resolve("proc").resolve(one.file);
      Files.createDirectories(file.getParent());
      Files.write(file, whole);
      Collected collected = new Collected(root, InstantSource.system(), one.factory);
      for (int round = 0; round < 300; round++) {
        byte[] damaged =
            java.util.Arrays.copyOf(whole, random.nextInt(Math.min(whole.length, 4_000)));
        for (int i = 0; i < damaged.length / 50; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) (random.nextInt(256));
        }
        Files.write(file, damaged);
        try {
          assertThat(collected.round().values()).noneMatch(value -> value.isNaN());
        } catch (IOException e) {
          assertThat(e).hasMessageContaining(file.getFileName().toString());
        }
      }
    }
  }
}
