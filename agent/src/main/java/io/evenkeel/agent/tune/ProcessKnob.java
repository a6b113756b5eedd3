package io.evenkeel.agent.tune;

import io.evenkeel.model.tune.Place.Trait;
import io.evenkeel.model.tune.Refusal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A property of one running process. A process is known by its number and its start time, so that
/// another process that got the number since is never touched. Linux keeps niceness, priority and
/// affinity for each thread: they are turned for all, and only when all have the same.
record ProcessKnob(Path proc, int pid, long startTicks, Trait trait) implements Knob {
  private static final int PARENT_AFTER_NAME = 1;
  private static final int START_TIME_AFTER_NAME = 19;

  /// @param target as `4242@981234`
  static ProcessKnob in(Path proc, String target, Trait trait) {
    int at = target.indexOf('@');
    return new ProcessKnob(
        proc,
        Integer.parseInt(target.substring(0, at)),
        Long.parseLong(target.substring(at + 1)),
        trait);
  }

  /// As an action names it.
  String target() {
    return pid + "@" + startTicks;
  }

  @Override
  public String read() throws KnobException {
    String text = snapshot();
    int space = text.indexOf(' ');
    return space < 0 ? text : text.substring(0, space);
  }

  @Override
  public void write(String value) throws KnobException {
    switch (trait) {
      case OPEN_FILES, PROCESSES, LOCKED_MEMORY -> {
        checkAlive();
        ProcessCalls.Limit now = ProcessCalls.limit(pid, resource());
        long soft = Long.parseLong(value);
        ProcessCalls.setLimit(
            pid,
            resource(),
            new ProcessCalls.Limit(
                soft, Long.compareUnsigned(now.hard(), soft) < 0 ? soft : now.hard()));
      }
      case NICE, IO_PRIORITY, AFFINITY -> restore(value);
    }
  }

  @Override
  public String snapshot() throws KnobException {
    checkAlive();
    return switch (trait) {
      case OPEN_FILES, PROCESSES, LOCKED_MEMORY -> ProcessCalls.limit(pid, resource()).text();
      case NICE, IO_PRIORITY, AFFINITY -> {
        String first = ofThread(pid);
        for (int thread : threads()) {
          if (!ofThread(thread).equals(first)) {
            throw new KnobException(Refusal.THREADS_DIFFER.text(Integer.toString(pid)));
          }
        }
        yield first;
      }
    };
  }

  @Override
  public void restore(String snapshot) throws KnobException {
    checkAlive();
    switch (trait) {
      case OPEN_FILES, PROCESSES, LOCKED_MEMORY ->
          ProcessCalls.setLimit(pid, resource(), ProcessCalls.Limit.parse(snapshot));
      case NICE, IO_PRIORITY, AFFINITY -> {
        for (int thread : threads()) {
          switch (trait) {
            case NICE -> ProcessCalls.setNice(thread, Integer.parseInt(snapshot));
            case IO_PRIORITY -> ProcessCalls.setIoPriority(thread, snapshot);
            case AFFINITY -> ProcessCalls.setAffinity(thread, CpuSet.parse(snapshot));
            case OPEN_FILES, PROCESSES, LOCKED_MEMORY -> throw new IllegalStateException();
          }
        }
      }
    }
  }

  private String ofThread(int thread) throws KnobException {
    return switch (trait) {
      case NICE -> Integer.toString(ProcessCalls.nice(thread));
      case IO_PRIORITY -> ProcessCalls.ioPriority(thread);
      case AFFINITY -> CpuSet.text(ProcessCalls.affinity(thread));
      case OPEN_FILES, PROCESSES, LOCKED_MEMORY -> throw new IllegalStateException();
    };
  }

  private int resource() {
    return switch (trait) {
      case PROCESSES -> ProcessCalls.RLIMIT_NPROC;
      case LOCKED_MEMORY -> ProcessCalls.RLIMIT_MEMLOCK;
      case OPEN_FILES, NICE, IO_PRIORITY, AFFINITY -> ProcessCalls.RLIMIT_NOFILE;
    };
  }

  private List<Integer> threads() throws KnobException {
    List<Integer> threads = new ArrayList<>();
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(proc.resolve(Integer.toString(pid)).resolve("task"))) {
      for (Path task : tasks) {
        threads.add(Integer.parseInt(task.getFileName().toString()));
      }
    } catch (IOException e) {
      throw new KnobException("the threads of process " + pid + " cannot be read", e);
    }
    return threads;
  }

  boolean isAlive() {
    try {
      checkAlive();
      return true;
    } catch (KnobException e) {
      return false;
    }
  }

  void checkAlive() throws KnobException {
    long started;
    try {
      started = startTicks(proc, pid);
    } catch (IOException e) {
      throw new KnobException(Refusal.NO_PROCESS.text(Integer.toString(pid)), e);
    }
    if (started != startTicks) {
      throw new KnobException(Refusal.OTHER_PROCESS.text(Integer.toString(pid)));
    }
  }

  /// When a process began, in clock ticks after boot (proc(5), field 22 of stat).
  static long startTicks(Path proc, int pid) throws IOException {
    return Long.parseLong(afterName(proc, pid)[START_TIME_AFTER_NAME]);
  }

  /// The number of the process that a process is a child of (field 4).
  static int parent(Path proc, int pid) throws IOException {
    return Integer.parseInt(afterName(proc, pid)[PARENT_AFTER_NAME]);
  }

  private static String[] afterName(Path proc, int pid) throws IOException {
    String stat = Files.readString(proc.resolve(Integer.toString(pid)).resolve("stat"));
    // The name may hold spaces and brackets; what comes after its last bracket does not.
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }
}
