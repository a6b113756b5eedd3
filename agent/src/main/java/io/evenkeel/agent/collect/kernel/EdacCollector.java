package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// `/sys/devices/system/edac/mc`: memory errors that the controllers corrected, or could not.
public final class EdacCollector implements Collector {
  private final Path folder;

  public EdacCollector(Surroundings surroundings) {
    folder = surroundings.sys("devices/system/edac/mc");
  }

  @Override
  public String name() {
    return "edac";
  }

  @Override
  public int seconds() {
    return 15;
  }

  @Override
  public void collect(Samples out) throws IOException {
    List<Path> controllers = SmallFiles.entries(folder, "mc");
    controllers.removeIf(path -> !SmallFiles.nameOf(path).matches("mc\\d+"));
    if (controllers.isEmpty()) {
      throw new NotAvailableException("this machine reports no memory errors (no EDAC controller)");
    }
    for (Path controller : controllers) {
      String number = SmallFiles.nameOf(controller).substring(2);
      SmallFiles.number(controller.resolve("ce_count"))
          .ifPresent(count ->
              out.counter(
                      "node_edac_correctable_errors_total",
                      "Total correctable memory errors.",
                      "controller")
                  .set(count, number));
      SmallFiles.number(controller.resolve("ue_count"))
          .ifPresent(count ->
              out.counter(
                      "node_edac_uncorrectable_errors_total",
                      "Total uncorrectable memory errors.",
                      "controller")
                  .set(count, number));
    }
  }
}
