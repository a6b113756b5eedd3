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
/// wait for one lock ([LockWaiters]), but of a Java virtual machine, where that cannot be seen from
/// outside.
///
/// Only processes that use much of a processor are looked into, at most [#MOST_PROCESSES] with
/// [#MOST_THREADS] each, every two seconds: a thread costs two small files. Used by one thread.
final class HotThreads {
  private static final int MOST_PROCESSES = 4;
  private static final int MOST_THREADS = 64;
  private static final long PERIOD_NANOS = 2_000_000_000L;
  private static final long SLACK_NANOS = 300_000_000L;
  private static final double HOT_CORES = 0.4;

  /// Every HotSpot virtual machine has a thread of this name.
  private static final String JVM_THREAD = "VM Thread";

  private final ProcessFiles files;
  private final Names names;
  private final ProcessStat stat = new ProcessStat();
  private Map<Integer, Long> ticks = new HashMap<>();
  private final Map<ProcessGroup, Reading> readings = new HashMap<>();
  private long readNanos = Long.MIN_VALUE;

  private static final class Reading {
    double hottest;
    int waiting;

    /// Whether all that its threads wait for could be read.
    boolean waitsKnown = true;
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
      LockWaiters waiters = new LockWaiters();
      for (int thread : files.threads(process.pid, MOST_THREADS)) {
        String folder = "task/" + thread;
        ByteText text = files.text(process.pid, folder + "/stat");
        if (text == null || !stat.parse(text, names)) {
          continue;
        }
        long used = stat.cpuTicks;
        ticks.put(thread, used);
        Long usedBefore = before.get(thread);
        if (usedBefore != null && seconds > 0) {
          double cores = (used - usedBefore) / ProcessStat.TICKS_PER_SECOND / seconds;
          reading.hottest = Math.max(reading.hottest, cores);
        }
        if (stat.comm.equals(JVM_THREAD)) {
          reading.waitsKnown = false;
        } else if (reading.waitsKnown && stat.state == 'S') {
          String call = files.string(process.pid, folder + "/syscall");
          reading.waitsKnown &= !call.isEmpty();
          waiters.add(call);
        }
      }
      reading.waiting = Math.max(reading.waiting, waiters.most());
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
      if (reading.waitsKnown) {
        out.gauge(
                "evenkeel_process_lock_waiting_threads",
                "Threads of a busy process that wait for one and the same lock, the most waited for.",
                labels)
            .set(reading.waiting, key.comm(), key.user(), key.unit());
      }
    });
  }
}
