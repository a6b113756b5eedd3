package io.evenkeel.hub.ingest.names;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The `hostmetrics` receiver of the OpenTelemetry collector on Linux, its names as OTLP brings
/// them in. Source: opentelemetry-collector-contrib, receiver/hostmetricsreceiver, its scrapers'
/// documentation.md.
///
/// It has no MemTotal: used, free, buffered and cached are the whole of it. MemAvailable is taken
/// for free, buffered and cached, which is somewhat more than the kernel's own estimate.
final class OtelHostmetrics {
  static final Table TABLE = Table.of(List.of("instance"), "", Map.of(), rows());

  private OtelHostmetrics() {}

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    cpu(rows);
    memory(rows);
    filesystems(rows);
    disks(rows);
    networks(rows);
    return rows;
  }

  private static void cpu(List<Row> rows) {
    Map<String, String> modes =
        Map.of(
            "user",
            "user",
            "system",
            "system",
            "idle",
            "idle",
            "nice",
            "nice",
            "wait",
            "iowait",
            "interrupt",
            "irq",
            "softirq",
            "softirq",
            "steal",
            "steal");
    modes.forEach((state, mode) ->
        rows.add(
            Row.of("system_cpu_time_seconds_total", "node_cpu_seconds_total", "cpu")
                .when("state", state)
                .labelled("mode", mode)));
    rows.add(Row.of("system_cpu_load_average_1m", "node_load1"));
    rows.add(Row.of("system_cpu_load_average_5m", "node_load5"));
    rows.add(Row.of("system_cpu_load_average_15m", "node_load15"));
  }

  private static void memory(List<Row> rows) {
    String usage = "system_memory_usage_bytes";
    List<String> states = List.of("free", "buffered", "cached", "used");
    for (int i = 0; i < states.size(); i++) {
      rows.add(
          Row.of(usage, "node_memory_MemTotal_bytes")
              .when("state", states.get(i))
              .part(1 << i, 15));
      if (i < 3) {
        rows.add(
            Row.of(usage, "node_memory_MemAvailable_bytes")
                .when("state", states.get(i))
                .part(1 << i, 7));
      }
    }
    rows.add(Row.of(usage, "node_memory_MemFree_bytes").when("state", "free"));
    rows.add(Row.of(usage, "node_memory_Buffers_bytes").when("state", "buffered"));
    rows.add(Row.of(usage, "node_memory_Cached_bytes").when("state", "cached"));
    rows.add(Row.of(usage, "node_memory_SReclaimable_bytes").when("state", "slab_reclaimable"));
    rows.add(Row.of(usage, "node_memory_SUnreclaim_bytes").when("state", "slab_unreclaimable"));
    String paging = "system_paging_usage_bytes";
    rows.add(Row.of(paging, "node_memory_SwapFree_bytes").when("state", "free").summed());
    rows.add(
        Row.of(paging, "node_memory_SwapTotal_bytes").when("state", "free").part(1, 3).summed());
    rows.add(
        Row.of(paging, "node_memory_SwapTotal_bytes").when("state", "used").part(2, 3).summed());
  }

  private static void filesystems(List<Row> rows) {
    String usage = "system_filesystem_usage_bytes";
    String[] labels = {"device", "mountpoint", "type>fstype"};
    rows.add(Row.of(usage, "node_filesystem_avail_bytes", labels).when("state", "free"));
    rows.add(Row.of(usage, "node_filesystem_free_bytes", labels).when("state", "free").part(1, 3));
    rows.add(
        Row.of(usage, "node_filesystem_free_bytes", labels).when("state", "reserved").part(2, 3));
    rows.add(Row.of(usage, "node_filesystem_size_bytes", labels).when("state", "free").part(1, 7));
    rows.add(
        Row.of(usage, "node_filesystem_size_bytes", labels).when("state", "reserved").part(2, 7));
    rows.add(Row.of(usage, "node_filesystem_size_bytes", labels).when("state", "used").part(4, 7));
    rows.add(Row.of(usage, "node_filesystem_readonly", labels).when("mode", "rw").always(0));
    rows.add(Row.of(usage, "node_filesystem_readonly", labels).when("mode", "ro").always(1));
    String inodes = "system_filesystem_inodes_usage";
    rows.add(Row.of(inodes, "node_filesystem_files_free", labels).when("state", "free"));
    rows.add(Row.of(inodes, "node_filesystem_files", labels).when("state", "free").part(1, 3));
    rows.add(Row.of(inodes, "node_filesystem_files", labels).when("state", "used").part(2, 3));
  }

  private static void disks(List<Row> rows) {
    directions(
        rows,
        "system_disk_io_bytes_total",
        "node_disk_read_bytes_total",
        "node_disk_written_bytes_total");
    directions(
        rows,
        "system_disk_operations_total",
        "node_disk_reads_completed_total",
        "node_disk_writes_completed_total");
    directions(
        rows,
        "system_disk_operation_time_seconds_total",
        "node_disk_read_time_seconds_total",
        "node_disk_write_time_seconds_total");
    directions(
        rows,
        "system_disk_merged_total",
        "node_disk_reads_merged_total",
        "node_disk_writes_merged_total");
    rows.add(
        Row.of("system_disk_io_time_seconds_total", "node_disk_io_time_seconds_total", "device"));
    rows.add(
        Row.of(
            "system_disk_weighted_io_time_seconds_total",
            "node_disk_io_time_weighted_seconds_total",
            "device"));
  }

  private static void directions(List<Row> rows, String metric, String read, String write) {
    rows.add(Row.of(metric, read, "device").when("direction", "read"));
    rows.add(Row.of(metric, write, "device").when("direction", "write"));
  }

  private static void networks(List<Row> rows) {
    Map<String, String> names =
        Map.of(
            "system_network_io_bytes_total", "bytes",
            "system_network_packets_total", "packets",
            "system_network_errors_total", "errs",
            "system_network_dropped_total", "drop");
    names.forEach((metric, what) -> {
      for (String direction : List.of("receive", "transmit")) {
        rows.add(
            Row.of(metric, "node_network_" + direction + "_" + what + "_total", "device")
                .when("direction", direction));
      }
    });
  }
}
