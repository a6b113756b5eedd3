package io.evenkeel.hub.ingest.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodeNamesTest {
  private static final long TIME = 1_800_000_000_000L;

  private final NodeNames names = new NodeNames();
  private final SampleBatch batch = new SampleBatch();

  private void sample(double value, String... labels) {
    batch.addSample(batch.addSeries(Labels.of(labels)), TIME, value);
  }

  private void otel(String metric, double value, String... labels) {
    batch.addSample(batch.addSeries(labelled(metric, "instance", "web-1", labels)), TIME, value);
  }

  private void telegraf(String metric, double value, String... labels) {
    batch.addSample(batch.addSeries(labelled(metric, "host", "web-1", labels)), TIME, value);
  }

  private static Labels labelled(String metric, String host, String name, String... labels) {
    Labels.Builder all = new Labels.Builder().set("__name__", metric).set(host, name);
    for (int i = 0; i < labels.length; i += 2) {
      all.set(labels[i], labels[i + 1]);
    }
    return all.build();
  }

  /// The node_exporter's series that were added, as text without job and instance.
  private Map<String, Double> added() throws Exception {
    int before = batch.sampleCount();
    int count = names.translate(batch);
    assertThat(batch.sampleCount()).isEqualTo(before + count);
    Map<String, Double> added = new TreeMap<>();
    for (int i = before; i < batch.sampleCount(); i++) {
      Labels labels = batch.labels(batch.series(i));
      assertThat(labels.get("job")).isEqualTo("node");
      assertThat(labels.get("instance")).isEqualTo("web-1");
      StringBuilder text = new StringBuilder(labels.metricName());
      for (int j = 0; j < labels.size(); j++) {
        if (!labels.name(j).matches("__name__|job|instance")) {
          text.append(' ').append(labels.name(j)).append('=').append(labels.value(j));
        }
      }
      assertThat(batch.time(i)).isEqualTo(TIME);
      added.put(text.toString(), Double.longBitsToDouble(batch.valueBits(i)));
    }
    return added;
  }

  @Test
  void the_cpus_states_of_a_collector_become_modes() throws Exception {
    otel("system_cpu_time_seconds_total", 5, "cpu", "cpu0", "state", "wait");
    otel("system_cpu_time_seconds_total", 7, "cpu", "cpu11", "state", "interrupt");
    otel("system_cpu_load_average_15m", 0.5);
    assertThat(added())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "node_cpu_seconds_total cpu=0 mode=iowait", 5.0,
                "node_cpu_seconds_total cpu=11 mode=irq", 7.0,
                "node_load15", 0.5));
  }

  @Test
  void memory_is_the_sum_of_its_states_and_nothing_while_one_is_missing() throws Exception {
    otel("system_memory_usage_bytes", 400, "state", "used");
    otel("system_memory_usage_bytes", 100, "state", "free");
    otel("system_memory_usage_bytes", 200, "state", "cached");
    assertThat(added())
        .doesNotContainKeys("node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes")
        .containsEntry("node_memory_MemFree_bytes", 100.0);
    batch.clear();
    otel("system_memory_usage_bytes", 400, "state", "used");
    otel("system_memory_usage_bytes", 100, "state", "free");
    otel("system_memory_usage_bytes", 200, "state", "cached");
    otel("system_memory_usage_bytes", 50, "state", "buffered");
    assertThat(added())
        .containsEntry("node_memory_MemTotal_bytes", 750.0)
        .containsEntry("node_memory_MemAvailable_bytes", 350.0)
        .containsEntry("node_memory_Buffers_bytes", 50.0);
  }

  @Test
  void a_file_system_has_a_size_what_is_free_and_whether_it_may_be_written() throws Exception {
    String[] at = {"device", "/dev/sda1", "mountpoint", "/", "type", "ext4", "mode", "rw"};
    String where = " device=/dev/sda1 fstype=ext4 mountpoint=/";
    for (String state : new String[] {"used", "free", "reserved"}) {
      otel(
          "system_filesystem_usage_bytes",
          state.length(),
          "device",
          at[1],
          "mountpoint",
          at[3],
          "type",
          at[5],
          "mode",
          at[7],
          "state",
          state);
    }
    assertThat(added())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "node_filesystem_size_bytes" + where, 16.0,
                "node_filesystem_free_bytes" + where, 12.0,
                "node_filesystem_avail_bytes" + where, 4.0,
                "node_filesystem_readonly" + where, 0.0));
  }

  @Test
  void disks_networks_and_swap_devices_of_a_collector_are_ours() throws Exception {
    otel("system_disk_io_bytes_total", 10, "device", "sda", "direction", "write");
    otel("system_disk_operation_time_seconds_total", 2, "device", "sda", "direction", "read");
    otel("system_network_dropped_total", 3, "device", "eth0", "direction", "transmit");
    otel("system_paging_usage_bytes", 5, "device", "/dev/a", "state", "free");
    otel("system_paging_usage_bytes", 6, "device", "/dev/b", "state", "free");
    otel("system_paging_usage_bytes", 7, "device", "/dev/a", "state", "used");
    assertThat(added())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "node_disk_written_bytes_total device=sda", 10.0,
                "node_disk_read_time_seconds_total device=sda", 2.0,
                "node_network_transmit_drop_total device=eth0", 3.0,
                "node_memory_SwapFree_bytes", 11.0,
                "node_memory_SwapTotal_bytes", 18.0));
  }

  @Test
  void telegrafs_fields_are_ours_in_our_units_and_its_sums_are_left_out() throws Exception {
    telegraf("cpu_time_idle", 9, "cpu", "cpu3");
    telegraf("cpu_time_idle", 99, "cpu", "cpu-total");
    telegraf("mem_total", 1_000);
    telegraf("mem_available", 600);
    telegraf("diskio_io_time", 2_500, "name", "sda");
    telegraf("net_bytes_recv", 77, "interface", "eth0");
    telegraf("net_bytes_recv", 777, "interface", "all");
    telegraf("disk_total", 100, "device", "sda1", "path", "/", "fstype", "ext4", "mode", "ro");
    telegraf("disk_used", 30, "device", "sda1", "path", "/", "fstype", "ext4", "mode", "ro");
    String where = " device=sda1 fstype=ext4 mountpoint=/";
    assertThat(added())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "node_cpu_seconds_total cpu=3 mode=idle",
                9.0,
                "node_memory_MemTotal_bytes",
                1_000.0,
                "node_memory_MemAvailable_bytes",
                600.0,
                "node_disk_io_time_seconds_total device=sda",
                2.5,
                "node_network_receive_bytes_total device=eth0",
                77.0,
                "node_filesystem_size_bytes" + where,
                100.0,
                "node_filesystem_free_bytes" + where,
                70.0,
                "node_filesystem_readonly" + where,
                1.0));
  }

  @Test
  void telegrafs_percentages_become_the_seconds_that_they_stand_for() throws Exception {
    telegraf("cpu_usage_user", 40, "cpu", "cpu0");
    assertThat(added()).containsExactly(Map.entry("node_cpu_seconds_total cpu=0 mode=user", 0.0));
    batch.clear();
    Labels user = labelled("cpu_usage_user", "host", "web-1", "cpu", "cpu0");
    batch.addSample(batch.addSeries(user), TIME + 10_000, 50.0);
    batch.addSample(batch.addSeries(user), TIME + 5_000, 90.0);
    batch.addSample(batch.addSeries(user), TIME + 20_000, Double.NaN);
    batch.addSample(batch.addSeries(user), TIME + 30_000, 10.0);
    assertThat(names.translate(batch)).isEqualTo(2);
    assertThat(Double.longBitsToDouble(batch.valueBits(4))).isEqualTo(5.0);
    assertThat(Double.longBitsToDouble(batch.valueBits(5))).isEqualTo(7.0);
  }

  @Test
  void percentages_beside_the_counters_of_time_add_nothing() throws Exception {
    telegraf("cpu_usage_user", 40, "cpu", "cpu0");
    telegraf("cpu_time_user", 1234, "cpu", "cpu0");
    assertThat(added())
        .containsExactly(Map.entry("node_cpu_seconds_total cpu=0 mode=user", 1234.0));
  }

  @Test
  void windows_counts_interrupts_as_privileged_time_and_we_once() throws Exception {
    otel("windows_cpu_time_total", 100, "core", "0,1", "mode", "privileged");
    otel("windows_cpu_time_total", 7, "core", "0,1", "mode", "interrupt");
    otel("windows_cpu_time_total", 3, "core", "0,1", "mode", "dpc");
    otel("windows_logical_disk_size_bytes", 50, "volume", "C:");
    otel("windows_logical_disk_size_bytes", 1, "volume", "HarddiskVolume1");
    assertThat(added())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "node_cpu_seconds_total cpu=0,1 mode=system", 90.0,
                "node_cpu_seconds_total cpu=0,1 mode=irq", 7.0,
                "node_cpu_seconds_total cpu=0,1 mode=softirq", 3.0,
                "node_filesystem_size_bytes mountpoint=C:", 50.0));
  }

  @Test
  void words_that_anybody_may_use_are_telegrafs_only_with_its_host() throws Exception {
    sample(5, "__name__", "mem_total", "instance", "web-1");
    sample(5, "__name__", "node_load1", "instance", "web-1", "job", "node");
    sample(5, "__name__", "system_cpu_load_average_1m");
    assertThat(added()).isEmpty();
  }

  @Test
  void a_name_that_does_not_stand_first_is_found_too() throws Exception {
    sample(2, "Zone", "eu", "__name__", "system_load1", "host", "web-1");
    assertThat(added()).containsExactly(Map.entry("node_load1", 2.0));
  }

  @Test
  void a_repeated_sample_is_no_second_part_and_an_end_is_passed_on() throws Exception {
    otel("system_cpu_load_average_1m", 3);
    otel("system_cpu_load_average_1m", 3);
    assertThat(added()).containsExactly(Map.entry("node_load1", 3.0));
    batch.clear();
    batch.addSample(
        batch.addSeries(labelled("system_cpu_load_average_1m", "instance", "web-1")),
        TIME,
        StaleMarker.BITS);
    names.translate(batch);
    assertThat(StaleMarker.is(batch.valueBits(1))).isTrue();
  }
}
