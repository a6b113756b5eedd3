package io.evenkeel.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.evenkeel.agent.collect.cgroup.UnitNames;
import io.evenkeel.agent.collect.cgroup.UnitsCollector;
import io.evenkeel.agent.collect.kernel.EdacCollector;
import io.evenkeel.agent.collect.kernel.EntropyCollector;
import io.evenkeel.agent.collect.kernel.FileDescriptorCollector;
import io.evenkeel.agent.collect.kernel.HwmonCollector;
import io.evenkeel.agent.collect.kernel.ThermalZoneCollector;
import io.evenkeel.agent.collect.network.ArpCollector;
import io.evenkeel.agent.collect.network.BondingCollector;
import io.evenkeel.agent.collect.network.ConntrackCollector;
import io.evenkeel.agent.collect.network.InterfacesCollector;
import io.evenkeel.agent.collect.process.ProcessCountsCollector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Collectors of devices that the machines of the captured fixtures do not have: their files are
/// laid out here as the kernel's documentation describes them.
class DeviceFilesTest {
  @TempDir Path root;

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private Map<String, Double> round(Collectors.Factory factory) throws Exception {
    return new Collected(root, InstantSource.system(), factory).round();
  }

  static Collectors.Factory[] collectorsOfDevices() {
    return new Collectors.Factory[] {
      HwmonCollector::new,
      ThermalZoneCollector::new,
      EdacCollector::new,
      BondingCollector::new,
      InterfacesCollector::new,
      ConntrackCollector::new,
      ArpCollector::new,
      EntropyCollector::new,
      FileDescriptorCollector::new,
      UnitsCollector::new,
    };
  }

  @ParameterizedTest
  @MethodSource("collectorsOfDevices")
  void what_the_machine_does_not_have_is_not_available(Collectors.Factory factory) {
    assertThatThrownBy(() -> round(factory)).isInstanceOf(NotAvailableException.class);
  }

  @Test
  void temperatures_come_with_the_limits_that_the_chip_has() throws Exception {
    file("sys/class/hwmon/hwmon0/name", "coretemp");
    file("sys/class/hwmon/hwmon0/temp1_input", "47500");
    file("sys/class/hwmon/hwmon0/temp1_max", "90000");
    file("sys/class/hwmon/hwmon0/temp1_crit", "100000");
    file("sys/class/hwmon/hwmon0/temp2_input", "-1000");
    file("sys/class/hwmon/hwmon0/fan1_input", "1200");
    assertThat(round(HwmonCollector::new))
        .containsOnly(
            entry("node_hwmon_temp_celsius{chip=\"coretemp\", sensor=\"temp1\"}", 47.5),
            entry("node_hwmon_temp_max_celsius{chip=\"coretemp\", sensor=\"temp1\"}", 90.0),
            entry("node_hwmon_temp_crit_celsius{chip=\"coretemp\", sensor=\"temp1\"}", 100.0),
            entry("node_hwmon_temp_celsius{chip=\"coretemp\", sensor=\"temp2\"}", -1.0));
  }

  @Test
  void a_thermal_zone_that_cannot_be_read_is_missing() throws Exception {
    file("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp");
    file("sys/class/thermal/thermal_zone0/temp", "51000");
    file("sys/class/thermal/thermal_zone1/type", "acpitz");
    assertThat(round(ThermalZoneCollector::new))
        .containsOnly(entry("node_thermal_zone_temp{type=\"x86_pkg_temp\", zone=\"0\"}", 51.0));
  }

  @Test
  void memory_errors_are_counted_by_controller() throws Exception {
    file("sys/devices/system/edac/mc/mc0/ce_count", "3");
    file("sys/devices/system/edac/mc/mc0/ue_count", "1");
    file("sys/devices/system/edac/mc/mcfoo/ce_count", "9");
    assertThat(round(EdacCollector::new))
        .containsOnly(
            entry("node_edac_correctable_errors_total{controller=\"0\"}", 3.0),
            entry("node_edac_uncorrectable_errors_total{controller=\"0\"}", 1.0));
  }

  @Test
  void a_bond_counts_its_members_and_those_that_work() throws Exception {
    file("sys/class/net/bonding_masters", "bond0");
    file("sys/class/net/bond0/bonding/slaves", "eth0 eth1");
    file("sys/class/net/bond0/lower_eth0/bonding_slave/mii_status", "up");
    file("sys/class/net/bond0/lower_eth1/bonding_slave/mii_status", "down");
    assertThat(round(BondingCollector::new))
        .containsOnly(
            entry("node_bonding_slaves{master=\"bond0\"}", 2.0),
            entry("node_bonding_active{master=\"bond0\"}", 1.0));
  }

