package io.evenkeel.agent.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks a Java process which of its threads wait for a lock: the kernel cannot tell, since each
/// thread of a virtual machine sleeps at an address of its own.
///
/// It costs the process one pause of some milliseconds for a dump of its threads
/// (docs.oracle.com/en/java/javase/25/docs/specs/man/jcmd.html, Thread.print), and starts a program
/// here: not for every second, but for somebody who asks. Virtual threads are not seen. Stateless.
public final class JavaLocks {
  /// A monitor is waited to lock; the locks of java.util.concurrent that one thread at a time may
  /// hold are parked for. Its conditions and queues also park, which is idleness and not waiting
  /// for a lock.
  private static final Pattern WAITING =
      Pattern.compile(
          "- (?:waiting to lock|parking to wait for)\\s+<(0x[0-9a-f]+)> \\(an? ([\\w.$]+)\\)");

  private static final Pattern LOCK =
      Pattern.compile(
          "java\\.util\\.concurrent\\.locks\\.(ReentrantLock|ReentrantReadWriteLock|StampedLock)\\b.*");

  private JavaLocks() {}

  /// How many threads of a process wait for the lock that most wait for; empty when it is no Java
  /// process, or this one may not ask it.
  public static OptionalInt waiting(int pid) throws InterruptedException {
    try {
      Path scratch = Files.createTempDirectory("evenkeel-locks-");
      try {
        return OptionalInt.of(
            most(new Jcmd(TargetProcess.of(pid), scratch).execute("Thread.print")));
      } finally {
        Profiler.remove(scratch);
      }
    } catch (ProfileFailure | IOException e) {
      return OptionalInt.empty();
    }
  }

  /// The most threads of a dump that wait for one lock.
  static int most(String dump) {
    Map<String, Integer> byLock = new HashMap<>();
    Matcher waiting = WAITING.matcher(dump);
    while (waiting.find()) {
      boolean monitor = waiting.group().startsWith("- waiting to lock");
      if (monitor || LOCK.matcher(waiting.group(2)).matches()) {
        byLock.merge(waiting.group(1), 1, Integer::sum);
      }
    }
    return byLock.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}
