package io.evenkeel.hub.clean;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a series means to cleaning, told from its name.
///
/// The names are few, so they are found by a hash of their bytes in a table of twice their number,
/// without making a string of each series of each batch.
enum SeriesKind {
  CPU_SECONDS("node_cpu_seconds_total", Role.BUSY_TIME),
  DISK_BUSY_SECONDS("node_disk_io_time_seconds_total", Role.BUSY_TIME),
  PRESSURE_CPU("node_pressure_cpu_waiting_seconds_total", Role.BUSY_TIME),
  PRESSURE_IO("node_pressure_io_waiting_seconds_total", Role.BUSY_TIME),
  PRESSURE_IO_STALLED("node_pressure_io_stalled_seconds_total", Role.BUSY_TIME),
  PRESSURE_MEMORY("node_pressure_memory_waiting_seconds_total", Role.BUSY_TIME),
  PRESSURE_MEMORY_STALLED("node_pressure_memory_stalled_seconds_total", Role.BUSY_TIME),
  NETWORK_RECEIVED("node_network_receive_bytes_total", Role.COUNTER),
  NETWORK_SENT("node_network_transmit_bytes_total", Role.COUNTER),
  MEMORY_TOTAL("node_memory_MemTotal_bytes", Role.WHOLE),
  MEMORY_AVAILABLE("node_memory_MemAvailable_bytes", MEMORY_TOTAL),
  MEMORY_FREE("node_memory_MemFree_bytes", MEMORY_TOTAL),
  SWAP_TOTAL("node_memory_SwapTotal_bytes", Role.WHOLE),
  SWAP_FREE("node_memory_SwapFree_bytes", SWAP_TOTAL),
  FILESYSTEM_SIZE("node_filesystem_size_bytes", Role.WHOLE),
  FILESYSTEM_FREE("node_filesystem_free_bytes", FILESYSTEM_SIZE),
  FILESYSTEM_AVAILABLE("node_filesystem_avail_bytes", FILESYSTEM_SIZE),
  FILES("node_filesystem_files", Role.WHOLE),
  FILES_FREE("node_filesystem_files_free", FILES),
  BOOT_TIME("node_boot_time_seconds", Role.GAUGE),
  UNAME("node_uname_info", Role.GAUGE),
  /// Any other counter of a host.
  COUNTER("", Role.COUNTER),
  /// Any other series of a host.
  OTHER("", Role.GAUGE),
  /// A series that is not a host's.
  FOREIGN("", Role.GAUGE);

  /// How a kind is checked.
  private enum Role {
    /// A counter of time that cannot pass faster than the clock.
    BUSY_TIME,
    /// Only grows.
    COUNTER,
    /// Parts are measured against it.
    WHOLE,
    /// At most as large as its whole.
    PART,
    /// Any number.
    GAUGE
  }

  private static final int TABLE_MASK = 63;
  private static final @Nullable SeriesKind[] TABLE = new SeriesKind[TABLE_MASK + 1];
  private static final long[] TABLE_HASHES = new long[TABLE_MASK + 1];
  private static final byte[] NODE = ascii("node_");
  private static final byte[] UNIT = ascii("evenkeel_unit_");
  private static final byte[] PROCESS = ascii("evenkeel_process_");
  private static final byte[] TOTAL = ascii("_total");

  static {
    for (SeriesKind kind : values()) {
      if (!kind.metric.isEmpty()) {
        byte[] name = ascii(kind.metric);
        long hash = LabelScan.hash(name, 0, name.length);
        int slot = (int) hash & TABLE_MASK;
        while (TABLE[slot] != null) {
          slot = slot + 1 & TABLE_MASK;
        }
        TABLE[slot] = kind;
        TABLE_HASHES[slot] = hash;
      }
    }
  }

  private final String metric;
  private final Role role;
  private final @Nullable SeriesKind whole;

  SeriesKind(String metric, Role role) {
    this.metric = metric;
    this.role = role;
    this.whole = null;
  }

  SeriesKind(String metric, SeriesKind whole) {
    this.metric = metric;
    this.role = Role.PART;
    this.whole = whole;
  }

  /// The kind that a metric's name stands for.
  static SeriesKind of(byte[] bytes, int offset, int length) {
    if (startsWith(bytes, offset, length, NODE)) {
      long hash = LabelScan.hash(bytes, offset, length);
      int slot = (int) hash & TABLE_MASK;
      for (SeriesKind kind = TABLE[slot]; kind != null; kind = TABLE[slot]) {
        if (TABLE_HASHES[slot] == hash) {
          return kind;
        }
        slot = slot + 1 & TABLE_MASK;
      }
    } else if (startsWith(bytes, offset, length, PROCESS)) {
      // Sums over the processes of one name: they fall whenever one of them ends, which is no
      // reset.
      return OTHER;
    } else if (!startsWith(bytes, offset, length, UNIT)) {
      return FOREIGN;
    }
    return isCounterName(bytes, offset, length) ? COUNTER : OTHER;
  }

  /// Whether a name is by convention a counter's.
  static boolean isCounterName(byte[] bytes, int offset, int length) {
    return length > TOTAL.length
        && startsWith(bytes, offset + length - TOTAL.length, TOTAL.length, TOTAL);
  }

  private static boolean startsWith(byte[] bytes, int offset, int length, byte[] prefix) {
    if (length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[offset + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Whether the series only grows.
  boolean isCounter() {
    return role == Role.COUNTER || role == Role.BUSY_TIME;
  }

  /// Whether the counter is a time that cannot pass faster than the clock.
  boolean isBusyTime() {
    return role == Role.BUSY_TIME;
  }

  /// The kind of the whole that this is a part of, or null.
  @Nullable SeriesKind whole() {
    return whole;
  }

  /// Whether other kinds are parts of this one.
  boolean isWhole() {
    return role == Role.WHOLE;
  }
}
