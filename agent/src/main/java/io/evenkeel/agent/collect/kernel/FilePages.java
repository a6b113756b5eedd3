package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.ReadBuffer;
import java.io.IOException;
import java.nio.file.Path;

/// The pages of the JVM's code, of the runtime's modules and of the class archive that are mapped
/// into this process; they stay mapped as long as it lives.
///
/// A start touches nearly all of them, the work after it two thirds. What is let go of stays in the
/// system's page cache: when it is needed again a fault maps it and its neighbours, without the
/// disk as long as the system has room for it. Thread-safe.
public final class FilePages {
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");
  private static final int USUAL_BYTES = 128 * 1024;

  private FilePages() {}

  /// Takes a mapping.
  @FunctionalInterface
  interface Mappings {
    void mapping(long address, long bytes);
  }

  /// Lets go of all of them. A system that does not say what is mapped keeps them.
  public static void letGo() throws IOException {
    ReadBuffer buffer = new ReadBuffer(USUAL_BYTES);
    try (KernelFile file = new KernelFile(MAPPINGS, "what is mapped into a process", buffer)) {
      unchanged(file.read(), LibC::letGoOfPages);
    } catch (NotAvailableException _) {
      return; // All that this costs are some megabytes.
    }
  }

  /// Finds the mappings of them that hold nothing but what is in their file: none that may be
  /// written to, and none with a page of its own, in memory or swapped out, as the linker makes
  /// them before it protects what it filled in. Other libraries may be mapped and unmapped at this
  /// very moment. The format is that of proc_pid_smaps(5).
  static void unchanged(ByteText text, Mappings found) {
    long from = 0;
    long to = 0;
    boolean candidate = false;
    boolean unchanged = false;
    while (text.nextLine()) {
      if (text.nextUntil('-')) {
        from = text.wordAsHex();
        text.nextWord();
        to = text.wordAsHex();
        text.nextWord();
        candidate = text.startsWith("r-") && isOurs(text);
        unchanged = false;
      } else if (candidate && text.nextWord()) {
        if (text.is("Anonymous:")) {
          unchanged = text.number() == 0;
        } else if (text.is("Swap:") && unchanged && text.number() == 0) {
          found.mapping(from, to - from);
        }
      }
    }
  }

  private static boolean isOurs(ByteText header) {
    if (!header.nextUntilLast('/') || !header.nextWord()) {
      return false;
    }
    return header.is("libjvm.so") || header.is("modules") || header.is("agent.jsa");
  }
}
