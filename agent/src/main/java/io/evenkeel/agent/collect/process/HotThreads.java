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
/// wait for a lock.
///
/// Only processes that use most of a processor are looked into, at most [#MOST_PROCESSES] with
/// [#MOST_THREADS] each, every two seconds: a thread costs two small files. Used by one thread.
final class HotThreads {
  private static final int MOST_PROCESSES = 4;
  private static final int MOST_THREADS = 64;
  private static final long PERIOD_NANOS = 2_000_000_000L;
  private static final long SLACK_NANOS = 300_000_000L;
  private static final double HOT_CORES = 0.6;

  private final ProcessFiles files;
  private final Names names;
  private final ProcessStat stat = new ProcessStat();
  private Map<Integer, Long> ticks = new HashMap<>();
  private final Map<ProcessGroup, Reading> readings = new HashMap<>();
  private long readNanos = Long.MIN_VALUE;

  private static final class Reading {
    double hottest;
    int waiting;
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
        if (state == 'S' && files.string(process.pid, folder + "/wchan").startsWith("futex")) {
          reading.waiting++;
        }
      }
    }
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
      out.gauge(
              "evenkeel_process_futex_waiting_threads",
              "Threads of a busy process that wait for a lock.",
              labels)
          .set(reading.waiting, key.comm(), key.user(), key.unit());
    });
  }
}
