package io.evenkeel.agent.collect.cgroup;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.model.MetricType;
import java.util.List;
import java.util.Map;

/// One file of a control group and how it is read (Documentation/admin-guide/cgroup-v2.rst and
/// cgroup-v1/).
///
/// @param controller the tree it lies in under version 1; empty under version 2
/// @param file its name
record UnitAttribute(String controller, String file, Parser parser) {
  /// Puts what a file says of a unit.
  interface Parser {
    void parse(ByteText text, Samples out, String unit);
  }

  private static final String[] UNIT = {"unit"};
  private static final String[] UNIT_AND_EVENT = {"unit", "event"};

  /// Version 1 says 'no limit' with a number near 2^63.
  private static final long UNLIMITED = 1L << 60;

  private record Metric(String name, MetricType type, String help, double perUnit) {
    /// @param perUnit by what the kernel's number is divided
    static Metric counter(String field, String help, double perUnit) {
      return new Metric("evenkeel_unit_" + field + "_total", MetricType.COUNTER, help, perUnit);
    }

    static Metric gauge(String field, String help) {
      return new Metric("evenkeel_unit_" + field, MetricType.GAUGE, help, 1);
    }

    void set(Samples out, long value, String unit) {
      if (value >= 0) {
        out.family(name, type, help, UNIT).set(value / perUnit, unit);
      }
    }
  }

  private static final String CPU_HELP = "Processor time used.";
  private static final String HELD_HELP = "Time for which the unit was held back by its quota.";
  private static final Metric CPU_NANOS = Metric.counter("cpu_seconds", CPU_HELP, 1e9);
  private static final Metric PERIODS =
      Metric.counter("cpu_nr_periods", "Periods in which the quota counted.", 1);
  private static final Metric THROTTLED =
      Metric.counter("cpu_nr_throttled", "Periods in which the quota was used up.", 1);
  private static final Metric MEMORY = Metric.gauge("memory_bytes", "Memory in use.");
  private static final Metric MEMORY_MAX = Metric.gauge("memory_max_bytes", "The memory limit.");
  private static final Metric TASKS = Metric.gauge("pids", "Tasks.");
  private static final Metric TASKS_MAX = Metric.gauge("pids_max", "The limit of tasks.");
  private static final Metric READ =
      Metric.counter("io_read_bytes", "Bytes read from block devices.", 1);
  private static final Metric WRITTEN =
      Metric.counter("io_written_bytes", "Bytes written to block devices.", 1);

  private static final Map<String, Metric> REFUSED =
      Map.of("max", Metric.counter("pids_events", "Forks that the limit of tasks refused.", 1));

  private static final Map<String, Metric> CPU_STAT_2 =
      Map.of(
          "usage_usec",
          Metric.counter("cpu_seconds", CPU_HELP, 1e6),
          "throttled_usec",
          Metric.counter("cpu_throttled_seconds", HELD_HELP, 1e6),
          "nr_periods",
          PERIODS,
          "nr_throttled",
          THROTTLED);
  private static final Map<String, Metric> CPU_STAT_1 =
      Map.of(
          "throttled_time", Metric.counter("cpu_throttled_seconds", HELD_HELP, 1e9),
          "nr_periods", PERIODS,
          "nr_throttled", THROTTLED);

  static final List<UnitAttribute> VERSION_2 =
      List.of(
          new UnitAttribute("", "cpu.stat", keyed(CPU_STAT_2)),
          new UnitAttribute("", "memory.current", number(MEMORY)),
          new UnitAttribute("", "memory.max", number(MEMORY_MAX)),
          new UnitAttribute("", "memory.events", UnitAttribute::events),
          new UnitAttribute("", "pids.current", number(TASKS)),
          new UnitAttribute("", "pids.max", number(TASKS_MAX)),
          new UnitAttribute("", "pids.events", keyed(REFUSED)),
          new UnitAttribute("", "io.stat", UnitAttribute::ioStat));

