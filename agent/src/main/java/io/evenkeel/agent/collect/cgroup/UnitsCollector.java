package io.evenkeel.agent.collect.cgroup;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Processor, memory, tasks and I/O of every systemd unit and container, by its control group.
///
/// Version 2 where `cgroup.controllers` lies at the root, else the controllers' own trees of
/// version 1; a hybrid machine has version 1's controllers. At most [#MOST_UNITS] groups are
/// followed.
public final class UnitsCollector implements Collector {
  static final int MOST_UNITS = 200;
  private static final int DEEPEST = 6;

  /// Version 1 says 'no limit' with a number near 2^63.
  private static final long UNLIMITED = 1L << 60;

  private final Path root;

  public UnitsCollector(Surroundings surroundings) {
    root = surroundings.sys("fs/cgroup");
  }

  @Override
  public String name() {
    return "cgroups";
  }

  @Override
  public int seconds() {
    return 5;
  }

  @Override
  public void collect(Samples out) throws IOException {
    if (Files.exists(root.resolve("cgroup.controllers"))) {
      for (Map.Entry<String, Path> unit : units(root).entrySet()) {
        version2(out, unit.getKey(), unit.getValue());
      }
      return;
    }
    boolean any = false;
    for (String controller : List.of("cpuacct", "cpu", "memory", "pids", "blkio")) {
      Path tree = root.resolve(controller);
      if (Files.isDirectory(tree)) {
        any = true;
        for (Map.Entry<String, Path> unit : units(tree).entrySet()) {
          version1(out, controller, unit.getKey(), unit.getValue());
        }
      }
    }
    if (!any) {
      throw new NotAvailableException("this kernel mounts no control groups under " + root);
    }
  }

  private static Map<String, Path> units(Path tree) throws IOException {
    Map<String, Path> found = new HashMap<>();
    walk(tree, tree, 0, found);
    return found;
  }

