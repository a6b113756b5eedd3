package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.Names;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.model.ProcessSnapshot;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// The processes on top, by processor, resident memory and I/O.
///
/// Every process is read each ten seconds; those that were on top are read again every second, so
/// that a spike of a second names its process without the cost of a full scan. Series are summed by
/// command, user and unit; a group's counters take only increases, so that they never fall when one
/// of its processes ends. The PIDs go into the snapshot. What other users' processes read and write
/// is theirs to know: without the right it is missing.
public final class TopProcessesCollector implements Collector {
  private static final int FULL_SCAN_MILLIS = 10_000;
  private static final double TICKS = 100;
  private static final int PAGE_BYTES = 4_096;
  private static final String[] LABELS = {"comm", "user", "unit"};

  private final Path proc;
  private final Names names;
  private final InstantSource clock;
  private final Consumer<ProcessSnapshot> snapshots;
  private final int top;
  private final Users users;
  private final Map<Integer, Watched> known = new HashMap<>();
  private final Map<Group, Totals> groups = new HashMap<>();
  private final Map<String, Integer> states = new TreeMap<>();
  private final byte[] buffer = new byte[4_096];
  private Set<Integer> hot = Set.of();
  private long lastScan = Long.MIN_VALUE;
  private int all;

  public TopProcessesCollector(Surroundings surroundings) {
    proc = surroundings.proc("");
    names = surroundings.names();
    clock = surroundings.clock();
    snapshots = surroundings.snapshots();
    top = surroundings.settings().topProcesses();
    users = new Users(surroundings.settings().root().resolve("etc/passwd"));
  }

  private record Group(String comm, String user, String unit) {}

  private static final class Totals {
    double cpuSeconds;
    double readBytes;
    double writtenBytes;
    boolean hasIo;
    boolean onTop;
    long quietScans;
  }

  private static final class Watched {
    final int pid;
    long startTicks;
    Group group;
    char state;
    long cpuTicks;
    long cpuTicksBefore = -1;
    long residentBytes;
    int threads;
    OptionalLong openFds = OptionalLong.empty();
    long readBytes = -1;
    long writtenBytes = -1;
    long readBefore = -1;
    long writtenBefore = -1;
    long readAt;
    long readAtBefore;
    boolean alive;

    Watched(int pid, Group group) {
      this.pid = pid;
      this.group = group;
    }

    double cores() {
      return cpuTicksBefore < 0 || readAt <= readAtBefore
          ? 0
          : (cpuTicks - cpuTicksBefore) / TICKS / ((readAt - readAtBefore) / 1000.0);
    }

    double ioPerSecond() {
      return readBefore < 0 || readAt <= readAtBefore
          ? 0
          : (readBytes - readBefore + writtenBytes - writtenBefore)
              / ((readAt - readAtBefore) / 1000.0);
    }
  }

  @Override
  public String name() {
    return "topprocesses";
  }

  @Override
  public void collect(Samples out) throws IOException {
    long now = clock.millis();
    boolean full =
        lastScan == Long.MIN_VALUE || now - lastScan >= FULL_SCAN_MILLIS - 500 || now < lastScan;
    if (full) {
      lastScan = now;
      scan(now);
    } else {
      hot.forEach(pid -> read(pid, now));
    }
    chooseTop();
    put(out);
    if (full) {
      snapshots.accept(snapshot(now));
    }
  }

  private void scan(long now) {
    known.values().forEach(process -> process.alive = false);
    states.replaceAll((state, count) -> 0);
    all = 0;
    String[] entries = proc.toFile().list();
    for (String entry : entries == null ? new String[0] : entries) {
      if (Character.isDigit(entry.charAt(0))) {
        Watched process = read(Integer.parseInt(entry), now);
        if (process != null) {
          process.alive = true;
          all++;
          states.merge(String.valueOf(process.state), 1, Integer::sum);
        }
      }
    }
    known.values().removeIf(process -> !process.alive);
    for (Totals totals : groups.values()) {
      totals.quietScans++;
    }
    known.values().forEach(process -> totals(process.group).quietScans = 0);
    groups.values().removeIf(totals -> totals.quietScans > 30);
  }

  private Totals totals(Group group) {
    return groups.computeIfAbsent(group, key -> new Totals());
  }

