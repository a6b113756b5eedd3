package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// `/sys/class/thermal`: the temperatures of the firmware's zones, in degrees Celsius.
public final class ThermalZoneCollector implements Collector {
  private final Path folder;

  public ThermalZoneCollector(Surroundings surroundings) {
    folder = surroundings.sys("class/thermal");
  }

  @Override
  public String name() {
    return "thermal_zone";
  }

  @Override
  public int seconds() {
    return 5;
  }

  @Override
  public void collect(Samples out) throws IOException {
    List<Path> zones = SmallFiles.entries(folder, "thermal_zone");
    if (zones.isEmpty()) {
      throw new NotAvailableException("this machine shows no thermal zones (" + folder + ")");
    }
    for (Path zone : zones) {
      SmallFiles.number(zone.resolve("temp"))
          .ifPresent(millidegrees ->
              out.gauge("node_thermal_zone_temp", "Zone temperature in Celsius", "zone", "type")
                  .set(
                      millidegrees / 1000.0,
                      SmallFiles.nameOf(zone).substring("thermal_zone".length()),
                      SmallFiles.text(zone.resolve("type"))));
    }
  }
}
