package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// `/sys/class/hwmon`: temperatures and their limits (Documentation/hwmon/sysfs-interface.rst:
/// millidegrees Celsius).
public final class HwmonCollector implements Collector {
  private final Path folder;

  public HwmonCollector(Surroundings surroundings) {
    folder = surroundings.sys("class/hwmon");
  }

  @Override
  public String name() {
    return "hwmon";
  }

  @Override
  public int seconds() {
    return 5;
  }

  @Override
  public void collect(Samples out) throws IOException {
    List<Path> chips = SmallFiles.entries(folder, "hwmon");
    if (chips.isEmpty()) {
      throw new NotAvailableException("this machine shows no hardware sensors (" + folder + ")");
    }
    for (Path chip : chips) {
      String name = chipName(chip);
      for (Path input : SmallFiles.entries(chip, "temp")) {
        String file = SmallFiles.nameOf(input);
        if (file.endsWith("_input")) {
          String sensor = file.substring(0, file.length() - "_input".length());
          set(out, "", "input", chip, sensor, name);
          set(out, "_max", "max", chip, sensor, name);
          set(out, "_crit", "crit", chip, sensor, name);
        }
      }
    }
  }

  /// node_exporter's name: the bus device behind the chip, cleaned, else the chip's own name.
  private static String chipName(Path chip) throws IOException {
    Path device = chip.resolve("device");
    if (Files.exists(device)) {
      Path real = device.toRealPath();
      Path bus = real.getParent();
      String type = bus == null ? "" : clean(SmallFiles.nameOf(bus));
      String name = clean(SmallFiles.nameOf(real));
      return type.isEmpty() ? name : type + "_" + name;
    }
    String name = SmallFiles.text(chip.resolve("name"));
    return name.isEmpty() ? SmallFiles.nameOf(chip) : clean(name);
  }

  private static String clean(String name) {
    return name.toLowerCase(java.util.Locale.ROOT)
        .replaceAll("[^a-z0-9]+", "_")
        .replaceAll("^_|_$", "");
  }

  private static void set(
      Samples out, String suffix, String file, Path chip, String sensor, String name) {
    SmallFiles.number(chip.resolve(sensor + "_" + file))
        .ifPresent(millidegrees ->
            out.gauge(
                    "node_hwmon_temp" + suffix + "_celsius",
                    "Hardware monitor for temperature (" + file + ").",
                    "chip",
                    "sensor")
                .set(millidegrees / 1000.0, name, sensor));
  }
}
