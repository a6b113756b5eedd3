package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/net/arp`: neighbours by interface.
public final class ArpCollector extends FileCollector {
  private final java.util.Map<String, Integer> counts = new java.util.TreeMap<>();

  public ArpCollector(Surroundings surroundings) {
    super("arp", surroundings.proc("net/arp"), "ARP entries", surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    counts.replaceAll((device, count) -> 0);
    text.nextLine();
    while (text.nextLine()) {
      text.skip(5);
      if (text.nextWord()) {
        counts.merge(text.text(names), 1, Integer::sum);
      }
    }
    Samples.Family entries = out.gauge("node_arp_entries", "ARP entries by device.", "device");
    counts.values().removeIf(count -> count == 0);
    counts.forEach((device, count) -> entries.set(count, device));
  }

  @Override
  public int seconds() {
    return 5;
  }
}
