package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Names;
import io.evenkeel.agent.collect.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The threads of the few processes that use much processor: how busy the busiest is, and how many
/// wait for a lock. A thread that sleeps in a futex without having run often lately is idle, not
/// held up: only those count that were put on a processor more than [#BUSY_SLICES] times a second.
///
/// Only processes that use most of a processor are looked into, at most [#MOST_PROCESSES] with
/// [#MOST_THREADS] each, every two seconds: a thread costs two small files. Used by one thread.
final class HotThreads {
  private static final int MOST_PROCESSES = 4;
  private static final int MOST_THREADS = 64;
  private static final long PERIOD_NANOS = 2_000_000_000L;
  private static final long SLACK_NANOS = 300_000_000L;
  private static final double HOT_CORES = 0.6;
  private static final double BUSY_SLICES = 200;

  private final ProcessFiles files;
  private final Names names;
  private final ProcessStat stat = new ProcessStat();
  private Map<Integer, Long> ticks = new HashMap<>();
  private Map<Integer, Long> slices = new HashMap<>();
  private final Map<ProcessGroup, Reading> readings = new HashMap<>();
  private long readNanos = Long.MIN_VALUE;

  private static final class Reading {
    double hottest;
    int waiting;

    /// Whether this kernel tells how often threads ran.
    boolean slicesKnown;
  }

  HotThreads(ProcessFiles files, Names names) {
    this.files = files;
    this.names = names;
  }

  /// Looks at the hot ones of some processes, when it is time again.
  void read(Iterable<ProcessRecord> top, long nanos) {
    boolean first = readNanos == Long.MIN_VALUE;
    if (!first && nanos - readNanos < PERIOD_NANOS - SLACK_NANOS) {
      return;
    }
    double seconds = first ? 0 : (nanos - readNanos) / 1e9;
    readNanos = nanos;
    readings.clear();
    Map<Integer, Long> before = ticks;
    ticks = new HashMap<>();
    Map<Integer, Long> slicesBefore = slices;
    slices = new HashMap<>();
    for (ProcessRecord process : hot(top)) {
      Reading reading = readings.computeIfAbsent(process.group, group -> new Reading());
      for (int thread : files.threads(process.pid, MOST_THREADS)) {
        String folder = "task/" + thread;
        ByteText text = files.text(process.pid, folder + "/stat");
        if (text == null || !stat.parse(text, names)) {
          continue;
        }
        long used = stat.cpuTicks;
        char state = stat.state;
        ticks.put(thread, used);
        Long usedBefore = before.get(thread);
        if (usedBefore != null && seconds > 0) {
          double cores = (used - usedBefore) / ProcessStat.TICKS_PER_SECOND / seconds;
          reading.hottest = Math.max(reading.hottest, cores);
        }
        Long ran = slicesBefore.get(thread);
        long runs = slices(process.pid, folder);
        if (runs >= 0) {
          slices.put(thread, runs);
          reading.slicesKnown = true;
        }
        boolean busy = ran != null && runs >= 0 && runs - ran > BUSY_SLICES * seconds;
        if (busy
            && state == 'S'
            && files.string(process.pid, folder + "/wchan").startsWith("futex")) {
          reading.waiting++;
        }
      }
    }
  }

  /// How often a thread was put on a processor (Documentation/scheduler/sched-stats.rst, the third
  /// number); negative when that is not to be known.
  private long slices(int pid, String folder) {
    ByteText text = files.text(pid, folder + "/schedstat");
    if (text == null || !text.nextLine()) {
      return -1;
    }
    text.skip(2);
    return text.number();
  }

  private static List<ProcessRecord> hot(Iterable<ProcessRecord> top) {
    List<ProcessRecord> hot = new ArrayList<>();
    top.forEach(process -> {
      if (process.cores().orElse(0) >= HOT_CORES) {
        hot.add(process);
      }
    });
    hot.sort(Comparator.comparingDouble((ProcessRecord p) -> p.cores().orElse(0)).reversed());
    return hot.subList(0, Math.min(MOST_PROCESSES, hot.size()));
  }

  /// Puts what was read last.
  void put(Samples out, String[] labels) {
    readings.forEach((group, reading) -> {
      ProcessGroup.Key key = group.key;
      if (reading.hottest > 0) {
        out.gauge(
                "evenkeel_process_hottest_thread_cores",
                "Processor used by the busiest thread of a busy process.",
                labels)
            .set(reading.hottest, key.comm(), key.user(), key.unit());
      }
      if (reading.slicesKnown) {
        out.gauge(
                "evenkeel_process_futex_waiting_threads",
                "Threads of a busy process that run often and wait for a lock.",
                labels)
            .set(reading.waiting, key.comm(), key.user(), key.unit());
      }
    });
  }
}
