package io.evenkeel.agent.collect.memory;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/meminfo`: every line that the kernel prints, kilobytes as bytes.
public final class MeminfoCollector extends FileCollector {
  private final java.util.Map<String, Samples.Family> families = new java.util.HashMap<>();

  public MeminfoCollector(Surroundings surroundings) {
    super("meminfo", surroundings.proc("meminfo"), "memory sizes", surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    while (text.nextLine() && text.nextUntil(':')) {
      String field = text.text(names);
      long value = text.number();
      boolean kilobytes = text.nextWord() && text.is("kB");
      if (value == ByteText.NO_NUMBER) {
        continue;
      }
      Samples.Family family = families.get(field);
      if (family == null) {
        String metric =
            "node_memory_" + field.replace("(", "_").replace(")", "") + (kilobytes ? "_bytes" : "");
        family =
            out.gauge(
                metric,
                "Memory information field " + metric.substring("node_memory_".length()) + ".");
        families.put(field, family);
      }
      family.set(kilobytes ? value * 1024.0 : value);
    }
  }
}
