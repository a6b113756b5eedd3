package io.evenkeel.agent.tune;

import io.evenkeel.model.tune.Place.Group;
import io.evenkeel.model.tune.Refusal;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A property of a unit. Where systemd runs it is asked to set it until the next boot (`systemctl
/// set-property --runtime`), because it would overwrite what it does not know of; elsewhere the
/// control group's file is written. What holds is always read from the file.
record GroupKnob(Group group, Path file, Optional<Systemd> systemd) implements Knob {
  private static final int DEEPEST = 8;
  private static final String NO_LIMIT = "infinity";
  private static final String LEGACY_MEMORY = "memory.limit_in_bytes";
  private static final String CURRENT_MEMORY = "memory.current";
  private static final Set<String> FREED =
      Set.of("active_file", "inactive_file", "slab_reclaimable");

  /// What systemd is asked.
  ///
  /// @param program by its absolute path
  record Systemd(Path program, String unit, String property) {}

  /// Finds a unit's control group.
  ///
  /// @param root `/`
  /// @throws KnobException when there is none such, or more than one
  static GroupKnob find(Path root, Group group, String unit, String property) throws KnobException {
    Path groups = root.resolve("sys/fs/cgroup");
    boolean unified = Files.exists(groups.resolve("cgroup.controllers"));
    String name = unified ? unifiedFile(group) : legacyFile(group);
    Path top = unified ? groups : groups.resolve(legacyController(group));
    if (name.isEmpty() || !Files.isDirectory(top)) {
      throw new KnobException(Refusal.NO_PROPERTY.text(property));
    }
    List<Path> folders;
    try (Stream<Path> below =
        Files.find(
            top,
            DEEPEST,
            (path, is) -> is.isDirectory() && path.getFileName().toString().equals(unit))) {
      folders = below.limit(2).toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new KnobException("the control groups cannot be read: " + e.getMessage(), e);
    }
    if (folders.size() != 1) {
      throw new KnobException(
          folders.isEmpty() ? Refusal.NO_UNIT.text(unit) : Refusal.MANY_UNITS.text(unit));
    }
    return new GroupKnob(group, folders.getFirst().resolve(name), systemd(root, unit, property));
  }

  private static Optional<Systemd> systemd(Path root, String unit, String property) {
    boolean owned =
        unit.matches(".*\\.(service|scope|slice|socket|mount|swap)")
            && Files.isDirectory(root.resolve("run/systemd/system"));
    return owned
        ? Optional.of(new Systemd(root.resolve("usr/bin/systemctl"), unit, property))
        : Optional.empty();
  }

  /// Puts back what systemd would give a unit at its next start that has no control group now: it
  /// keeps what was set until the next boot in a file of its own (systemctl(1), set-property).
  ///
  /// @throws KnobException when systemd refuses
  static void restoreStopped(Path root, String unit, String property, String before)
      throws KnobException {
    Optional<Systemd> systemd = systemd(root, unit, property);
    Path kept =
        root.resolve("run/systemd/system.control")
            .resolve(unit + ".d")
            .resolve("50-" + property + ".conf");
    if (systemd.isPresent() && Files.exists(kept)) {
      ask(systemd.get(), before);
    }
  }

  private static String unifiedFile(Group group) {
    return switch (group) {
      case CPU_QUOTA -> "cpu.max";
      case CPU_WEIGHT -> "cpu.weight";
      case MEMORY_MAX -> "memory.max";
      case MEMORY_HIGH -> "memory.high";
      case MEMORY_LOW -> "memory.low";
      case TASKS_MAX -> "pids.max";
      case IO_WEIGHT -> "io.weight";
    };
  }

  private static String legacyFile(Group group) {
    return switch (group) {
      case CPU_QUOTA -> "cpu.cfs_quota_us";
      case MEMORY_MAX -> LEGACY_MEMORY;
      case TASKS_MAX -> "pids.max";
      case CPU_WEIGHT, MEMORY_HIGH, MEMORY_LOW, IO_WEIGHT -> "";
    };
  }

  private static String legacyController(Group group) {
    return switch (group) {
      case CPU_QUOTA, CPU_WEIGHT -> "cpu";
      case MEMORY_MAX, MEMORY_HIGH, MEMORY_LOW -> "memory";
      case TASKS_MAX -> "pids";
      case IO_WEIGHT -> "blkio";
    };
  }

  @Override
  public String read() throws KnobException {
    String text = KernelText.read(file);
    return switch (group) {
      case CPU_QUOTA -> quota(text);
      case IO_WEIGHT -> text.replaceFirst("^default ", "").replaceFirst(" .*", "");
      case MEMORY_MAX, MEMORY_HIGH, MEMORY_LOW ->
          text.equals("max") || text.matches("9223372036854[0-9]{6}") ? NO_LIMIT : text;
      case CPU_WEIGHT, TASKS_MAX -> text.equals("max") ? NO_LIMIT : text;
    };
  }

