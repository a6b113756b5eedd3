package io.evenkeel.agent.profile;

import io.evenkeel.model.profile.ProfileNote.Code;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// The process that is looked at, by its files under `/proc/PID` (proc(5)). It is known by its
/// number and the time it began, so that another one that gets its number later is not taken for
/// it. Immutable.
///
/// @param startTicks when it began, in clock ticks since the boot
/// @param uid whose it is
/// @param java whether a HotSpot virtual machine is loaded
/// @param ownFiles whether it sees the same file systems as the agent, itself in no container
record TargetProcess(
    Path folder, int pid, String comm, long startTicks, int uid, boolean java, boolean ownFiles) {
  /// Ticks per second in `/proc`: always 100 (USER_HZ) on the machines that Java 25 runs on.
  private static final double TICKS = 100;

  private static final int CPU_FIELD = 11;
  private static final int CHILDREN_CPU_FIELD = 13;
  private static final int START_FIELD = 19;
  private static final int ROOT = 0;

  /// Finds a process that may be looked into.
  ///
  /// @throws ProfileFailure when there is none such, or it may not be looked into
  static TargetProcess of(int pid) throws ProfileFailure {
    Path folder = Path.of("/proc", Integer.toString(pid));
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      throw new ProfileFailure(Code.NOT_LINUX, "");
    }
    Optional<String[]> stat = stat(folder.resolve("stat"));
    if (stat.isEmpty() || stat.get()[0].equals("Z")) {
      throw new ProfileFailure(Code.NO_PROCESS, Integer.toString(pid));
    }
    try {
      int uid = uid(folder);
      String comm = Files.readString(folder.resolve("comm")).strip();
      try (Stream<String> maps = Files.lines(folder.resolve("maps"))) {
        boolean java = maps.anyMatch(line -> line.endsWith("/libjvm.so"));
        return new TargetProcess(
            folder,
            pid,
            comm,
            Long.parseLong(stat.get()[START_FIELD]),
            uid,
            java,
            ownFiles(folder));
      }
    } catch (AccessDeniedException | UncheckedIOException e) {
      throw notPermitted(folder);
    } catch (IOException e) {
      throw new ProfileFailure(Code.NO_PROCESS, Integer.toString(pid));
    }
  }

  private static ProfileFailure notPermitted(Path folder) {
    return new ProfileFailure(
        Code.NOT_PERMITTED,
        "process of user "
            + quietUid(folder)
            + ", agent of user "
            + quietUid(Path.of("/proc/self")));
  }

  private static String quietUid(Path folder) {
    try {
      return Integer.toString(uid(folder));
    } catch (IOException e) {
      return "?";
    }
  }

  private static int uid(Path folder) throws IOException {
    for (String line : Files.readAllLines(folder.resolve("status"))) {
      if (line.startsWith("Uid:")) {
        return Integer.parseInt(line.split("\\s+", -1)[2]);
      }
    }
    throw new IOException("no line 'Uid:' in " + folder.resolve("status"));
  }

  private static boolean ownFiles(Path folder) throws IOException {
    return Files.readSymbolicLink(folder.resolve("ns/mnt"))
        .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
  }

  /// Whether this agent runs as root.
  static boolean asRoot() {
    try {
      return uid(Path.of("/proc/self")) == ROOT;
    } catch (IOException e) {
      return false;
    }
  }

  boolean isAlive() {
    return stat(folder.resolve("stat"))
        .filter(fields -> !fields[0].equals("Z"))
        .filter(fields -> Long.parseLong(fields[START_FIELD]) == startTicks)
        .isPresent();
  }

  /// What it has used since it began, seconds; empty when it has ended.
  Optional<Double> cpuSeconds() {
    return stat(folder.resolve("stat")).map(fields -> ticks(fields, CPU_FIELD) / TICKS);
  }

  /// What those of its threads have used whose names begin so.
  double cpuSecondsOfThreads(String beginning) {
    File[] threads = folder.resolve("task").toFile().listFiles();
    double seconds = 0;
    for (File thread : threads == null ? new File[0] : threads) {
      try {
        if (Files.readString(thread.toPath().resolve("comm")).startsWith(beginning)) {
          seconds +=
              stat(thread.toPath().resolve("stat"))
                  .map(fields -> ticks(fields, CPU_FIELD) / TICKS)
                  .orElse(0.0);
        }
      } catch (IOException e) {
        // A thread that has ended uses nothing more.
        continue;
      }
    }
    return seconds;
  }

  /// What a process of any kind has used, seconds; empty when it has ended.
  static Optional<Double> cpuSecondsOf(long pid) {
    return stat(Path.of("/proc", Long.toString(pid), "stat"))
        .map(fields -> ticks(fields, CPU_FIELD) / TICKS);
  }

  /// What programs that this agent started and that have ended used, seconds.
  static double cpuSecondsOfChildren() {
    return stat(Path.of("/proc/self/stat"))
        .map(fields -> ticks(fields, CHILDREN_CPU_FIELD) / TICKS)
        .orElse(0.0);
  }

  private static long ticks(String[] fields, int at) {
    return Long.parseLong(fields[at]) + Long.parseLong(fields[at + 1]);
  }

  /// The fields behind the name, which may have spaces and parentheses: the state first.
  private static Optional<String[]> stat(Path file) {
    try {
      String text = Files.readString(file);
      String[] fields = text.substring(text.lastIndexOf(')') + 2).strip().split(" ", -1);
      return fields.length > START_FIELD ? Optional.of(fields) : Optional.empty();
    } catch (IOException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
