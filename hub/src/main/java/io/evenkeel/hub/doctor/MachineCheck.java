package io.evenkeel.hub.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What this machine offers a hub, read below a root folder (`/`, or a copy of it). What it lacks
/// takes something from diagnosis or profiling, never from the hub's start.
public final class MachineCheck {
  private static final long WANTED_MEMORY_BYTES = 512L << 20;

  /// An agent and a browser take a descriptor each, a block of the store two.
  private static final long WANTED_FILES = 4_096;

  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
  private static final Pattern OPEN_FILES = Pattern.compile("Max open files\\s+(\\d+|unlimited)");

  private final Path root;

  public MachineCheck(Path root) {
    this.root = root;
  }

  /// Everything, in the order in which it is told.
  public List<Remark> remarks() {
    List<Remark> all = new ArrayList<>();
    all.add(memory());
    all.add(openFiles());
    all.add(pressure());
    all.add(cgroups());
    all.add(perf());
    return all;
  }

  private Remark memory() {
    OptionalLong kilobytes = number("proc/meminfo", AVAILABLE);
    if (kilobytes.isEmpty()) {
      return Remark.note("memory", "this system does not tell how much is free");
    }
    long bytes = kilobytes.getAsLong() << 10;
    String free = (bytes >> 20) + " MiB can be had";
    return bytes < WANTED_MEMORY_BYTES
        ? Remark.warning(
            "memory",
            free + ": a hub with a hundred servers takes up to 256 MiB, keep 512 MiB free")
        : Remark.good("memory", free);
  }

  private Remark openFiles() {
    OptionalLong most = number("proc/self/limits", OPEN_FILES);
    if (most.isEmpty() || most.getAsLong() >= WANTED_FILES) {
      return Remark.good(
          "open files", most.isEmpty() ? "no limit is told" : "up to " + most.getAsLong());
    }
    return Remark.warning(
        "open files",
        "up to "
            + most.getAsLong()
            + ": each agent and browser takes one, so raise it to "
            + WANTED_FILES
            + " (ulimit -n, or LimitNOFILE= in the unit)");
  }

  private Remark pressure() {
    return Files.isReadable(root.resolve("proc/pressure/cpu"))
        ? Remark.good("pressure", "the kernel tells it (PSI)")
        : Remark.note(
            "pressure",
            "this kernel does not tell it; with psi=1 on its command line diagnosis can tell"
                + " waiting from working");
  }

  private Remark cgroups() {
    if (Files.exists(root.resolve("sys/fs/cgroup/cgroup.controllers"))) {
      return Remark.good("cgroups", "version 2");
    }
    return Remark.note(
        "cgroups",
        Files.isDirectory(root.resolve("sys/fs/cgroup"))
            ? "version 1: diagnosis names processes, and units where version 2 would tell them"
            : "none: limits of containers and units are not seen");
  }

  private Remark perf() {
    OptionalLong paranoid =
        number("proc/sys/kernel/perf_event_paranoid", Pattern.compile("(-?\\d+)"));
    if (paranoid.isEmpty()) {
      return Remark.note("perf", "this kernel has no perf events: only Java can be profiled");
    }
    return paranoid.getAsLong() > 1
        ? Remark.note(
            "perf",
            "kernel.perf_event_paranoid is "
                + paranoid.getAsLong()
                + ": profiles by others than root have no kernel stacks; 1 would allow them")
        : Remark.good("perf", "kernel stacks may be taken");
  }

  /// The first number that a pattern finds in a file; nothing when it has none (`unlimited`).
  private OptionalLong number(String file, Pattern pattern) {
    try {
      Matcher found = pattern.matcher(Files.readString(root.resolve(file)));
      return found.find() && !found.group(1).equals("unlimited")
          ? OptionalLong.of(Long.parseLong(found.group(1)))
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty(); // A system without that file does not tell, which is said.
    }
  }
}
