package io.evenkeel.agent.tune;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.BitSet;

/// What Linux lets one process set of another: limits, niceness, priority of disk access, affinity.
/// Structures and numbers as on 64-bit Linux. Thread-safe.
final class ProcessCalls {
  static final int RLIMIT_NPROC = 6;
  static final int RLIMIT_NOFILE = 7;
  static final int RLIMIT_MEMLOCK = 8;

  private static final int PRIO_PROCESS = 0;
  private static final int IOPRIO_WHO_PROCESS = 1;
  private static final int IO_CLASS_SHIFT = 13;
  private static final int IO_BEST_EFFORT = 2;
  private static final int IO_IDLE = 3;
  private static final int CPU_SET_BYTES = 1024;
  private static final int ESRCH = 3;
  private static final int EPERM = 1;

  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final long SYS_GETPRIORITY = ARM ? 141 : 140;
  private static final long SYS_IOPRIO_SET = ARM ? 30 : 251;
  private static final long SYS_IOPRIO_GET = ARM ? 31 : 252;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final MethodHandle PRLIMIT =
      handle(
          "prlimit",
          FunctionDescriptor.of(INT, INT, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
  private static final MethodHandle SETPRIORITY =
      handle("setpriority", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle GETAFFINITY =
      handle("sched_getaffinity", FunctionDescriptor.of(INT, INT, LONG, ValueLayout.ADDRESS));
  private static final MethodHandle SETAFFINITY =
      handle("sched_setaffinity", FunctionDescriptor.of(INT, INT, LONG, ValueLayout.ADDRESS));
  private static final MethodHandle SYSCALL =
      LINKER.downcallHandle(
          LIBRARY.findOrThrow("syscall"),
          FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG),
          Linker.Option.firstVariadicArg(1),
          Linker.Option.captureCallState("errno"));

  private ProcessCalls() {}

  /// A limit; -1 is none.
  record Limit(long soft, long hard) {
    private static final String NONE = "infinity";

    String text() {
      return number(soft) + " " + number(hard);
    }

    static Limit parse(String text) {
      int space = text.indexOf(' ');
      return new Limit(value(text.substring(0, space)), value(text.substring(space + 1)));
    }

    private static String number(long value) {
      return value == -1 ? NONE : Long.toUnsignedString(value);
    }

    private static long value(String text) {
      return text.equals(NONE) ? -1 : Long.parseUnsignedLong(text);
    }
  }

  private interface Call {
    long make(Arena arena, MemorySegment state) throws Throwable;
  }

  private static MethodHandle handle(String function, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LIBRARY.findOrThrow(function), descriptor, Linker.Option.captureCallState("errno"));
  }

  static Limit limit(int pid, int resource) throws KnobException {
    Limit[] found = new Limit[1];
    make(
        "prlimit",
        pid,
        (arena, state) -> {
          MemorySegment old = arena.allocate(16, 8);
          int answer = (int) PRLIMIT.invokeExact(state, pid, resource, MemorySegment.NULL, old);
          found[0] = new Limit(old.get(LONG, 0), old.get(LONG, 8));
          return answer;
        });
    return found[0];
  }

  static void setLimit(int pid, int resource, Limit limit) throws KnobException {
    make(
        "prlimit",
        pid,
        (arena, state) -> {
          MemorySegment next = arena.allocate(16, 8);
          next.set(LONG, 0, limit.soft);
          next.set(LONG, 8, limit.hard);
          return (int) PRLIMIT.invokeExact(state, pid, resource, next, MemorySegment.NULL);
        });
  }

  static int nice(int thread) throws KnobException {
    // The library's getpriority answers -1 for a niceness too; the kernel's answers 20 − nice.
    return 20
        - (int)
            make(
                "getpriority",
                thread,
                (arena, state) ->
                    (long)
                        SYSCALL.invokeExact(
                            state, SYS_GETPRIORITY, (long) PRIO_PROCESS, (long) thread, 0L));
  }

  static void setNice(int thread, int nice) throws KnobException {
    make(
        "setpriority",
        thread,
        (arena, state) -> (int) SETPRIORITY.invokeExact(state, PRIO_PROCESS, thread, nice));
  }

  /// `none` (which follows the niceness), `best-effort:0` … `best-effort:7`, `idle`, or
  /// `realtime:0` …
  static String ioPriority(int thread) throws KnobException {
    long value =
        make(
            "ioprio_get",
            thread,
            (arena, state) ->
                (long)
                    SYSCALL.invokeExact(
                        state, SYS_IOPRIO_GET, (long) IOPRIO_WHO_PROCESS, (long) thread, 0L));
    long level = value & ((1 << IO_CLASS_SHIFT) - 1);
    return switch ((int) (value >> IO_CLASS_SHIFT)) {
      case 0 -> "none";
      case 1 -> "realtime:" + level;
      case IO_BEST_EFFORT -> "best-effort:" + level;
      case IO_IDLE -> "idle";
      default -> throw new KnobException("thread " + thread + " has an unknown disk priority");
    };
  }

  static void setIoPriority(int thread, String priority) throws KnobException {
    String[] words = priority.split(":", -1);
    int kind =
        switch (words[0]) {
          case "none" -> 0;
          case "realtime" -> 1;
          case "best-effort" -> IO_BEST_EFFORT;
          case "idle" -> IO_IDLE;
          default -> throw new KnobException("'" + priority + "' is no disk priority");
        };
    long value =
        ((long) kind << IO_CLASS_SHIFT) | (words.length > 1 ? Long.parseLong(words[1]) : 0);
    make(
        "ioprio_set",
        thread,
        (arena, state) ->
            (long)
                SYSCALL.invokeExact(
                    state, SYS_IOPRIO_SET, (long) IOPRIO_WHO_PROCESS, (long) thread, value));
  }

  static BitSet affinity(int thread) throws KnobException {
    BitSet[] found = new BitSet[1];
    make(
        "sched_getaffinity",
        thread,
        (arena, state) -> {
          MemorySegment mask = arena.allocate(CPU_SET_BYTES, 8);
          int answer = (int) GETAFFINITY.invokeExact(state, thread, (long) CPU_SET_BYTES, mask);
          found[0] = BitSet.valueOf(mask.toArray(ValueLayout.JAVA_BYTE));
          return answer;
        });
    return found[0];
  }

  static void setAffinity(int thread, BitSet cpus) throws KnobException {
    make(
        "sched_setaffinity",
        thread,
        (arena, state) -> {
          MemorySegment mask = arena.allocate(CPU_SET_BYTES, 8);
          MemorySegment.copy(
              cpus.toByteArray(), 0, mask, ValueLayout.JAVA_BYTE, 0, (cpus.length() + 7) / 8);
          return (int) SETAFFINITY.invokeExact(state, thread, (long) CPU_SET_BYTES, mask);
        });
  }

  private static long make(String name, int thread, Call call) throws KnobException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long answer = call.make(arena, state);
      if (answer == -1) {
        int errno = (int) ERRNO.get(state, 0L);
        throw new KnobException(
            switch (errno) {
              case ESRCH -> "there is no process " + thread + " now";
              case EPERM -> "the agent has not the rights for " + name + " of process " + thread;
              default -> name + " of process " + thread + " failed with error " + errno;
            });
      }
      return answer;
    } catch (KnobException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }
}
