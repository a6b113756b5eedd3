package io.evenkeel.hub.ingest.names;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Telegraf's inputs cpu, mem, swap, disk, diskio, net, system and kernel on Linux, as its
/// `prometheusremotewrite` and `prometheus` serialisers name them. Source: the inputs' README files
/// in influxdata/telegraf.
///
/// Its names are words that anybody may use, so a series is Telegraf's only with the tag `host`,
/// which it sets by itself. The CPU's counters come with `collect_cpu_time = true`; without it they
/// are made from the percentages, which hold since Telegraf's sample before.
final class Telegraf {
  static final Table TABLE =
      Table.of(
          List.of("instance", "host"),
          "host",
          Map.of("cpu", Pattern.compile("cpu-total"), "interface", Pattern.compile("all")),
          rows());

  private static final double MILLISECONDS = 1e-3;

  private Telegraf() {}

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (String mode :
        List.of("user", "system", "idle", "nice", "iowait", "irq", "softirq", "steal")) {
      rows.add(Row.of("cpu_time_" + mode, "node_cpu_seconds_total", "cpu").labelled("mode", mode));
      rows.add(
          Row.of("cpu_usage_" + mode, "node_cpu_seconds_total", "cpu")
              .labelled("mode", mode)
              .shareOfTime());
    }
    Map.ofEntries(
            Map.entry("system_load1", "node_load1"),
            Map.entry("system_load5", "node_load5"),
            Map.entry("system_load15", "node_load15"),
            Map.entry("kernel_boot_time", "node_boot_time_seconds"),
            Map.entry("kernel_context_switches", "node_context_switches_total"),
            Map.entry("kernel_processes_forked", "node_forks_total"),
            Map.entry("kernel_interrupts", "node_intr_total"),
            Map.entry("mem_total", "node_memory_MemTotal_bytes"),
            Map.entry("mem_available", "node_memory_MemAvailable_bytes"),
            Map.entry("mem_free", "node_memory_MemFree_bytes"),
            Map.entry("mem_buffered", "node_memory_Buffers_bytes"),
            Map.entry("mem_cached", "node_memory_Cached_bytes"),
            Map.entry("mem_dirty", "node_memory_Dirty_bytes"),
            Map.entry("swap_total", "node_memory_SwapTotal_bytes"),
            Map.entry("swap_free", "node_memory_SwapFree_bytes"))
        .forEach((metric, target) -> rows.add(Row.of(metric, target)));
    disks(rows);
    Map.of(
            "net_bytes_recv", "receive_bytes",
            "net_bytes_sent", "transmit_bytes",
            "net_packets_recv", "receive_packets",
            "net_packets_sent", "transmit_packets",
            "net_err_in", "receive_errs",
            "net_err_out", "transmit_errs",
            "net_drop_in", "receive_drop",
            "net_drop_out", "transmit_drop")
        .forEach((metric, what) ->
            rows.add(Row.of(metric, "node_network_" + what + "_total", "interface>device")));
    return rows;
  }

  private static void disks(List<Row> rows) {
    String[] mount = {"device", "path>mountpoint", "fstype"};
    rows.add(Row.of("disk_total", "node_filesystem_size_bytes", mount));
    rows.add(Row.of("disk_free", "node_filesystem_avail_bytes", mount));
    rows.add(Row.of("disk_total", "node_filesystem_free_bytes", mount).part(1, 3));
    rows.add(Row.of("disk_used", "node_filesystem_free_bytes", mount).times(-1).part(2, 3));
    rows.add(Row.of("disk_inodes_total", "node_filesystem_files", mount));
    rows.add(Row.of("disk_inodes_free", "node_filesystem_files_free", mount));
    rows.add(Row.of("disk_total", "node_filesystem_readonly", mount).when("mode", "rw").always(0));
    rows.add(Row.of("disk_total", "node_filesystem_readonly", mount).when("mode", "ro").always(1));
    String device = "name>device";
    Map.of(
            "diskio_reads", "reads_completed",
            "diskio_writes", "writes_completed",
            "diskio_read_bytes", "read_bytes",
            "diskio_write_bytes", "written_bytes",
            "diskio_merged_reads", "reads_merged",
            "diskio_merged_writes", "writes_merged")
        .forEach(
            (metric, what) -> rows.add(Row.of(metric, "node_disk_" + what + "_total", device)));
    Map.of(
            "diskio_read_time", "read_time",
            "diskio_write_time", "write_time",
            "diskio_io_time", "io_time",
            "diskio_weighted_io_time", "io_time_weighted")
        .forEach((metric, what) ->
            rows.add(
                Row.of(metric, "node_disk_" + what + "_seconds_total", device)
                    .times(MILLISECONDS)));
  }
}
