package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;
import java.util.ArrayList;
import java.util.List;

/// `/proc/net/softnet_stat`: packets that each processor took from, or lost before, the stack. One
/// line a processor that is online; hexadecimal columns, of which 1 to 3 are the counters and,
/// since Linux 5.14, 13 is the processor's number.
public final class SoftnetCollector extends FileCollector {
  private static final String[] LABELS = {"cpu"};
  private static final int COLUMNS_BEFORE_CPU = 9;

  private final List<String> cpus = new ArrayList<>();

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
        out.counter("node_softnet_processed_total", "Number of processed packets.", LABELS);
    Samples.Family dropped =
        out.counter("node_softnet_dropped_total", "Number of dropped packets.", LABELS);
    Samples.Family squeezed =
        out.counter(
            "node_softnet_times_squeezed_total",
            "Number of times processing packets ran out of quota.",
            LABELS);
    for (int line = 0; text.nextLine(); line++) {
      long took = hex(text);
      long lost = hex(text);
      long stopped = hex(text);
      text.skip(COLUMNS_BEFORE_CPU);
      long number = hex(text);
      String cpu = cpu(number == ByteText.NO_NUMBER ? line : number);
      set(processed, took, 1, cpu);
      set(dropped, lost, 1, cpu);
      set(squeezed, stopped, 1, cpu);
    }
  }

  private String cpu(long number) {
    if (number < 0 || number > 8_192) {
      return Long.toString(number);
    }
    while (cpus.size() <= number) {
      cpus.add(Integer.toString(cpus.size()));
    }
    return cpus.get((int) number);
  }

  private static long hex(ByteText text) {
    return text.nextWord() ? text.wordAsHex() : ByteText.NO_NUMBER;
  }
}
