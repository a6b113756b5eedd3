package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.ByteText;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.FileCollector;
import io.evenkeel.agent.collect.Samples;

/// `/proc/net/dev`: bytes, packets and troubles of every interface.
public final class NetworkDevicesCollector extends FileCollector {
  private static final String[] LABELS = {"device"};

  /// The columns after the interface's name, in their order.
  private static final String[] COLUMNS = {
    "receive_bytes",
    "receive_packets",
    "receive_errs",
    "receive_drop",
    "receive_fifo",
    "receive_frame",
    "receive_compressed",
    "receive_multicast",
    "transmit_bytes",
    "transmit_packets",
    "transmit_errs",
    "transmit_drop",
    "transmit_fifo",
    "transmit_colls",
    "transmit_carrier",
    "transmit_compressed"
  };

  private static final String[] METRICS = new String[COLUMNS.length];
  private static final String[] HELP = new String[COLUMNS.length];

  static {
    for (int i = 0; i < COLUMNS.length; i++) {
      METRICS[i] = "node_network_" + COLUMNS[i] + "_total";
      HELP[i] = "Network device statistic " + COLUMNS[i] + ".";
    }
  }

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
      for (int i = 0; i < COLUMNS.length; i++) {
        set(out.counter(METRICS[i], HELP[i], LABELS), text.number(), 1, device);
      }
    }
  }
}
