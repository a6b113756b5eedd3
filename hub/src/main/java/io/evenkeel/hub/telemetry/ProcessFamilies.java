package io.evenkeel.hub.telemetry;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What the hub's process takes of its machine. What the system does not tell is left out.
public final class ProcessFamilies implements Family.Source {
  private static final Path STATUS = Path.of("/proc/self/status");

  /// The hub's resident memory in bytes, when the system tells it.
  public static OptionalLong residentBytes() {
    return statusBytes(status(), "VmRSS:");
  }

  /// The hub's used heap in bytes.
  public static long heapBytes() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Override
  public List<Family> families() {
    List<Family> families = new ArrayList<>();
    List<String> status = status();
    statusBytes(status, "VmRSS:")
        .ifPresent(bytes ->
            families.add(
                Family.gauge(
                    "evenkeel_hub_resident_memory_bytes", "The hub's resident memory.", bytes)));
    statusBytes(status, "RssAnon:")
        .ifPresent(bytes ->
            families.add(
                Family.gauge(
                    "evenkeel_hub_anonymous_memory_bytes",
                    "The hub's resident memory that no file backs.",
                    bytes)));
    families.add(Family.gauge("evenkeel_hub_heap_bytes", "The hub's used Java heap.", heapBytes()));
    families.add(
        Family.gauge(
            "evenkeel_hub_heap_max_bytes",
            "How large the hub's Java heap may become.",
            Runtime.getRuntime().maxMemory()));
    families.add(
        Family.gauge(
            "evenkeel_hub_threads",
            "The hub's platform threads.",
            ManagementFactory.getThreadMXBean().getThreadCount()));
    long collections = 0;
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      millis += Math.max(0, collector.getCollectionTime());
    }
    families.add(
        Family.counter("evenkeel_hub_gc_collections_total", "Garbage collections.", collections));
    families.add(
        Family.counter(
            "evenkeel_hub_gc_seconds_total", "Time spent on garbage collection.", millis / 1000.0));
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      long nanos = system.getProcessCpuTime();
      if (nanos >= 0) {
        families.add(
            Family.counter(
                "evenkeel_hub_cpu_seconds_total", "CPU time the hub has used.", nanos / 1e9));
      }
    }
    return families;
  }

  private static List<String> status() {
    if (!Files.isReadable(STATUS)) {
      return List.of();
    }
    try {
      return Files.readAllLines(STATUS, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      // Without /proc the figures are unknown, and unknown figures are left out.
      return List.of();
    }
  }

  private static OptionalLong statusBytes(List<String> status, String key) {
    for (String line : status) {
      if (line.startsWith(key)) {
        String digits = line.replaceAll("[^0-9]", "");
        return digits.isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(Long.parseLong(digits) * 1024);
      }
    }
    return OptionalLong.empty();
  }
}
