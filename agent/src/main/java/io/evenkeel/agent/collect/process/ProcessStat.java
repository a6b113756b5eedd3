package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Names;

/// The fields of `/proc/PID/stat` that are wanted here (proc_pid_stat(5)). Reused from process to
/// process.
final class ProcessStat {
  /// Clock ticks a second in what the kernel tells user space; 100 on every Linux (`getconf
  /// CLK_TCK`).
  static final double TICKS_PER_SECOND = 100;

  private static final long KERNEL_THREAD = 0x0020_0000;

  String comm = "";
  char state;
  boolean kernelThread;
  long cpuTicks;
  long threads;
  long startTicks;
  long residentPages;

  /// Reads the text; false when it is not what the kernel writes.
  boolean parse(ByteText text, Names names) {
    // A name may hold anything, line ends and parentheses too.
    if (!text.restAsLine() || !text.nextUntil('(') || !text.nextUntilLast(')')) {
      return false;
    }
    comm = text.text(names);
    if (!text.nextWord()) {
      return false;
    }
    state = text.firstChar();
    // After the state (3) come 4 …: 9 flags, 14 and 15 times, 20 threads, 22 start, 24 memory.
    text.skip(5);
    long flags = text.number();
    text.skip(4);
    long user = text.number();
    long system = text.number();
    text.skip(4);
    threads = text.number();
    text.skip(1);
    startTicks = text.number();
    text.skip(1);
    residentPages = text.number();
    kernelThread = flags != ByteText.NO_NUMBER && (flags & KERNEL_THREAD) != 0;
    cpuTicks = user + system;
    return user >= 0 && system >= 0 && threads >= 0 && startTicks >= 0 && residentPages >= 0;
  }

  /// The name that groups like processes: the kernel's workers carry what they do at the moment in
  /// theirs ('kworker/u8:2-writeback'), of which only the first part stays the same.
  String groupName() {
    if (!kernelThread) {
      return comm;
    }
    int slash = comm.indexOf('/');
    return slash <= 0 ? comm : comm.substring(0, slash);
  }
}
