package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.cgroup.UnitNames;
import io.evenkeel.agent.collect.kernel.LibC;
import io.evenkeel.model.ProcessSnapshot;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The processes on top, by processor, resident memory and I/O.
///
/// Every process is read each ten seconds; those that were on top are read again every second, so
/// that a spike of a second names its process without the cost of a full scan; every third second
/// those of them that do nothing, as most that are there for their memory. Series are summed by
/// command, user and unit. A group that comes to the top also gets the counters that it had at the
/// scan before, so that the rate shows what brought it there. The PIDs go into the snapshot. What
/// other users' processes read and write is theirs to know: without the right it is missing.
public final class TopProcessesCollector implements Collector {
  private static final long FULL_SCAN_NANOS = 10_000_000_000L;

  /// Rounds never come to the nanosecond: a scan that is due within this time is done now.
  private static final long SLACK_NANOS = 500_000_000L;

  /// Below this nobody need hear of it. Half of where a limit hurts, and some more, so that what a
  /// doubled limit comes to is still told.
  private static final double NOTABLE_FDS = 0.25;

  private static final String[] LABELS = {"comm", "user", "unit"};
  private static final Comparator<ProcessRecord> BUSIEST_FIRST =
      Comparator.comparingLong(ProcessRecord::cpuActivity)
          .thenComparingLong(process -> process.residentPages)
          .reversed();

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Consumer<ProcessSnapshot> snapshots;
  private final int most;
  private final ProcessTable table;
  private final HotThreads hotThreads;
  private final double pageBytes = LibC.pageBytes();
  private long scanNanos;
  private long scanMillis;
  private long scans;

  public TopProcessesCollector(Surroundings surroundings) {
    clock = surroundings.clock();
    nanos = surroundings.nanos();
    snapshots = surroundings.snapshots();
    most = surroundings.settings().topProcesses();
    table =
        new ProcessTable(
            new ProcessFiles(surroundings.proc("").toFile()),
            surroundings.names(),
            new Users(surroundings.settings().root().resolve("etc/passwd")),
            new UnitNames(surroundings.settings().root()));
    hotThreads = new HotThreads(table.files(), surroundings.names());
  }

  @Override
  public String name() {
    return "topprocesses";
  }

  @Override
  public void collect(Samples out) throws IOException {
    long now = nanos.getAsLong();
    // The second scan follows the first at once: only two scans make a rate.
    if (scans > 1 && now - scanNanos < FULL_SCAN_NANOS - SLACK_NANOS) {
      table.reread(now);
      hotThreads.read(table.top(), now);
      put(out);
      return;
    }
    long before = scanMillis;
    long elapsedNanos = now - scanNanos;
    scanMillis = clock.millis();
    scanNanos = now;
    scans++;
    table.scan(now, most);
    put(out);
    if (scans > 1) {
      putPast(out, before);
    }
    snapshots.accept(snapshot(scans > 1 ? elapsedNanos / 1_000_000 : 0));
    table.rebase(now);
  }

  private void putCounts(Samples out) {
    Samples.Family states =
        out.gauge("node_processes_state", "Number of processes in each state.", "state");
    table.states().forEach((state, count) -> states.set(count, state));
    out.gauge("node_processes_pids", "Number of PIDs").set(table.size());
  }

  private void put(Samples out) {
    putCounts(out);
    hotThreads.put(out, LABELS);
    for (ProcessGroup group : table.groups()) {
      if (group.fdsUsed >= NOTABLE_FDS && group.threads > 0) {
        set(
            out.gauge(
                "evenkeel_process_fds_used_ratio",
                "Open file descriptors of the process that is nearest to its limit, of that limit.",
                LABELS),
            group.fdsUsed,
            group);
      }
      if (!group.top || group.threads == 0) {
        continue;
      }
      set(cpu(out), group.cpuTicks / ProcessStat.TICKS_PER_SECOND, group);
      set(
          out.gauge("evenkeel_process_resident_memory_bytes", "Resident memory.", LABELS),
          group.residentPages * pageBytes,
          group);
      set(out.gauge("evenkeel_process_threads", "Threads.", LABELS), group.threads, group);
      if (group.hasIo) {
        set(read(out), group.readBytes, group);
        set(written(out), group.writtenBytes, group);
      }
      if (group.allFdsKnown) {
        set(
            out.gauge("evenkeel_process_open_fds", "Open file descriptors.", LABELS),
            group.openFds,
            group);
      }
    }
  }

  /// What the groups that came to the top had used by the scan before.
  private void putPast(Samples out, long beforeMillis) {
    for (ProcessGroup group : table.groups()) {
      if (group.top && !group.topBefore && !group.leftLastScan) {
        ProcessGroup.Key key = group.key;
        cpu(out)
            .setPast(
                beforeMillis,
                group.cpuTicksBefore / ProcessStat.TICKS_PER_SECOND,
                key.comm(),
                key.user(),
                key.unit());
        if (group.hadIo) {
          read(out)
              .setPast(beforeMillis, group.readBytesBefore, key.comm(), key.user(), key.unit());
          written(out)
              .setPast(beforeMillis, group.writtenBytesBefore, key.comm(), key.user(), key.unit());
        }
      }
    }
  }

  private static Samples.Family cpu(Samples out) {
    return out.counter("evenkeel_process_cpu_seconds_total", "Processor time used.", LABELS);
  }

  private static Samples.Family read(Samples out) {
    return out.counter("evenkeel_process_read_bytes_total", "Bytes read from storage.", LABELS);
  }

  private static Samples.Family written(Samples out) {
    return out.counter("evenkeel_process_written_bytes_total", "Bytes written to storage.", LABELS);
  }

  private static void set(Samples.Family family, double value, ProcessGroup group) {
    family.set(value, group.key.comm(), group.key.user(), group.key.unit());
  }

  private ProcessSnapshot snapshot(long periodMillis) {
    List<ProcessRecord> top = new ArrayList<>(table.top());
    top.sort(BUSIEST_FIRST);
    List<ProcessSnapshot.Entry> entries = new ArrayList<>();
    top.forEach(process ->
        entries.add(
            new ProcessSnapshot.Entry(
                process.pid,
                process.comm,
                process.group.key.user(),
                process.group.key.unit(),
                process.state,
                process.cores(),
                Math.round(process.residentPages * pageBytes),
                process.readPerSecond(),
                process.writtenPerSecond(),
                process.threads,
                process.openFileDescriptors())));
    return new ProcessSnapshot(scanMillis, periodMillis, entries);
  }

  @Override
  public void close() {
    table.close();
  }
}
