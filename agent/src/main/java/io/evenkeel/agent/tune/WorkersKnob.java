package io.evenkeel.agent.tune;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// One property of a process and of the other workers of its service, turned together: one of
/// several that are at their limit would leave the service as it was.
///
/// Workers are the children of one parent that run its own program, as a service that forks makes
/// them; they belong together when they are in one control group and have the same value. Which
/// they were when the knob was turned is in the snapshot: those are put back, each, and one that
/// ended since took its value along. A worker that is started later has what its service gives it.
final class WorkersKnob implements Knob {
  private static final String OTHERWISE = "|";

  private final List<ProcessKnob> workers;

  private WorkersKnob(List<ProcessKnob> workers) {
    this.workers = workers;
  }

  /// The workers that a process belongs to now, itself the first.
  static WorkersKnob around(ProcessKnob process) throws KnobException {
    List<ProcessKnob> workers = new ArrayList<>(List.of(process));
    String value = process.snapshot();
    try {
      Kin kin = Kin.of(process.proc(), process.pid());
      if (kin.isForked(process.proc())) {
        for (ProcessKnob other : others(process)) {
          if (isAlike(other, kin, value)) {
            workers.add(other);
          }
        }
      }
    } catch (IOException e) {
      // Its program cannot be told, as of another user's process: it stands for itself.
      return new WorkersKnob(List.of(process));
    }
    return new WorkersKnob(List.copyOf(workers));
  }

  /// Those that a snapshot tells of.
  ///
  /// @param process which stands alone in the journals of versions before
  static WorkersKnob turned(ProcessKnob process, String snapshot) {
    String[] parts = snapshot.split(" ", -1);
    return parts.length < 3
        ? new WorkersKnob(List.of(process))
        : new WorkersKnob(
            Arrays.stream(parts[2].split(",", -1))
                .map(target -> ProcessKnob.in(process.proc(), target, process.trait()))
                .toList());
  }

  private record Kin(int parent, String program, String group) {
    static Kin of(Path proc, int pid) throws IOException {
      Path folder = proc.resolve(Integer.toString(pid));
      return new Kin(
          ProcessKnob.parent(proc, pid),
          Files.readSymbolicLink(folder.resolve("exe")).toString(),
          Files.readString(folder.resolve("cgroup")));
    }

    boolean isForked(Path proc) throws IOException {
      return parent > 1
          && Files.readSymbolicLink(proc.resolve(Integer.toString(parent)).resolve("exe"))
              .toString()
              .equals(program);
    }
  }

  private static List<ProcessKnob> others(ProcessKnob process) throws IOException {
    List<ProcessKnob> others = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(process.proc(), "[1-9]*")) {
      for (Path folder : folders) {
        try {
          int pid = Integer.parseInt(folder.getFileName().toString());
          if (pid != process.pid()) {
            long started = ProcessKnob.startTicks(process.proc(), pid);
            others.add(new ProcessKnob(process.proc(), pid, started, process.trait()));
          }
        } catch (NumberFormatException | IOException e) {
          // No process, or one that has ended since.
          continue;
        }
      }
    }
    return others;
  }

  private static boolean isAlike(ProcessKnob other, Kin kin, String value) {
    try {
      return Kin.of(other.proc(), other.pid()).equals(kin) && other.snapshot().equals(value);
    } catch (IOException | KnobException e) {
      // Another user's, or one that has ended since.
      return false;
    }
  }

  private List<ProcessKnob> alive() throws KnobException {
    List<ProcessKnob> alive = workers.stream().filter(ProcessKnob::isAlive).toList();
    if (alive.isEmpty()) {
      workers.getFirst().checkAlive();
    }
    return alive;
  }

  private interface Turn {
    void make(ProcessKnob worker) throws KnobException;
  }

  private void each(Turn turn) throws KnobException {
    for (ProcessKnob worker : alive()) {
      try {
        turn.make(worker);
      } catch (KnobException e) {
        if (worker.isAlive()) {
          throw e;
        }
      }
    }
  }

  /// The value that all have; where they differ, each of theirs.
  @Override
  public String read() throws KnobException {
    List<String> values = new ArrayList<>();
    each(worker -> values.add(worker.read()));
    return values.stream().distinct().collect(Collectors.joining(OTHERWISE));
  }

  @Override
  public void write(String value) throws KnobException {
    each(worker -> worker.write(value));
  }

  @Override
  public String snapshot() throws KnobException {
    List<String> values = new ArrayList<>();
    each(worker -> values.add(worker.snapshot()));
    String value = values.stream().distinct().collect(Collectors.joining(OTHERWISE));
    return workers.size() == 1
        ? value
        : value + " " + workers.stream().map(ProcessKnob::target).collect(Collectors.joining(","));
  }

  @Override
  public void restore(String snapshot) throws KnobException {
    String value = ownValue(snapshot);
    each(worker -> worker.restore(value));
  }

  /// A stop in the middle of a write leaves some with the value and some as they were: all ours.
  @Override
  public boolean isAsTurned(String value, String before) throws KnobException {
    String old = ownValue(before);
    List<Boolean> turned = new ArrayList<>();
    List<Boolean> foreign = new ArrayList<>();
    each(worker -> {
      boolean isTurned = worker.read().equals(value);
      turned.add(isTurned);
      foreign.add(!isTurned && !worker.snapshot().equals(old));
    });
    return turned.contains(true) && !foreign.contains(true);
  }

  @Override
  public String shown(String snapshot) {
    return snapshot.substring(0, snapshot.indexOf(' '));
  }

  private static String ownValue(String snapshot) {
    String[] parts = snapshot.split(" ", -1);
    return parts[0] + " " + parts[1];
  }
}
