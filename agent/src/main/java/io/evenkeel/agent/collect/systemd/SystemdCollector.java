package io.evenkeel.agent.collect.systemd;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import io.evenkeel.agent.collect.systemd.SystemdBus.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The states of systemd's units and how often its services were restarted, asked over D-Bus: of
/// the manager's own socket as root, else over the system bus. No program is started for it.
public final class SystemdCollector implements Collector {
  private static final String[] STATES = {
    "active", "activating", "deactivating", "inactive", "failed"
  };

  /// node_exporter's default leaves these kinds out.
  private static final List<String> LEFT_OUT =
      List.of(".automount", ".device", ".mount", ".scope", ".slice");

  /// While systemd hangs (a long reload) the other collectors wait so long, each 15 s.
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final Path running;
  private final Path manager;
  private final Path bus;
  private final Path self;
  private final Map<String, String> types = new HashMap<>();
  private @Nullable SystemdBus connection;

  public SystemdCollector(Surroundings surroundings) {
    Path run = surroundings.settings().root().resolve("run");
    running = run.resolve("systemd/system");
    manager = run.resolve("systemd/private");
    bus = run.resolve("dbus/system_bus_socket");
    self = Path.of("/proc/self");
  }

  @Override
  public String name() {
    return "systemd";
  }

  @Override
  public int seconds() {
    return 15;
  }

  @Override
  public void collect(Samples out) throws IOException {
    if (!Files.isDirectory(running)) {
      throw new NotAvailableException("this machine does not run systemd");
    }
    try {
      SystemdBus systemd = connected();
      put(systemd, out);
    } catch (IOException e) {
      close();
      throw new IOException("systemd does not tell its units: " + e.getMessage(), e);
    }
  }

  private SystemdBus connected() throws IOException {
    SystemdBus existing = connection;
    if (existing != null) {
      return existing;
    }
    int userId = (int) Files.getAttribute(self, "unix:uid");
    SystemdBus opened =
        userId == 0 && Files.exists(manager)
            ? SystemdBus.direct(manager, userId, PATIENCE)
            : SystemdBus.overBus(bus, userId, PATIENCE);
    connection = opened;
    return opened;
  }

  private void put(SystemdBus systemd, Samples out) throws IOException {
    Samples.Family states =
        out.gauge("node_systemd_unit_state", "Systemd unit", "name", "state", "type");
    Samples.Family restarts =
        out.counter(
            "node_systemd_service_restart_total", "Service unit count of Restart triggers", "name");
    Set<String> seen = new HashSet<>();
    for (Unit unit : systemd.units()) {
      if (!unit.loadState().equals("loaded") || SmallFiles.endsWithAny(unit.name(), LEFT_OUT)) {
        continue;
      }
      String type = "";
      if (unit.name().endsWith(".service")) {
        seen.add(unit.name());
        try {
          type = type(systemd, unit);
          // A service that does not run is not being restarted; asking of each would cost systemd.
          if (!unit.activeState().equals("inactive")) {
            restarts.set(systemd.restarts(unit), unit.name());
          }
        } catch (BusErrorException e) {
          // Unloaded since it was listed: then it has no state any more either.
          continue;
        }
      }
      for (String state : STATES) {
        states.set(unit.activeState().equals(state) ? 1 : 0, unit.name(), state, type);
      }
    }
    types.keySet().retainAll(seen);
  }

  private String type(SystemdBus systemd, Unit unit) throws IOException {
    String known = types.get(unit.name());
    if (known == null) {
      known = systemd.serviceType(unit);
      types.put(unit.name(), known);
    }
    return known;
  }

  @Override
  public void close() {
    SystemdBus open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        System.getLogger(SystemdCollector.class.getName())
            .log(System.Logger.Level.DEBUG, "closing the connection to systemd", e);
      }
    }
  }
}
