package io.evenkeel.agent.collect.process;

import java.util.Collection;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToLongFunction;

/// Chooses the processes on top: those that used most processor, hold most memory, moved most
/// bytes.
final class TopProcesses {
  private TopProcesses() {}

  /// At most `most` by each measure; a process that did nothing is on top of nothing.
  static Set<ProcessRecord> of(Collection<ProcessRecord> all, int most) {
    Set<ProcessRecord> top = new HashSet<>();
    add(top, all, most, ProcessRecord::cpuActivity);
    add(top, all, most, process -> process.residentPages);
    add(top, all, most, ProcessRecord::ioActivity);
    return top;
  }

  private record Ranked(ProcessRecord process, long value) implements Comparable<Ranked> {
    @Override
    public int compareTo(Ranked other) {
      // Of equals the elder stays, so that the list does not flicker.
      return value == other.value
          ? Long.compare(other.process.startTicks, process.startTicks)
          : Long.compare(value, other.value);
    }
  }

  private static void add(
      Set<ProcessRecord> top,
      Collection<ProcessRecord> all,
      int most,
      ToLongFunction<ProcessRecord> measure) {
    PriorityQueue<Ranked> best = new PriorityQueue<>(most + 1);
    for (ProcessRecord process : all) {
      long value = measure.applyAsLong(process);
      if (value > 0) {
        Ranked least = best.size() < most ? null : best.peek();
        if (least == null || value >= least.value) {
          best.add(new Ranked(process, value));
          if (best.size() > most) {
            best.poll();
          }
        }
      }
    }
    best.forEach(ranked -> top.add(ranked.process));
  }
}
