package io.evenkeel.agent.collect.disk;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.model.MetricType;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// `/proc/diskstats`: requests, bytes and times of whole block devices
/// (Documentation/admin-guide/iostats.rst: sectors of 512 bytes, milliseconds).
public final class DiskstatsCollector extends FileCollector {
  /// node_exporter's default: no RAM disks, loop devices, floppies and partitions.
  private static final Pattern EXCLUDED =
      Pattern.compile("(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+");

  private static final String[] LABELS = {"device"};
  private static final double SECTOR_BYTES = 512;
  private static final double MILLISECOND = 1e-3;

  /// The columns after the device's name, in their order; older kernels print fewer.
  private static final Column[] COLUMNS = {
    counter("reads_completed", "The total number of reads completed successfully.", 1),
    counter("reads_merged", "The total number of reads merged.", 1),
    counter("read_bytes", "The total number of bytes read successfully.", SECTOR_BYTES),
    counter("read_time_seconds", "The total number of seconds spent by all reads.", MILLISECOND),
    counter("writes_completed", "The total number of writes completed successfully.", 1),
    counter("writes_merged", "The number of writes merged.", 1),
    counter("written_bytes", "The total number of bytes written successfully.", SECTOR_BYTES),
    counter("write_time_seconds", "The total number of seconds spent by all writes.", MILLISECOND),
    new Column(
        "node_disk_io_now", MetricType.GAUGE, "The number of I/Os currently in progress.", 1),
    counter("io_time_seconds", "Total seconds spent doing I/Os.", MILLISECOND),
    counter("io_time_weighted_seconds", "The weighted seconds spent doing I/Os.", MILLISECOND),
    counter("discards_completed", "The total number of discards completed successfully.", 1),
    counter("discards_merged", "The total number of discards merged.", 1),
    counter("discarded_sectors", "The total number of sectors discarded successfully.", 1),
    counter("discard_time_seconds", "The total seconds spent by all discards.", MILLISECOND),
    counter("flush_requests", "The total number of flush requests completed successfully.", 1),
    counter(
        "flush_requests_time_seconds", "The total seconds spent by flush requests.", MILLISECOND)
  };

  private record Column(String metric, MetricType type, String help, double unit) {}

  private final Map<String, Boolean> excluded = new HashMap<>();

  public DiskstatsCollector(Surroundings surroundings) {
    super("diskstats", surroundings.proc("diskstats"), "disk statistics", surroundings.names());
  }

  private static Column counter(String field, String help, double unit) {
    return new Column("node_disk_" + field + "_total", MetricType.COUNTER, help, unit);
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    while (text.nextLine()) {
      text.skip(2);
      if (!text.nextWord()) {
        continue;
      }
      String device = text.text(names);
      if (isExcluded(device)) {
        continue;
      }
      for (Column column : COLUMNS) {
        long value = text.number();
        if (value == ByteText.NO_NUMBER) {
          break;
        }
        set(
            out.family(column.metric, column.type, column.help, LABELS),
            value,
            column.unit,
            device);
      }
    }
  }

  private boolean isExcluded(String device) {
    Boolean known = excluded.get(device);
    if (known == null) {
      known = EXCLUDED.matcher(device).matches();
      excluded.put(device, known);
    }
    return known;
  }
}