  static final List<UnitAttribute> VERSION_1 =
      List.of(
          new UnitAttribute("cpuacct", "cpuacct.usage", number(CPU_NANOS)),
          new UnitAttribute("cpu", "cpu.stat", keyed(CPU_STAT_1)),
          new UnitAttribute("memory", "memory.usage_in_bytes", number(MEMORY)),
          new UnitAttribute("memory", "memory.limit_in_bytes", number(MEMORY_MAX)),
          new UnitAttribute("memory", "memory.oom_control", UnitAttribute::oomControl),
          new UnitAttribute("memory", "memory.failcnt", UnitAttribute::failures),
          new UnitAttribute("pids", "pids.current", number(TASKS)),
          new UnitAttribute("pids", "pids.max", number(TASKS_MAX)),
          new UnitAttribute("pids", "pids.events", keyed(REFUSED)),
          new UnitAttribute("blkio", "blkio.throttle.io_service_bytes", UnitAttribute::blkio));

  /// A file that is one number; 'max' is none.
  private static Parser number(Metric metric) {
    return (text, out, unit) -> {
      text.nextLine();
      long value = text.number();
      if (value < UNLIMITED || metric.type == MetricType.COUNTER) {
        metric.set(out, value, unit);
      }
    };
  }

  /// A file of 'key value' lines.
  private static Parser keyed(Map<String, Metric> metrics) {
    return (text, out, unit) -> {
      while (text.nextLine() && text.nextWord()) {
        for (Map.Entry<String, Metric> entry : metrics.entrySet()) {
          if (text.is(entry.getKey())) {
            entry.getValue().set(out, text.number(), unit);
            break;
          }
        }
      }
    };
  }

  private static final List<String> EVENTS =
      List.of("low", "high", "max", "oom", "oom_kill", "oom_group_kill", "sock_throttled");

  private static void events(ByteText text, Samples out, String unit) {
    while (text.nextLine() && text.nextWord()) {
      for (int i = 0; i < EVENTS.size(); i++) {
        if (text.is(EVENTS.get(i))) {
          event(out, text.number(), unit, EVENTS.get(i));
          break;
        }
      }
    }
  }

  private static void oomControl(ByteText text, Samples out, String unit) {
    while (text.nextLine() && text.nextWord()) {
      if (text.is("oom_kill")) {
        event(out, text.number(), unit, "oom_kill");
      }
    }
  }

  /// How often the limit was hit, which version 2 calls the event 'max'.
  private static void failures(ByteText text, Samples out, String unit) {
    text.nextLine();
    event(out, text.number(), unit, "max");
  }

  private static void event(Samples out, long count, String unit, String event) {
    if (count >= 0) {
      out.counter("evenkeel_unit_memory_events_total", "Memory events of the unit.", UNIT_AND_EVENT)
          .set(count, unit, event);
    }
  }

  /// Lines of '8:0 rbytes=1 wbytes=2 …', one a device; none means that nothing was moved yet.
  private static void ioStat(ByteText text, Samples out, String unit) {
    long read = 0;
    long written = 0;
    while (text.nextLine() && text.nextWord()) {
      while (text.nextWord()) {
        if (text.startsWith("rbytes=")) {
          text.dropFirst(7);
          read += Math.max(0, text.wordAsNumber());
        } else if (text.startsWith("wbytes=")) {
          text.dropFirst(7);
          written += Math.max(0, text.wordAsNumber());
        }
      }
    }
    READ.set(out, read, unit);
    WRITTEN.set(out, written, unit);
  }

  /// Lines of '8:0 Read 1', '8:0 Write 2', …, one a device and kind; without a device only a total.
  private static void blkio(ByteText text, Samples out, String unit) {
    long read = 0;
    long written = 0;
    while (text.nextLine() && text.nextWord()) {
      if (!text.nextWord()) {
        continue;
      }
      boolean isRead = text.is("Read");
      boolean isWrite = text.is("Write");
      long bytes = Math.max(0, text.number());
      read += isRead ? bytes : 0;
      written += isWrite ? bytes : 0;
    }
    READ.set(out, read, unit);
    WRITTEN.set(out, written, unit);
  }
}
