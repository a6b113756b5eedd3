package io.evenkeel.agent.collect.cpu;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.KernelFile;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/proc/pressure/*`: how long tasks waited for processor, memory, I/O and interrupts
/// (Documentation/accounting/psi.rst: totals in microseconds).
public final class PressureCollector implements Collector {
  /// A kernel that lacks a file does not get it before it is started again; but one of another root
  /// folder may: so it is looked for again now and then.
  private static final int ABSENT_ROUNDS = 60;

  private static final class Resource {
    final KernelFile file;
    final String waiting;
    final String stalled;
    final String name;
    int roundsToSkip;

    Resource(KernelFile file, String waiting, String stalled, String name) {
      this.file = file;
      this.waiting = waiting;
      this.stalled = stalled;
      this.name = name;
    }
  }

  private final List<Resource> resources = new ArrayList<>();

  /// Interrupts have no waiting tasks, and the kernel counts none as stalled on a processor (the
  /// line is there and always 0): so each has one series only.
  public PressureCollector(Surroundings surroundings) {
    for (String name : List.of("cpu", "io", "memory", "irq")) {
      resources.add(
          new Resource(
              surroundings.procFile(
                  "pressure/" + name, "pressure stall information (CONFIG_PSI, psi=1)"),
              name.equals("irq") ? "" : "node_pressure_" + name + "_waiting_seconds_total",
              name.equals("cpu") ? "" : "node_pressure_" + name + "_stalled_seconds_total",
              name));
    }
  }

  @Override
  public String name() {
    return "pressure";
  }

  @Override
  public void collect(Samples out) throws IOException {
    NotAvailableException absent = null;
    for (int i = 0; i < resources.size(); i++) {
      Resource resource = resources.get(i);
      ByteText text = readable(resource);
      if (text != null) {
        parse(resource, text, out);
      } else if (absent == null && !resource.name.equals("irq")) {
        // Kernels before 6.1 have no irq; only when another is missing the whole is not available.
        absent =
            new NotAvailableException(
                "this kernel does not offer pressure stall information (CONFIG_PSI, psi=1; "
                    + resource.file.path()
                    + ")");
      }
    }
    if (absent != null) {
      throw absent;
    }
  }

  /// A resource's text; null when the kernel has none, or has it switched off (psi=0: the file is
  /// there, opening it says 'operation not supported').
  private static @Nullable ByteText readable(Resource resource) throws IOException {
    if (resource.roundsToSkip > 0) {
      resource.roundsToSkip--;
      return null;
    }
    try {
      return resource.file.read();
    } catch (NotAvailableException e) {
      resource.roundsToSkip = ABSENT_ROUNDS;
      return null;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("Operation not supported")) {
        return null;
      }
      throw e;
    }
  }

  private static void parse(Resource resource, ByteText text, Samples out) {
    while (text.nextLine() && text.nextWord()) {
      boolean full = text.is("full");
      String metric = full ? resource.stalled : resource.waiting;
      text.skip(3);
      if (metric.isEmpty() || !text.nextUntil('=')) {
        continue;
      }
      long micros = text.number();
      if (micros != ByteText.NO_NUMBER) {
        out.counter(
                metric,
                full
                    ? "Total time in seconds no process could make progress for want of this resource."
                    : "Total time in seconds that processes have waited for this resource.")
            .set(micros / 1e6);
      }
    }
  }

  @Override
  public void close() {
    resources.forEach(resource -> resource.file.close());
  }
}
