package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/sys/kernel/random/entropy_avail`: bits in the kernel's pool of randomness.
public final class EntropyCollector extends FileCollector {
  public EntropyCollector(Surroundings surroundings) {
    super(
        "entropy",
        surroundings.proc("sys/kernel/random/entropy_avail"),
        "the entropy pool's size",
        surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    text.nextLine();
    set(out.gauge("node_entropy_available_bits", "Bits of available entropy."), text.number(), 1);
  }
}
