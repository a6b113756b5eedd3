package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// `/sys/class/net`: state, carrier, speed and identity of every interface.
public final class InterfacesCollector implements Collector {
  private static final double MEGABIT_IN_BYTES = 1e6 / 8;

  private final Path folder;

  public InterfacesCollector(Surroundings surroundings) {
    folder = surroundings.sys("class/net");
  }

  @Override
  public String name() {
    return "netclass";
  }

  @Override
  public int seconds() {
    return 10;
  }

  @Override
  public void collect(Samples out) throws IOException {
    List<Path> devices = SmallFiles.entries(folder, "");
    if (devices.isEmpty()) {
      throw new NotAvailableException(
          "this kernel does not offer interface properties (" + folder + ")");
    }
    for (Path device : devices) {
      String name = SmallFiles.nameOf(device);
      if (name.equals("bonding_masters")) {
        continue;
      }
      String state = SmallFiles.text(device.resolve("operstate"));
      out.gauge("node_network_up", "Value is 1 if operstate is 'up', 0 otherwise.", "device")
          .set(state.equals("up") ? 1 : 0, name);
      out.gauge(
              "node_network_info",
              "Non-numeric data from /sys/class/net/<iface>, value is always 1.",
              "device",
              "address",
              "broadcast",
              "duplex",
              "operstate",
              "ifalias",
              "adminstate")
          .set(
              1,
              name,
              SmallFiles.text(device.resolve("address")),
              SmallFiles.text(device.resolve("broadcast")),
              SmallFiles.text(device.resolve("duplex")),
              state,
              SmallFiles.text(device.resolve("ifalias")),
              adminState(device));
      set(out, "carrier", "Carrier value of /sys/class/net/<iface>.", device, "carrier", 1, name);
      set(out, "mtu_bytes", "Network device property: mtu_bytes.", device, "mtu", 1, name);
      set(
          out,
          "transmit_queue_length",
          "Network device property: transmit_queue_length.",
          device,
          "tx_queue_len",
          1,
          name);
      OptionalLong speed = SmallFiles.number(device.resolve("speed"));
      // −1 means that the link has no speed of its own: a bridge, a tunnel, a cable that is out.
      if (speed.isPresent() && speed.getAsLong() >= 0) {
        out.gauge("node_network_speed_bytes", "Network device property: speed_bytes.", "device")
            .set(speed.getAsLong() * MEGABIT_IN_BYTES, name);
      }
    }
  }

  private static String adminState(Path device) {
    String flags = SmallFiles.text(device.resolve("flags"));
    if (!flags.startsWith("0x")) {
      return "unknown";
    }
    return (Long.parseLong(flags.substring(2), 16) & 1) != 0 ? "up" : "down";
  }

  private static void set(
      Samples out, String metric, String help, Path device, String file, double unit, String name) {
    SmallFiles.number(device.resolve(file))
        .ifPresent(
            value -> out.gauge("node_network_" + metric, help, "device").set(value * unit, name));
  }
}
