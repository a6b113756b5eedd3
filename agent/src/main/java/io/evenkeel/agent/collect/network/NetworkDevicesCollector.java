package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/net/dev`: bytes, packets and troubles of every interface.
public final class NetworkDevicesCollector extends FileCollector {
  private static final String[] RECEIVED = {
    "bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast"
  };
  private static final String[] TRANSMITTED = {
    "bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed"
  };

  public NetworkDevicesCollector(Surroundings surroundings) {
    super(
        "netdev",
        surroundings.proc("net/dev"),
        "network interface statistics",
        surroundings.names());
  }

  @Override
  protected void parse(ByteText text, Samples out) {
    while (text.nextLine()) {
      if (!text.nextUntil(':')) {
        continue;
      }
      String device = text.text(names);
      fields(out, "receive", RECEIVED, text, device);
      fields(out, "transmit", TRANSMITTED, text, device);
    }
  }

  private static void fields(
      Samples out, String direction, String[] fields, ByteText text, String device) {
    for (String field : fields) {
      set(
          out.counter(
              "node_network_" + direction + "_" + field + "_total",
              "Network device statistic " + direction + "_" + field + ".",
              "device"),
          text.number(),
          1,
          device);
    }
  }
}
