package io.evenkeel.agent.collect.cpu;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/softirqs`: software interrupts by processor and type.
public final class SoftirqsCollector extends FileCollector {
  private String[] cpus = new String[0];

  public SoftirqsCollector(Surroundings surroundings) {
    super("softirqs", surroundings.proc("softirqs"), "software interrupts", surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    Samples.Family functions =
        out.counter("node_softirqs_functions_total", "Softirq counts per CPU.", "cpu", "type");
    text.nextLine();
    int count = 0;
    while (text.nextWord()) {
      if (count == cpus.length) {
        cpus = java.util.Arrays.copyOf(cpus, count + 1);
      }
      text.dropFirst(3);
      cpus[count++] = text.text(names);
    }
    while (text.nextLine() && text.nextUntil(':')) {
      String type = text.text(names);
      for (int i = 0; i < count; i++) {
        long value = text.number();
        if (value != ByteText.NO_NUMBER) {
          functions.set(value, cpus[i], type);
        }
      }
    }
  }
}
