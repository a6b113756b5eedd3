package io.evenkeel.agent.collect.cgroup;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.ReadBuffer;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// Processor, memory, tasks and I/O of every systemd unit and container, by its control group.
///
/// Version 2 where `cgroup.controllers` lies at the root, else the controllers' own trees of
/// version 1; a hybrid machine has version 1's controllers. At most [#MOST_UNITS] groups are
/// followed, the others counted. The tree is walked each 15 seconds, the units' files are kept
/// open.
public final class UnitsCollector implements Collector {
  static final int MOST_UNITS = 200;
  private static final int DEEPEST = 6;
  private static final long WALK_NANOS = 15_000_000_000L;

  /// The kernel's own files in a group begin so. They are by far the most entries: asking of each
  /// whether it is a folder would cost more than all reading.
  private static final List<String> FILES =
      List.of(
          "cgroup.",
          "cpu.",
          "cpuacct.",
          "cpuset.",
          "memory.",
          "io.",
          "pids.",
          "blkio.",
          "hugetlb.",
          "rdma.",
          "misc.",
          "devices.",
          "freezer.",
          "perf_event.",
          "net_cls.",
          "net_prio.",
          "dmem.",
          "irq.");

  private static final List<String> FOLDERS = List.of(".slice", ".service", ".scope");

  private final Path root;
  private final UnitNames names;
  private final LongSupplier nanos;
  private final ReadBuffer buffer = new ReadBuffer(1_024);
  private final Map<String, Unit> units = new TreeMap<>();
  private long walkedNanos;
  private boolean walked;
  private int leftOut;

  private record Reading(UnitAttribute attribute, KernelFile file) {}

  /// A unit and its files. Those that failed are not tried again until the next walk.
  private static final class Unit {
    final String name;
    final List<Reading> readings = new ArrayList<>();
    boolean seen;

    Unit(String name) {
      this.name = name;
    }

    boolean reads(UnitAttribute attribute) {
      for (Reading reading : readings) {
        if (reading.attribute.equals(attribute)) {
          return true;
        }
      }
      return false;
    }

    void close() {
      readings.forEach(reading -> reading.file.close());
      readings.clear();
    }
  }

  public UnitsCollector(Surroundings surroundings) {
    root = surroundings.sys("fs/cgroup");
    names = new UnitNames(surroundings.settings().root());
    nanos = surroundings.nanos();
  }

  @Override
  public String name() {
    return "cgroups";
  }

  @Override
  public void collect(Samples out) throws IOException {
    long now = nanos.getAsLong();
    if (!walked || now - walkedNanos >= WALK_NANOS) {
      walk();
      walkedNanos = now;
      walked = true;
    }
    for (Unit unit : units.values()) {
      for (int i = 0; i < unit.readings.size(); i++) {
        Reading reading = unit.readings.get(i);
        try {
          reading.attribute.parser().parse(reading.file.read(), out, unit.name);
        } catch (IOException e) {
          // The group is gone, or has no such file; the next walk finds out.
          reading.file.close();
          unit.readings.remove(i--);
        }
      }
    }
    if (leftOut > 0) {
      out.gauge("evenkeel_units_left_out", "Units beyond the number that is followed.")
          .set(leftOut);
    }
  }

  private void walk() throws IOException {
    units.values().forEach(unit -> unit.seen = false);
    leftOut = 0;
    boolean any = false;
    if (Files.exists(root.resolve("cgroup.controllers"))) {
      any = true;
      walk(root, UnitAttribute.VERSION_2);
    } else {
      Map<String, List<UnitAttribute>> trees = new LinkedHashMap<>();
      for (UnitAttribute attribute : UnitAttribute.VERSION_1) {
        trees.computeIfAbsent(attribute.controller(), name -> new ArrayList<>()).add(attribute);
      }
      for (Map.Entry<String, List<UnitAttribute>> controller : trees.entrySet()) {
        Path tree = root.resolve(controller.getKey());
        if (Files.isDirectory(tree)) {
          any = true;
          walk(tree, controller.getValue());
        }
      }
    }
    units
        .values()
        .removeIf(unit -> {
          if (!unit.seen) {
            unit.close();
          }
          return !unit.seen;
        });
    if (!any) {
      throw new NotAvailableException("this kernel mounts no control groups under " + root);
    }
  }

  private void walk(Path tree, List<UnitAttribute> attributes) {
    walk(tree.toFile(), "", 0, attributes);
  }

  private void walk(File folder, String path, int depth, List<UnitAttribute> attributes) {
    String[] entries = folder.list();
    if (entries == null) {
      return;
    }
    Arrays.sort(entries);
    for (String entry : entries) {
      if (isFile(entry)) {
        continue;
      }
      File child = new File(folder, entry);
      if (!child.isDirectory()) {
        continue;
      }
      String own = path + "/" + entry;
      var unit = names.of(own);
      if (unit.isPresent()) {
        follow(unit.get(), child.toPath(), attributes);
      } else if (depth < DEEPEST) {
        walk(child, own, depth + 1, attributes);
      }
    }
  }

  private static boolean isFile(String entry) {
    if (SmallFiles.endsWithAny(entry, FOLDERS)) {
      return false;
    }
    for (String file : FILES) {
      if (entry.startsWith(file)) {
        return true;
      }
    }
    return false;
  }

  private void follow(String name, Path folder, List<UnitAttribute> attributes) {
    Unit unit = units.get(name);
    if (unit == null) {
      if (units.size() >= MOST_UNITS) {
        leftOut++;
        return;
      }
      unit = new Unit(name);
      units.put(name, unit);
    }
    unit.seen = true;
    for (UnitAttribute attribute : attributes) {
      Path file = folder.resolve(attribute.file());
      if (!unit.reads(attribute) && Files.exists(file)) {
        unit.readings.add(
            new Reading(attribute, new KernelFile(file, "this property of a unit", buffer)));
      }
    }
  }

  @Override
  public void close() {
    units.values().forEach(Unit::close);
  }
}
