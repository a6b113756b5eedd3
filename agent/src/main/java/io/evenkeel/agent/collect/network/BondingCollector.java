package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import java.io.IOException;
import java.nio.file.Path;

/// Bonded interfaces: how many members each has, and how many of them work.
public final class BondingCollector implements Collector {
  private final Path folder;

  public BondingCollector(Surroundings surroundings) {
    folder = surroundings.sys("class/net");
  }

  @Override
  public String name() {
    return "bonding";
  }

  @Override
  public int seconds() {
    return 5;
  }

  @Override
  public void collect(Samples out) throws IOException {
    String masters = SmallFiles.text(folder.resolve("bonding_masters"));
    if (masters.isEmpty()) {
      throw new NotAvailableException("this machine has no bonded interfaces");
    }
    for (String master : masters.split("\\s+", -1)) {
      int slaves = 0;
      int active = 0;
      for (String slave :
          SmallFiles.text(folder.resolve(master).resolve("bonding/slaves")).split("\\s+", -1)) {
        if (!slave.isEmpty()) {
          slaves++;
          Path state =
              folder.resolve(master).resolve("lower_" + slave).resolve("bonding_slave/mii_status");
          active += SmallFiles.text(state).equals("up") ? 1 : 0;
        }
      }
      out.gauge(
              "node_bonding_slaves", "Number of configured slaves per bonding interface.", "master")
          .set(slaves, master);
      out.gauge("node_bonding_active", "Number of active slaves per bonding interface.", "master")
          .set(active, master);
    }
  }
}