  /// Reads one process; null when it has ended meanwhile.
  private @org.jspecify.annotations.Nullable Watched read(int pid, long now) {
    int size = load(new File(proc.toFile(), pid + "/stat"));
    int open = indexOf('(', size, false);
    int close = indexOf(')', size, true);
    if (size <= 0 || open < 0 || close < open) {
      known.remove(pid);
      return null;
    }
    String comm = names.of(buffer, open + 1, close);
    ByteText text = new ByteText(buffer, close + 1, size);
    text.nextLine();
    text.nextWord();
    String state = text.text(names);
    // proc(5): after the state come fields 4 …; 14 and 15 are the times, 20 threads, 22 start, 24
    // rss.
    text.skip(10);
    long cpuTicks = text.number() + text.number();
    text.skip(4);
    long threads = text.number();
    text.skip(1);
    long startTicks = text.number();
    text.skip(1);
    long pages = text.number();
    if (pages == ByteText.NO_NUMBER || state.isEmpty()) {
      return null;
    }
    Watched process = known.get(pid);
    if (process == null || process.startTicks != startTicks || !process.group.comm.equals(comm)) {
      process = new Watched(pid, group(pid, comm));
      process.startTicks = startTicks;
      known.put(pid, process);
    } else {
      process.cpuTicksBefore = process.cpuTicks;
      process.readBefore = process.readBytes;
      process.writtenBefore = process.writtenBytes;
      process.readAtBefore = process.readAt;
    }
    process.state = state.charAt(0);
    process.cpuTicks = cpuTicks;
    process.residentBytes = pages * PAGE_BYTES;
    process.threads = (int) threads;
    process.readAt = now;
    readIo(process);
    addIncrease(process);
    return process;
  }