  @Test
  void an_interface_without_a_speed_of_its_own_has_none() throws Exception {
    file("sys/class/net/eth0/operstate", "up");
    file("sys/class/net/eth0/flags", "0x1003");
    file("sys/class/net/eth0/carrier", "1");
    file("sys/class/net/eth0/mtu", "9000");
    file("sys/class/net/eth0/speed", "10000");
    file("sys/class/net/eth0/address", "02:00:00:00:00:01");
    file("sys/class/net/tun0/operstate", "unknown");
    file("sys/class/net/tun0/speed", "-1");
    assertThat(round(InterfacesCollector::new))
        .contains(
            entry("node_network_up{device=\"eth0\"}", 1.0),
            entry("node_network_carrier{device=\"eth0\"}", 1.0),
            entry("node_network_mtu_bytes{device=\"eth0\"}", 9_000.0),
            entry("node_network_speed_bytes{device=\"eth0\"}", 1.25e9),
            entry("node_network_up{device=\"tun0\"}", 0.0))
        .doesNotContainKey("node_network_speed_bytes{device=\"tun0\"}")
        .doesNotContainKey("node_network_carrier{device=\"tun0\"}");
  }

  @Test
  void connections_neighbours_randomness_and_descriptors_are_counted() throws Exception {
    file("proc/sys/net/netfilter/nf_conntrack_count", "1234");
    file("proc/sys/net/netfilter/nf_conntrack_max", "262144");
    assertThat(round(ConntrackCollector::new))
        .containsOnly(
            entry("node_nf_conntrack_entries", 1_234.0),
            entry("node_nf_conntrack_entries_limit", 262_144.0));
    file(
        "proc/net/arp",
        """
        IP address       HW type     Flags       HW address            Mask     Device
        192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        eth0
        192.0.2.2        0x1         0x2         02:00:00:00:00:02     *        eth0
        198.51.100.1     0x1         0x2         02:00:00:00:00:03     *        eth1\
        """);
    assertThat(round(ArpCollector::new))
        .containsOnly(
            entry("node_arp_entries{device=\"eth0\"}", 2.0),
            entry("node_arp_entries{device=\"eth1\"}", 1.0));
    file("proc/sys/kernel/random/entropy_avail", "256");
    assertThat(round(EntropyCollector::new))
        .containsOnly(entry("node_entropy_available_bits", 256.0));
    file("proc/sys/fs/file-nr", "1472\t0\t9223372036854775807");
    assertThat(round(FileDescriptorCollector::new))
        .containsOnly(
            entry("node_filefd_allocated", 1_472.0), entry("node_filefd_maximum", 0x1p63));
  }

  @Test
  void threads_come_from_the_load_averages_and_limits_from_the_kernel() throws Exception {
    file("proc/sys/kernel/threads-max", "193000");
    file("proc/sys/kernel/pid_max", "4194304");
    file("proc/loadavg", "0.10 0.20 0.30 2/345 6789");
    assertThat(round(ProcessCountsCollector::new))
        .containsOnly(
            entry("node_processes_max_threads", 193_000.0),
            entry("node_processes_max_processes", 4_194_304.0),
            entry("node_processes_threads", 345.0));
  }

  @Test
  void a_hybrid_machine_is_read_by_the_controllers_of_version_1() throws Exception {
    file("sys/fs/cgroup/unified/cgroup.controllers", "");
    file("sys/fs/cgroup/unified/system.slice/web.service/cgroup.procs", "1");
    file("sys/fs/cgroup/cpuacct/system.slice/web.service/cpuacct.usage", "2500000000");
    file("sys/fs/cgroup/pids/system.slice/web.service/pids.current", "4");
    file("sys/fs/cgroup/pids/system.slice/web.service/pids.max", "max");
    assertThat(round(UnitsCollector::new))
        .containsOnly(
            entry("evenkeel_unit_cpu_seconds_total{unit=\"web.service\"}", 2.5),
            entry("evenkeel_unit_pids{unit=\"web.service\"}", 4.0));
  }

  @Test
  void containers_have_the_names_that_their_engines_wrote_down() throws Exception {
    String id = "0123456789abcdef".repeat(4);
    file("var/lib/docker/containers/" + id + "/config.v2.json", "{\"Name\":\"/shop\"}");
    file(
        "var/lib/containers/storage/overlay-containers/containers.json",
        "[{\"id\":\"" + id + "\",\"names\":[\"cache\"]}]");
    file("var/log/containers/api-1_prod_main-" + id + ".log", "");
    UnitNames units = new UnitNames(root);
    assertThat(units.of("/system.slice/docker-" + id + ".scope"))
        .isEqualTo(Optional.of("docker:shop"));
    assertThat(units.of("/machine.slice/libpod-" + id + ".scope"))
        .isEqualTo(Optional.of("podman:cache"));
    assertThat(units.of("/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + id + ".scope"))
        .hasValueSatisfying(name -> assertThat(name).endsWith(":prod/api-1/main"));
  }
}
