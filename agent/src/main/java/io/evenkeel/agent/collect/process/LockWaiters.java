package io.evenkeel.agent.collect.process;

import java.util.HashMap;
import java.util.Map;

/// Counts the threads of one process that wait for one lock, by what the kernel tells of the system
/// call that a thread sleeps in (`/proc/PID/task/TID/syscall`, proc_pid_syscall(5)).
///
/// A mutex of the C library waits by FUTEX_WAIT or FUTEX_LOCK_PI on the mutex's own address, so
/// several threads there want the same lock. An idle thread of a pool waits for a condition, by
/// FUTEX_WAIT_BITSET, and runtimes that park their threads give each an address of its own: neither
/// counts (futex(2)). For the same reason a wait for a Java monitor does not show here. Used by one
/// thread, for one reading.
final class LockWaiters {
  private static final String FUTEX =
      System.getProperty("os.arch").equals("aarch64") ? "98" : "202";

  /// FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME say how to wait, not for what.
  private static final int HOW = 128 | 256;

  private static final int WAIT = 0;
  private static final int LOCK_PI = 6;
  private static final int LOCK_PI2 = 13;

  private final Map<String, Integer> byAddress = new HashMap<>();
  private int most;

  /// @param call what the file says: the number of the call, its six arguments and two pointers;
  ///   `running`; or nothing when it may not be read
  void add(String call) {
    String[] words = call.split(" ", 4);
    if (words.length == 4 && words[0].equals(FUTEX) && isLock(words[2])) {
      most = Math.max(most, byAddress.merge(words[1], 1, Integer::sum));
    }
  }

  private static boolean isLock(String operation) {
    try {
      int what = Integer.decode(operation) & ~HOW;
      return what == WAIT || what == LOCK_PI || what == LOCK_PI2;
    } catch (NumberFormatException e) {
      // No call that a mutex makes.
      return false;
    }
  }

  /// How many wait for the lock that most want; 0 when none has two waiters, since one alone may be
  /// a runtime's way to let a thread sleep.
  int most() {
    return most > 1 ? most : 0;
  }
}