  private Group group(int pid, String comm) {
    Path folder = proc.resolve(Integer.toString(pid));
    String user;
    try {
      user = users.name((int) Files.getAttribute(folder, "unix:uid"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      user = "";
    }
    int size = load(new File(folder.toFile(), "cgroup"));
    String text =
        size <= 0 ? "" : new String(buffer, 0, size, java.nio.charset.StandardCharsets.UTF_8);
    String path = io.evenkeel.agent.collect.cgroup.ControlGroups.path(text);
    return new Group(
        comm, user, io.evenkeel.agent.collect.cgroup.ControlGroups.unit(path).orElse(""));
  }

  private void readIo(Watched process) {
    int size = load(new File(proc.toFile(), process.pid + "/io"));
    process.readBytes = -1;
    process.writtenBytes = -1;
    ByteText text = new ByteText(buffer, 0, Math.max(0, size));
    while (text.nextLine() && text.nextUntil(':')) {
      if (text.is("read_bytes")) {
        process.readBytes = Math.max(-1, text.number());
      } else if (text.is("write_bytes")) {
        process.writtenBytes = Math.max(-1, text.number());
      }
    }
  }

  private void addIncrease(Watched process) {
    Totals totals = totals(process.group);
    totals.cpuSeconds += (process.cpuTicks - Math.max(0, process.cpuTicksBefore)) / TICKS;
    if (process.readBytes >= 0 && process.writtenBytes >= 0) {
      totals.hasIo = true;
      totals.readBytes += Math.max(0, process.readBytes - Math.max(0, process.readBefore));
      totals.writtenBytes += Math.max(0, process.writtenBytes - Math.max(0, process.writtenBefore));
    }
  }

  private int load(File file) {
    try (FileInputStream in = new FileInputStream(file)) {
      int size = 0;
      for (int read = in.read(buffer);
          read > 0;
          read = in.read(buffer, size, buffer.length - size)) {
        size += read;
        if (size == buffer.length) {
          break;
        }
      }
      return size;
    } catch (IOException e) {
      // It ended, or its owner keeps it to itself; either way there is nothing to know.
      return -1;
    }
  }

  private int indexOf(char wanted, int size, boolean last) {
    for (int i = 0; i < size; i++) {
      int at = last ? size - 1 - i : i;
      if (buffer[at] == wanted) {
        return at;
      }
    }
    return -1;
  }

  private void chooseTop() {
    Set<Integer> chosen = new HashSet<>();
    for (ToDoubleFunction<Watched> measure :
        List.<ToDoubleFunction<Watched>>of(
            Watched::cores, process -> process.residentBytes, Watched::ioPerSecond)) {
      known.values().stream()
          .filter(process -> measure.applyAsDouble(process) > 0)
          .sorted(Comparator.comparingDouble(measure).reversed())
          .limit(top)
          .forEach(process -> chosen.add(process.pid));
    }
    hot = chosen;
    groups.values().forEach(totals -> totals.onTop = false);
    for (int pid : chosen) {
      Watched process = known.get(pid);
      if (process != null) {
        totals(process.group).onTop = true;
      }
    }
  }

  private void put(Samples out) {
    Samples.Family stateCounts =
        out.gauge("node_processes_state", "Number of processes in each state.", "state");
    states.forEach((state, count) -> stateCounts.set(count, state));
    out.gauge("node_processes_pids", "Number of PIDs").set(all);
    Map<Group, double[]> now = new HashMap<>();
    for (Watched process : known.values()) {
      double[] sums = now.computeIfAbsent(process.group, key -> new double[3]);
      sums[0] += process.residentBytes;
      sums[1] += process.threads;
      if (hot.contains(process.pid)) {
        process.openFds = openFds(process.pid);
      }
      sums[2] += process.openFds.orElse(0);
    }
    groups.forEach((group, totals) -> {
      double[] sums = now.get(group);
      if (!totals.onTop || sums == null) {
        return;
      }
      set(
          out.counter("evenkeel_process_cpu_seconds_total", "Processor time used.", LABELS),
          totals.cpuSeconds,
          group);
      set(
          out.gauge("evenkeel_process_resident_memory_bytes", "Resident memory.", LABELS),
          sums[0],
          group);
      set(out.gauge("evenkeel_process_threads", "Threads.", LABELS), sums[1], group);
      if (totals.hasIo) {
        set(
            out.counter("evenkeel_process_read_bytes_total", "Bytes read from storage.", LABELS),
            totals.readBytes,
            group);
        set(
            out.counter(
                "evenkeel_process_written_bytes_total", "Bytes written to storage.", LABELS),
            totals.writtenBytes,
            group);
      }
      if (sums[2] > 0) {
        set(
            out.gauge("evenkeel_process_open_fds", "Open file descriptors.", LABELS),
            sums[2],
            group);
      }
    });
  }

  private static void set(Samples.Family family, double value, Group group) {
    family.set(value, group.comm, group.user, group.unit);
  }

  private OptionalLong openFds(int pid) {
    String[] entries = new File(proc.toFile(), pid + "/fd").list();
    return entries == null ? OptionalLong.empty() : OptionalLong.of(entries.length);
  }

  private ProcessSnapshot snapshot(long now) {
    List<ProcessSnapshot.Entry> entries = new ArrayList<>();
    long period = 0;
    Iterator<Watched> ordered =
        hot.stream()
            .map(known::get)
            .filter(java.util.Objects::nonNull)
            .sorted(
                Comparator.comparingDouble(Watched::cores)
                    .reversed()
                    .thenComparingLong(p -> -p.residentBytes))
            .iterator();
    while (ordered.hasNext()) {
      Watched process = ordered.next();
      boolean measured = process.cpuTicksBefore >= 0 && process.readAt > process.readAtBefore;
      double seconds = (process.readAt - process.readAtBefore) / 1000.0;
      period = measured ? Math.max(period, process.readAt - process.readAtBefore) : period;
      boolean io = measured && process.readBefore >= 0 && process.readBytes >= 0;
      entries.add(
          new ProcessSnapshot.Entry(
              process.pid,
              process.group.comm,
              process.group.user,
              process.group.unit,
              process.state,
              measured ? OptionalDouble.of(process.cores()) : OptionalDouble.empty(),
              process.residentBytes,
              io
                  ? OptionalDouble.of((process.readBytes - process.readBefore) / seconds)
                  : OptionalDouble.empty(),
              io
                  ? OptionalDouble.of((process.writtenBytes - process.writtenBefore) / seconds)
                  : OptionalDouble.empty(),
              process.threads,
              process.openFds));
    }
    return new ProcessSnapshot(now, period, entries);
  }
}