  private static void walk(Path tree, Path folder, int depth, Map<String, Path> found)
      throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
      entries.forEach(children::add);
    }
    children.sort(null);
    for (Path child : children) {
      if (found.size() >= MOST_UNITS) {
        return;
      }
      var unit = ControlGroups.unit("/" + tree.relativize(child));
      if (unit.isPresent()) {
        found.putIfAbsent(unit.get(), child);
      } else if (depth < DEEPEST) {
        walk(tree, child, depth + 1, found);
      }
    }
  }

  private static void version2(Samples out, String unit, Path group) {
    Map<String, Long> cpu = flat(group.resolve("cpu.stat"));
    put(out, true, "cpu_seconds_total", "Processor time used.", cpu.get("usage_usec"), 1e-6, unit);
    put(
        out,
        true,
        "cpu_throttled_seconds_total",
        "Time for which the unit was held back by its quota.",
        cpu.get("throttled_usec"),
        1e-6,
        unit);
    put(
        out,
        true,
        "cpu_nr_periods_total",
        "Periods in which the quota counted.",
        cpu.get("nr_periods"),
        1,
        unit);
    put(
        out,
        true,
        "cpu_nr_throttled_total",
        "Periods in which the quota was used up.",
        cpu.get("nr_throttled"),
        1,
        unit);
    put(out, false, "memory_bytes", "Memory in use.", number(group, "memory.current"), 1, unit);
    put(out, false, "memory_max_bytes", "The memory limit.", number(group, "memory.max"), 1, unit);
    events(out, unit, flat(group.resolve("memory.events")));
    put(out, false, "pids", "Tasks.", number(group, "pids.current"), 1, unit);
    put(out, false, "pids_max", "The limit of tasks.", number(group, "pids.max"), 1, unit);
    io(out, unit, SmallFiles.text(group.resolve("io.stat")));
  }

  private static void version1(Samples out, String controller, String unit, Path group) {
    switch (controller) {
      case "cpuacct" ->
          put(
              out,
              true,
              "cpu_seconds_total",
              "Processor time used.",
              number(group, "cpuacct.usage"),
              1e-9,
              unit);
      case "cpu" -> {
        Map<String, Long> cpu = flat(group.resolve("cpu.stat"));
        put(
            out,
            true,
            "cpu_throttled_seconds_total",
            "Time for which the unit was held back by its quota.",
            cpu.get("throttled_time"),
            1e-9,
            unit);
        put(
            out,
            true,
            "cpu_nr_periods_total",
            "Periods in which the quota counted.",
            cpu.get("nr_periods"),
            1,
            unit);
        put(
            out,
            true,
            "cpu_nr_throttled_total",
            "Periods in which the quota was used up.",
            cpu.get("nr_throttled"),
            1,
            unit);
      }
      case "memory" -> {
        put(
            out,
            false,
            "memory_bytes",
            "Memory in use.",
            number(group, "memory.usage_in_bytes"),
            1,
            unit);
        Long most = number(group, "memory.limit_in_bytes");
        put(
            out,
            false,
            "memory_max_bytes",
            "The memory limit.",
            most != null && most < UNLIMITED ? most : null,
            1,
            unit);
        Map<String, Long> control = flat(group.resolve("memory.oom_control"));
        Map<String, Long> events = new HashMap<>();
        if (control.containsKey("oom_kill")) {
          events.put("oom_kill", control.get("oom_kill"));
        }
        Long failures = number(group, "memory.failcnt");
        if (failures != null) {
          events.put("max", failures);
        }
        events(out, unit, events);
      }
      case "pids" -> {
        put(out, false, "pids", "Tasks.", number(group, "pids.current"), 1, unit);
        put(out, false, "pids_max", "The limit of tasks.", number(group, "pids.max"), 1, unit);
      }
      case "blkio" ->
          ioVersion1(out, unit, SmallFiles.text(group.resolve("blkio.throttle.io_service_bytes")));
      default -> throw new IllegalArgumentException("unknown controller " + controller);
    }
  }

  private static void events(Samples out, String unit, Map<String, Long> events) {
    events.forEach((event, count) ->
        out.counter(
                "evenkeel_unit_memory_events_total", "Memory events of the unit.", "unit", "event")
            .set(count, unit, event));
  }

  private static void put(
      Samples out,
      boolean counter,
      String field,
      String help,
      @org.jspecify.annotations.Nullable Long value,
      double factor,
      String unit) {
    if (value != null) {
      String metric = "evenkeel_unit_" + field;
      (counter ? out.counter(metric, help, "unit") : out.gauge(metric, help, "unit"))
          .set(factor >= 1 ? value * factor : value / Math.rint(1 / factor), unit);
    }
  }

  private static @org.jspecify.annotations.Nullable Long number(Path group, String file) {
    OptionalLong value = SmallFiles.number(group.resolve(file));
    return value.isPresent() ? value.getAsLong() : null;
  }

  /// A file of 'key value' lines.
  private static Map<String, Long> flat(Path file) {
    Map<String, Long> values = new HashMap<>();
    for (String line : SmallFiles.text(file).split("\n", -1)) {
      int space = line.indexOf(' ');
      if (space > 0 && line.substring(space + 1).matches("\\d{1,18}")) {
        values.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
      }
    }
    return values;
  }

  /// Lines of '8:0 rbytes=1 wbytes=2 …', one a device.
  private static void io(Samples out, String unit, String text) {
    if (text.isEmpty()) {
      return;
    }
    long read = 0;
    long written = 0;
    for (String word : text.split("\\s+", -1)) {
      if (word.matches("rbytes=\\d{1,18}")) {
        read += Long.parseLong(word.substring(7));
      } else if (word.matches("wbytes=\\d{1,18}")) {
        written += Long.parseLong(word.substring(7));
      }
    }
    putIo(out, unit, read, written);
  }

  /// Lines of '8:0 Read 1', '8:0 Write 2', …, one a device and kind.
  private static void ioVersion1(Samples out, String unit, String text) {
    long read = 0;
    long written = 0;
    boolean any = false;
    for (String line : text.split("\n", -1)) {
      String[] columns = line.split(" ", -1);
      if (columns.length == 3 && columns[2].matches("\\d{1,18}")) {
        any = true;
        read += columns[1].equals("Read") ? Long.parseLong(columns[2]) : 0;
        written += columns[1].equals("Write") ? Long.parseLong(columns[2]) : 0;
      }
    }
    if (any) {
      putIo(out, unit, read, written);
    }
  }

  private static void putIo(Samples out, String unit, long read, long written) {
    put(out, true, "io_read_bytes_total", "Bytes read from block devices.", read, 1, unit);
    put(out, true, "io_written_bytes_total", "Bytes written to block devices.", written, 1, unit);
  }
}
