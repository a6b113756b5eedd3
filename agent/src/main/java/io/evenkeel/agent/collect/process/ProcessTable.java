package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.Names;
import io.evenkeel.agent.collect.cgroup.UnitNames;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The processes of a machine and the groups they belong to, as they were read last.
///
/// [#scan] reads every process, [#reread] those on top again. Used by one thread.
final class ProcessTable {
  /// Scans after which a group without processes is forgotten: five minutes.
  private static final int KEPT_EMPTY_SCANS = 30;

  private static final long FEW_FILES = 128;

  /// What has done nothing for so long is on top for its memory: it is read again so often only.
  private static final long IDLE_NANOS = 3_000_000_000L;

  /// Rounds never come to the nanosecond.
  private static final long SLACK_NANOS = 500_000_000L;

  private static final String[] LETTERS = new String[128];

  static {
    for (char letter = 0; letter < LETTERS.length; letter++) {
      LETTERS[letter] = String.valueOf(letter);
    }
  }

  private final ProcessFiles files;
  private final Names names;
  private final Users users;
  private final UnitNames units;
  private final ProcessStat stat = new ProcessStat();
  private final Map<Integer, ProcessRecord> processes = new HashMap<>();
  private final Map<ProcessGroup.Key, ProcessGroup> groups = new HashMap<>();
  private final Map<String, Integer> states = new TreeMap<>();
  private Set<ProcessRecord> top = Set.of();
  private long scans;
  private long scanNanos;

  ProcessTable(ProcessFiles files, Names names, Users users, UnitNames units) {
    this.files = files;
    this.names = names;
    this.users = users;
    this.units = units;
  }

  Collection<ProcessGroup> groups() {
    return groups.values();
  }

  Set<ProcessRecord> top() {
    return top;
  }

  ProcessFiles files() {
    return files;
  }

  Map<String, Integer> states() {
    return states;
  }

  int size() {
    return processes.size();
  }

  /// Reads every process and chooses the top of each measure.
  void scan(long nanos, int most) throws IOException {
    int[] pids = files.pids();
    if (pids == null) {
      throw new IOException("the folder of processes cannot be listed");
    }
    scans++;
    groups.values().forEach(ProcessGroup::remember);
    states.replaceAll((state, count) -> 0);
    for (int pid : pids) {
      ProcessRecord process = see(pid, nanos);
      if (process != null) {
        process.scan = scans;
        process.scans++;
        states.merge(LETTERS[process.state & 0x7F], 1, Integer::sum);
      }
    }
    processes
        .values()
        .removeIf(process -> {
          if (process.scan != scans) {
            process.closeFiles();
          }
          return process.scan != scans;
        });
    states.values().removeIf(count -> count == 0);
    chooseTop(most);
    countFiles();
    sumGroups();
    forgetEmptyGroups();
  }

  /// Reads the processes on top again, the idle ones among them now and then.
  void reread(long nanos) {
    for (Iterator<ProcessRecord> each = top.iterator(); each.hasNext(); ) {
      ProcessRecord process = each.next();
      boolean idle = nanos - process.movedNanos >= IDLE_NANOS;
      if (idle && nanos - process.readNanos < IDLE_NANOS - SLACK_NANOS) {
        continue;
      }
      if (!readKept(process, nanos)) {
        process.closeFiles();
        processes.remove(process.pid, process);
        each.remove();
      }
    }
    sumGroups();
  }

  /// After a scan has been told: the next one measures from here.
  void rebase(long nanos) {
    scanNanos = nanos;
    processes.values().forEach(ProcessRecord::rebase);
  }

  private void chooseTop(int most) {
    Set<ProcessRecord> chosen = TopProcesses.of(processes.values(), most);
    for (ProcessRecord process : top) {
      if (!chosen.contains(process)) {
        process.closeFiles();
      }
    }
    top = chosen;
    for (ProcessGroup group : groups.values()) {
      group.leftLastScan = group.topBefore && !group.top;
      group.topBefore = group.top;
      group.top = false;
    }
    top.forEach(process -> process.group.top = true);
  }

  private void countFiles() {
    groups.values().forEach(group -> group.fdsUsed = 0);
    for (ProcessRecord process : processes.values()) {
      process.openFds = files.openFds(process.pid);
      // Most processes have few files: the limit is only asked for where it may be near.
      if (process.openFds >= FEW_FILES) {
        long most = files.mostFds(process.pid);
        if (most > 0) {
          process.group.fdsUsed = Math.max(process.group.fdsUsed, (double) process.openFds / most);
        }
      }
    }
  }

  private void sumGroups() {
    for (ProcessGroup group : groups.values()) {
      group.residentPages = 0;
      group.threads = 0;
      group.openFds = 0;
      group.allFdsKnown = true;
    }
    for (ProcessRecord process : processes.values()) {
      ProcessGroup group = process.group;
      group.emptyScans = 0;
      group.residentPages += process.residentPages;
      group.threads += process.threads;
      group.openFds += process.openFds;
      group.allFdsKnown &= process.openFds >= 0;
    }
  }

