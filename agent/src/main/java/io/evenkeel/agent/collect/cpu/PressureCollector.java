package io.evenkeel.agent.collect.cpu;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;
import java.util.List;

/// `/proc/pressure/*`: how long tasks waited for processor, memory, I/O and interrupts
/// (Documentation/accounting/psi.rst: totals in microseconds).
public final class PressureCollector implements Collector {
  private record Resource(String name, KernelFile file) {}

  private final List<Resource> resources;

  public PressureCollector(Surroundings surroundings) {
    resources =
        List.of("cpu", "io", "memory", "irq").stream()
            .map(name ->
                new Resource(
                    name,
                    new KernelFile(
                        surroundings.proc("pressure/" + name),
                        "pressure stall information (CONFIG_PSI, psi=1)")))
            .toList();
  }

  @Override
  public String name() {
    return "pressure";
  }

  @Override
  public void collect(Samples out) throws IOException {
    NotAvailableException absent = null;
    for (Resource resource : resources) {
      try {
        parse(resource.name, resource.file.read(), out);
      } catch (NotAvailableException e) {
        // Kernels before 6.1 have no irq; only when none is there is the whole not available.
        absent = resource.name.equals("irq") ? absent : e;
      }
    }
    if (absent != null) {
      throw absent;
    }
  }

  private static void parse(String resource, ByteText text, Samples out) {
    while (text.nextLine() && text.nextWord()) {
      boolean full = text.is("full");
      text.skip(3);
      if (!text.nextUntil('=')) {
        continue;
      }
      long micros = text.number();
      // The kernel counts no task as stalled on a processor; the line is there and always 0.
      if (micros == ByteText.NO_NUMBER || (full && resource.equals("cpu"))) {
        continue;
      }
      out.counter(
              "node_pressure_" + resource + (full ? "_stalled" : "_waiting") + "_seconds_total",
              full
                  ? "Total time in seconds no process could make progress due to "
                      + resource
                      + " congestion."
                  : "Total time in seconds that processes have waited for " + resource + ".")
          .set(micros / 1e6);
    }
  }

  @Override
  public void close() {
    resources.forEach(resource -> resource.file.close());
  }
}
