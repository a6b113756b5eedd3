package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/net/softnet_stat`: packets that each processor took from, or lost before, the stack
/// (columns 1 to 3, hexadecimal, one line a processor).
public final class SoftnetCollector extends FileCollector {
  public SoftnetCollector(Surroundings surroundings) {
    super(
        "softnet",
        surroundings.proc("net/softnet_stat"),
        "packet backlog statistics",
        surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    Samples.Family processed =
        out.counter("node_softnet_processed_total", "Number of processed packets.", "cpu");
    Samples.Family dropped =
        out.counter("node_softnet_dropped_total", "Number of dropped packets.", "cpu");
    Samples.Family squeezed =
        out.counter(
            "node_softnet_times_squeezed_total",
            "Number of times processing packets ran out of quota.",
            "cpu");
    for (int line = 0; text.nextLine(); line++) {
      String cpu = Integer.toString(line);
      hex(processed, text, cpu);
      hex(dropped, text, cpu);
      hex(squeezed, text, cpu);
    }
  }

  private static void hex(Samples.Family family, ByteText text, String cpu) {
    if (text.nextWord()) {
      set(family, text.wordAsHex(), 1, cpu);
    }
  }
}
