package io.evenkeel.agent.collect.jvm;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// How much of its time each Java process spends in pauses of its garbage collector, from
/// `/tmp/hsperfdata_USER/PID`: nothing is attached to, and a process that switched the file off
/// (`-XX:-UsePerfData`) or lives in another file system is not seen. Files of other users, whose
/// folders only they may open, are counted as unreadable.
public final class JvmCollector implements Collector {
  private static final String FOLDERS = "hsperfdata_";
  private static final int LONGEST_PID = 9;
  private static final int MOST_PROCESSES = 64;

  /// A process that was there the last time, and how long it had paused by then.
  private record Paused(PauseFile file, double seconds) {}

  private final File folders;
  private final Path proc;
  private final LongSupplier nanos;
  private Map<File, Paused> pauses = new HashMap<>();
  private long readNanos;

  public JvmCollector(Surroundings surroundings) {
    folders = surroundings.settings().root().resolve("tmp").toFile();
    proc = surroundings.proc("");
    nanos = surroundings.nanos();
  }

  @Override
  public String name() {
    return "jvm";
  }

  @Override
  public int seconds() {
    return 2;
  }

  @Override
  public void collect(Samples out) throws IOException {
    long now = nanos.getAsLong();
    double seconds = (now - readNanos) / 1e9;
    readNanos = now;
    Map<File, Paused> before = pauses;
    pauses = new HashMap<>();
    Map<String, Map<String, Double>> worst = new HashMap<>();
    File[] users = folders.listFiles((folder, name) -> name.startsWith(FOLDERS));
    if (users == null || users.length == 0) {
      throw new NotAvailableException("no Java process shows its counters in " + folders);
    }
    int closed = 0;
    for (File user : users) {
      String[] pids = user.list((folder, name) -> isPid(name));
      for (int i = 0; pids != null && i < Math.min(MOST_PROCESSES, pids.length); i++) {
        File file = new File(user, pids[i]);
        Paused pausedBefore = before.get(file);
        PauseFile counted = pausedBefore == null ? new PauseFile(file) : pausedBefore.file;
        double paused = counted.seconds();
        String comm = comm(pids[i]);
        if (Double.isNaN(paused) || comm.isEmpty()) {
          closed += !comm.isEmpty() && file.exists() && !file.canRead() ? 1 : 0;
          continue;
        }
        pauses.put(file, new Paused(counted, paused));
        if (pausedBefore != null && paused >= pausedBefore.seconds && seconds > 0) {
          worst
              .computeIfAbsent(comm, name -> new HashMap<>())
              .merge(
                  user.getName().substring(FOLDERS.length()),
                  Math.min(1, (paused - pausedBefore.seconds) / seconds),
                  Math::max);
        }
      }
    }
    out.gauge(
            "evenkeel_jvm_unreadable_processes",
            "Java processes of other users, which keep their counters to themselves.")
        .set(closed);
    worst.forEach((comm, byUser) ->
        byUser.forEach((user, share) ->
            out.gauge(
                    "evenkeel_jvm_gc_pause_ratio",
                    "Time in pauses for garbage collection, of the Java process with the most.",
                    "comm",
                    "user")
                .set(share, comm, user)));
  }

  private static boolean isPid(String name) {
    return name.length() <= LONGEST_PID && isNumber(name, 0, name.length());
  }

  static boolean isNumber(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < to;
  }

  private String comm(String pid) {
    try {
      return Files.readString(proc.resolve(pid).resolve("comm")).strip();
    } catch (IOException e) {
      // A file without a process is left over from one that was killed.
      return "";
    }
  }
}