  private String quota(String text) throws KnobException {
    String[] words = text.split(" ", -1);
    if (words[0].equals("max") || words[0].equals("-1")) {
      return NO_LIMIT;
    }
    String period = words.length > 1 ? words[1] : KernelText.read(period());
    BigDecimal percent =
        new BigDecimal(words[0])
            .multiply(BigDecimal.valueOf(100))
            .divide(new BigDecimal(period), 6, RoundingMode.HALF_UP);
    return percent.stripTrailingZeros().toPlainString() + "%";
  }

  private Path period() {
    return file.resolveSibling("cpu.cfs_period_us");
  }

  @Override
  public void write(String value) throws KnobException {
    if (group == Group.MEMORY_MAX && !isLegacy() && isHeld(value)) {
      throw new KnobBusyException(Refusal.WOULD_KILL.text(value, Long.toString(held())));
    }
    if (systemd.isPresent()) {
      ask(systemd.get(), value);
      // systemd only logs that the kernel did not take it, and would set it at another time.
      if (isLegacy() && !read().equals(value) && isInUse(value)) {
        ask(systemd.get(), read());
        throw new KnobBusyException(inUse(value));
      }
      return;
    }
    try {
      KernelText.write(file, fileText(value));
    } catch (KnobException e) {
      // What was in use may be gone by now, so the system's own word counts too.
      if (isLegacy() && (isInUse(value) || saysBusy(e))) {
        throw new KnobBusyException(inUse(value), e);
      }
      throw e;
    }
  }

  private boolean isLegacy() {
    return file.endsWith(LEGACY_MEMORY);
  }

  /// Version 1 of the control groups first frees what it can, and refuses a limit below the rest
  /// (EBUSY; Linux, Documentation/admin-guide/cgroup-v1/memory.rst).
  private boolean isInUse(String value) throws KnobException {
    return !value.equals(NO_LIMIT) && Long.parseLong(used()) > Long.parseLong(value);
  }

  /// Version 2 takes any limit, frees what it can and kills for the rest ("memory.max" in Linux,
  /// Documentation/admin-guide/cgroup-v2.rst), so a limit that would is not written at all.
  private boolean isHeld(String value) throws KnobException {
    return !value.equals(NO_LIMIT)
        && Files.exists(file.resolveSibling(CURRENT_MEMORY))
        && held() > Long.parseLong(value);
  }

  /// Bytes that the kernel cannot free: all but pages of files and slabs that say so. Swap is not
  /// counted on.
  private long held() throws KnobException {
    long held = Long.parseLong(KernelText.read(file.resolveSibling(CURRENT_MEMORY)));
    String[] words = KernelText.read(file.resolveSibling("memory.stat")).split(" ", -1);
    for (int i = 0; i + 1 < words.length; i += 2) {
      if (FREED.contains(words[i])) {
        held -= Long.parseLong(words[i + 1]);
      }
    }
    return held;
  }

  /// Whether it is EBUSY, which Java tells by the system's text alone.
  private static boolean saysBusy(KnobException e) {
    return String.valueOf(e.getMessage()).endsWith("Device or resource busy");
  }

  private String used() throws KnobException {
    return KernelText.read(file.resolveSibling("memory.usage_in_bytes"));
  }

  private String inUse(String value) throws KnobException {
    return Refusal.IN_USE.text(value, used());
  }

  private String fileText(String value) throws KnobException {
    boolean free = value.equals(NO_LIMIT);
    boolean unified = !file.endsWith("cpu.cfs_quota_us");
    return switch (group) {
      case CPU_QUOTA -> {
        String period =
            unified ? KernelText.read(file).replaceFirst("^\\S+ ?", "") : KernelText.read(period());
        if (free) {
          yield unified ? "max " + period : "-1";
        }
        String micros =
            new BigDecimal(value.replace("%", ""))
                .multiply(new BigDecimal(period))
                .divide(BigDecimal.valueOf(100), 0, RoundingMode.HALF_UP)
                .toPlainString();
        yield unified ? micros + " " + period : micros;
      }
      case MEMORY_MAX, MEMORY_HIGH, MEMORY_LOW -> free ? isLegacy() ? "-1" : "max" : value;
      case TASKS_MAX -> free ? "max" : value;
      case IO_WEIGHT -> "default " + value;
      case CPU_WEIGHT -> value;
    };
  }

  /// Neither a shell nor an environment, and the words of the command are the program's own, a name
  /// of a property and what passed the bounds.
  private static void ask(Systemd systemd, String value) throws KnobException {
    String assigned = systemd.property.equals("CPUQuota") && value.equals(NO_LIMIT) ? "" : value;
    ProcessBuilder call =
        new ProcessBuilder(
                systemd.program.toString(),
                "set-property",
                "--runtime",
                "--",
                systemd.unit,
                systemd.property + "=" + assigned)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    call.environment().clear();
    try {
      Process process = call.start();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new KnobException(Refusal.SYSTEMD_SILENT.text(systemd.unit));
      }
      if (process.exitValue() != 0) {
        throw new KnobException(
            Refusal.SYSTEMD_REFUSES.text(systemd.property, assigned, systemd.unit));
      }
    } catch (IOException e) {
      throw new KnobException(Refusal.SYSTEMD_UNASKED.text(String.valueOf(e.getMessage())), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KnobException("interrupted while systemd was asked about " + systemd.unit, e);
    }
  }
}
