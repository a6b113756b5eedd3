package io.evenkeel.hub.ingest.names;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// windows_exporter's collectors cpu, memory, pagefile, logical_disk, physical_disk, net, system
/// and os. Source: the collectors' pages under docs/ in prometheus-community/windows_exporter; the
/// names are those of 0.31, with the older ones for the size of the memory.
///
/// Windows counts the time in interrupts and deferred procedure calls as privileged time too, so it
/// is taken out of `system`. Volumes without a letter (recovery, boot) are full by design and left
/// out. How long a disk was busy and the load are not told.
final class WindowsExporter {
  static final Table TABLE =
      Table.of(
          List.of("instance"),
          "",
          Map.of(
              "core", Pattern.compile("_Total"),
              "volume", Pattern.compile("_Total|HarddiskVolume.*"),
              "disk", Pattern.compile("_Total")),
          rows());

  private WindowsExporter() {}

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    processors(rows);
    memory(rows);
    disks(rows);
    networks(rows);
    rows.add(Row.of("windows_system_boot_time_timestamp", "node_boot_time_seconds"));
    rows.add(Row.of("windows_system_context_switches_total", "node_context_switches_total"));
    rows.add(Row.of("windows_system_processes", "node_processes_pids"));
    rows.add(Row.of("windows_system_threads", "node_processes_threads"));
    rows.add(Row.of("windows_os_info", "node_uname_info", "product>sysname", "version>release"));
    return rows;
  }

  private static void processors(List<Row> rows) {
    Row time = Row.of("windows_cpu_time_total", "node_cpu_seconds_total", "core>cpu");
    Map.of("user", "user", "idle", "idle", "interrupt", "irq", "dpc", "softirq")
        .forEach((mode, ours) -> rows.add(time.when("mode", mode).labelled("mode", ours)));
    Row system = time.labelled("mode", "system");
    rows.add(system.when("mode", "privileged").part(1, 7));
    rows.add(system.when("mode", "interrupt").times(-1).part(2, 7));
    rows.add(system.when("mode", "dpc").times(-1).part(4, 7));
  }

  private static void memory(List<Row> rows) {
    rows.add(Row.of("windows_memory_physical_total_bytes", "node_memory_MemTotal_bytes"));
    rows.add(Row.of("windows_cs_physical_memory_bytes", "node_memory_MemTotal_bytes"));
    rows.add(Row.of("windows_memory_available_bytes", "node_memory_MemAvailable_bytes"));
    rows.add(Row.of("windows_memory_free_and_zero_page_list_bytes", "node_memory_MemFree_bytes"));
    rows.add(Row.of("windows_pagefile_limit_bytes", "node_memory_SwapTotal_bytes").summed());
    rows.add(Row.of("windows_pagefile_free_bytes", "node_memory_SwapFree_bytes").summed());
  }

  private static void disks(List<Row> rows) {
    String volume = "volume>mountpoint";
    rows.add(Row.of("windows_logical_disk_size_bytes", "node_filesystem_size_bytes", volume));
    rows.add(Row.of("windows_logical_disk_free_bytes", "node_filesystem_free_bytes", volume));
    rows.add(Row.of("windows_logical_disk_free_bytes", "node_filesystem_avail_bytes", volume));
    rows.add(Row.of("windows_logical_disk_readonly", "node_filesystem_readonly", volume));
    Map.of(
            "reads_total", "reads_completed_total",
            "writes_total", "writes_completed_total",
            "read_bytes_total", "read_bytes_total",
            "write_bytes_total", "written_bytes_total",
            "read_seconds_total", "read_time_seconds_total",
            "write_seconds_total", "write_time_seconds_total")
        .forEach((metric, ours) ->
            rows.add(
                Row.of("windows_physical_disk_" + metric, "node_disk_" + ours, "disk>device")));
  }

  private static void networks(List<Row> rows) {
    Map.of(
            "bytes_received", "receive_bytes",
            "bytes_sent", "transmit_bytes",
            "packets_received", "receive_packets",
            "packets_sent", "transmit_packets",
            "packets_received_errors", "receive_errs",
            "packets_outbound_errors", "transmit_errs",
            "packets_received_discarded", "receive_drop",
            "packets_outbound_discarded", "transmit_drop")
        .forEach((metric, ours) ->
            rows.add(
                Row.of(
                    "windows_net_" + metric + "_total",
                    "node_network_" + ours + "_total",
                    "nic>device")));
    rows.add(
        Row.of("windows_net_current_bandwidth_bytes", "node_network_speed_bytes", "nic>device"));
  }
}
