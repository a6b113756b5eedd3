package io.evenkeel.agent.collect.process;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.ReadBuffer;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the files of processes, into one buffer. What cannot be read is null: the process ended,
/// or its owner keeps it to itself, and either way there is nothing to know.
final class ProcessFiles {
  private final File proc;
  private final byte[] buffer = new byte[4_096];
  private final ReadBuffer kept = new ReadBuffer(1_024);

  ProcessFiles(File proc) {
    this.proc = proc;
  }

  /// The numbers of all processes; null when there is no such folder.
  int @Nullable [] pids() {
    String[] entries = proc.list();
    if (entries == null) {
      return null;
    }
    int[] pids = new int[entries.length];
    int count = 0;
    for (String entry : entries) {
      int pid = pid(entry);
      if (pid > 0) {
        pids[count++] = pid;
      }
    }
    return Arrays.copyOf(pids, count);
  }

  private static int pid(String name) {
    int pid = 0;
    for (int i = 0; i < name.length(); i++) {
      int digit = name.charAt(i) - '0';
      if (digit < 0 || digit > 9 || i > 8) {
        return 0;
      }
      pid = 10 * pid + digit;
    }
    return pid;
  }

  /// A file's text, valid until the next read.
  @Nullable ByteText text(int pid, String name) {
    int size = load(pid, name);
    return size <= 0 ? null : new ByteText(buffer, 0, size);
  }

  /// A file's text as a string; empty when it cannot be read.
  String string(int pid, String name) {
    int size = load(pid, name);
    return size <= 0 ? "" : new String(buffer, 0, size, StandardCharsets.UTF_8);
  }

  /// A file to be kept open.
  KernelFile keep(int pid, String name) {
    return new KernelFile(new File(proc, pid + "/" + name).toPath(), "this process", kept);
  }

  /// How many file descriptors a process has open; negative when that is not to be known.
  long openFds(int pid) {
    File folder = new File(proc, pid + "/fd");
    // Since Linux 6.2 the folder's size is the count; before, the entries must be counted.
    long size = folder.length();
    if (size > 0) {
      return size;
    }
    String[] entries = folder.list();
    return entries == null ? ProcessRecord.UNKNOWN : entries.length;
  }

  /// How many file descriptors a process may have open; negative when that is not to be known.
  long mostFds(int pid) {
    ByteText text = text(pid, "limits");
    while (text != null && text.nextLine()) {
      // Max open files            1024                 524288               files
      text.skip(1);
      if (text.nextWord() && text.is("open")) {
        text.skip(1);
        return Math.max(ProcessRecord.UNKNOWN, text.number());
      }
    }
    return ProcessRecord.UNKNOWN;
  }

  /// The ids of a process's threads, at most so many; none when it has ended.
  int[] threads(int pid, int most) {
    String[] entries = new File(proc, pid + "/task").list();
    return entries == null
        ? new int[0]
        : Arrays.stream(entries).limit(most).mapToInt(ProcessFiles::pid).toArray();
  }

  private int load(int pid, String name) {
    try (FileInputStream in = new FileInputStream(new File(proc, pid + "/" + name))) {
      int size = 0;
      for (int read = in.read(buffer); read > 0; ) {
        size += read;
        read = size == buffer.length ? 0 : in.read(buffer, size, buffer.length - size);
      }
      return size;
    } catch (IOException e) {
      return -1;
    }
  }
}