  private void forgetEmptyGroups() {
    groups.values().removeIf(group -> group.threads == 0 && ++group.emptyScans > KEPT_EMPTY_SCANS);
  }

  /// Reads one process of a scan; null when it has ended meanwhile.
  private @Nullable ProcessRecord see(int pid, long nanos) {
    ProcessRecord process = processes.get(pid);
    if (process != null && process.stat != null) {
      if (readKept(process, nanos)) {
        return process;
      }
      process.closeFiles();
    }
    ByteText text = files.text(pid, "stat");
    if (text == null || !stat.parse(text, names)) {
      return null;
    }
    if (process == null || process.startTicks != stat.startTicks) {
      process =
          new ProcessRecord(
              pid, stat.startTicks, stat.comm, group(pid, stat.groupName(), stat.kernelThread));
      process.movedNanos = nanos;
      processes.put(pid, process);
      if (scans > 1) {
        process.startAt(scanNanos);
      }
    }
    take(process, nanos);
    // A new process runs for a moment under its parent's user and unit: so it is asked again.
    if (process.scans == 1) {
      process.group = group(pid, stat.groupName(), stat.kernelThread);
    }
    if (process.ioReadable) {
      takeIo(process, files.text(pid, "io"));
    }
    return process;
  }

  private boolean readKept(ProcessRecord process, long nanos) {
    try {
      KernelFile own = process.stat;
      if (own == null) {
        own = files.keep(process.pid, "stat");
        process.stat = own;
      }
      if (!stat.parse(own.read(), names) || stat.startTicks != process.startTicks) {
        return false;
      }
      take(process, nanos);
    } catch (IOException e) {
      return false;
    }
    if (process.ioReadable) {
      KernelFile own = process.io;
      if (own == null) {
        own = files.keep(process.pid, "io");
        process.io = own;
      }
      try {
        takeIo(process, own.read());
      } catch (IOException e) {
        takeIo(process, null);
      }
    }
    return true;
  }

  /// Takes over what `stat` says.
  private void take(ProcessRecord process, long nanos) {
    if (!stat.comm.equals(process.comm)) {
      process.comm = stat.comm;
      process.group = group(process.pid, stat.groupName(), stat.kernelThread);
    }
    process.state = stat.state;
    process.threads = (int) stat.threads;
    process.residentPages = stat.residentPages;
    process.readNanos = nanos;
    long before = Math.max(0, process.cpuTicks);
    if (stat.cpuTicks > before) {
      process.movedNanos = nanos;
    }
    process.group.cpuTicks += Math.max(0, stat.cpuTicks - before);
    process.cpuTicks = Math.max(before, stat.cpuTicks);
  }

  private static void takeIo(ProcessRecord process, @Nullable ByteText text) {
    long read = ProcessRecord.UNKNOWN;
    long written = ProcessRecord.UNKNOWN;
    while (text != null && text.nextLine() && text.nextUntil(':')) {
      if (text.is("read_bytes")) {
        read = Math.max(ProcessRecord.UNKNOWN, text.number());
      } else if (text.is("write_bytes")) {
        written = Math.max(ProcessRecord.UNKNOWN, text.number());
      }
    }
    if (read < 0 || written < 0) {
      process.ioReadable = false;
      process.readBytes = ProcessRecord.UNKNOWN;
      process.writtenBytes = ProcessRecord.UNKNOWN;
      return;
    }
    ProcessGroup group = process.group;
    if (read > process.readBytes || written > process.writtenBytes) {
      process.movedNanos = process.readNanos;
    }
    group.hasIo = true;
    group.readBytes += Math.max(0, read - Math.max(0, process.readBytes));
    group.writtenBytes += Math.max(0, written - Math.max(0, process.writtenBytes));
    process.readBytes = read;
    process.writtenBytes = written;
  }

  private ProcessGroup group(int pid, String comm, boolean kernelThread) {
    String unit =
        kernelThread ? "" : units.of(UnitNames.path(files.string(pid, "cgroup"))).orElse("");
    ProcessGroup.Key key = new ProcessGroup.Key(comm, users.name(userId(pid)), unit);
    return groups.computeIfAbsent(key, ProcessGroup::new);
  }

  /// The effective user of a process; negative when it cannot be read.
  private int userId(int pid) {
    ByteText text = files.text(pid, "status");
    while (text != null && text.nextLine()) {
      if (text.nextWord() && text.is("Uid:")) {
        text.skip(1);
        long id = text.number();
        return id >= 0 && id <= Integer.MAX_VALUE ? (int) id : -1;
      }
    }
    return -1;
  }

  void close() {
    processes.values().forEach(ProcessRecord::closeFiles);
  }
}
