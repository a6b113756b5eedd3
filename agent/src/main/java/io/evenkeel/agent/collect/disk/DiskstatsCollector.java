package io.evenkeel.agent.collect.disk;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/diskstats`: requests, bytes and times of whole block devices
/// (Documentation/admin-guide/iostats.rst: sectors of 512 bytes, milliseconds).
public final class DiskstatsCollector extends FileCollector {
  /// node_exporter's default: no RAM disks, loop devices, floppies and partitions.
  private static final java.util.regex.Pattern EXCLUDED =
      java.util.regex.Pattern.compile("(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+");

  private final java.util.Map<String, Boolean> excluded = new java.util.HashMap<>();

  public DiskstatsCollector(Surroundings surroundings) {
    super("diskstats", surroundings.proc("diskstats"), "disk statistics", surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    while (text.nextLine()) {
      text.skip(2);
      if (!text.nextWord()) {
        continue;
      }
      String device = text.text(names);
      if (excluded.computeIfAbsent(device, name -> EXCLUDED.matcher(name).matches())) {
        continue;
      }
      counter(
          out,
          "reads_completed",
          "The total number of reads completed successfully.",
          text,
          1,
          device);
      counter(out, "reads_merged", "The total number of reads merged.", text, 1, device);
      counter(out, "read_bytes", "The total number of bytes read successfully.", text, 512, device);
      counter(
          out,
          "read_time_seconds",
          "The total number of seconds spent by all reads.",
          text,
          1e-3,
          device);
      counter(
          out,
          "writes_completed",
          "The total number of writes completed successfully.",
          text,
          1,
          device);
      counter(out, "writes_merged", "The number of writes merged.", text, 1, device);
      counter(
          out,
          "written_bytes",
          "The total number of bytes written successfully.",
          text,
          512,
          device);
      counter(
          out,
          "write_time_seconds",
          "This is the total number of seconds spent by all writes.",
          text,
          1e-3,
          device);
      set(
          out.gauge("node_disk_io_now", "The number of I/Os currently in progress.", "device"),
          text.number(),
          1,
          device);
      counter(out, "io_time_seconds", "Total seconds spent doing I/Os.", text, 1e-3, device);
      counter(
          out,
          "io_time_weighted_seconds",
          "The weighted # of seconds spent doing I/Os.",
          text,
          1e-3,
          device);
      counter(
          out,
          "discards_completed",
          "The total number of discards completed successfully.",
          text,
          1,
          device);
      counter(out, "discards_merged", "The total number of discards merged.", text, 1, device);
      counter(
          out,
          "discarded_sectors",
          "The total number of sectors discarded successfully.",
          text,
          1,
          device);
      counter(
          out,
          "discard_time_seconds",
          "This is the total number of seconds spent by all discards.",
          text,
          1e-3,
          device);
      counter(
          out,
          "flush_requests",
          "The total number of flush requests completed successfully.",
          text,
          1,
          device);
      counter(
          out,
          "flush_requests_time_seconds",
          "This is the total number of seconds spent by all flush requests.",
          text,
          1e-3,
          device);
    }
  }

  private static void counter(
      Samples out, String field, String help, ByteText text, double unit, String device) {
    set(out.counter("node_disk_" + field + "_total", help, "device"), text.number(), unit, device);
  }
}
