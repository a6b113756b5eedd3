package io.evenkeel.agent.collect.systemd;

import io.evenkeel.agent.collect.systemd.BusConnection.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// systemd's manager as seen over D-Bus (org.freedesktop.systemd1(5)). Used by one thread.
final class SystemdBus implements AutoCloseable {
  private static final String BUS = "org.freedesktop.DBus";
  private static final String SYSTEMD = "org.freedesktop.systemd1";
  private static final Method HELLO = new Method(BUS, "/org/freedesktop/DBus", BUS, "Hello");
  private static final Method LIST_UNITS =
      new Method(SYSTEMD, "/org/freedesktop/systemd1", SYSTEMD + ".Manager", "ListUnits");

  private final BusConnection bus;

  private SystemdBus(BusConnection bus) {
    this.bus = bus;
  }

  /// A unit as the manager lists it.
  ///
  /// @param loadState such as `loaded` or `not-found`
  /// @param activeState such as `active` or `failed`
  /// @param path its object on the bus
  record Unit(String name, String loadState, String activeState, String path) {}

  /// Connects to the manager itself, which lets only root in.
  static SystemdBus direct(Path socket, int userId, Duration patience) throws IOException {
    return new SystemdBus(BusConnection.open(socket, userId, patience));
  }

  /// Connects to a bus that the manager is on.
  static SystemdBus overBus(Path socket, int userId, Duration patience) throws IOException {
    BusConnection bus = BusConnection.open(socket, userId, patience);
    try {
      bus.call(HELLO);
      return new SystemdBus(bus);
    } catch (IOException e) {
      bus.close();
      throw e;
    }
  }

  List<Unit> units() throws IOException {
    BusBody body = bus.call(LIST_UNITS);
    List<Unit> units = new ArrayList<>();
    int end = body.structs();
    while (body.position() < end) {
      body.align(8);
      String name = body.string();
      body.string();
      String loadState = body.string();
      String activeState = body.string();
      body.string();
      body.string();
      String path = body.string();
      body.int32();
      body.string();
      body.string();
      units.add(new Unit(name, loadState, activeState, path));
    }
    return units;
  }

  /// A service's type, such as `simple` or `oneshot`.
  String serviceType(Unit service) throws IOException {
    BusBody variant = property(service, "Type");
    return expect(variant, "s").string();
  }

  /// How often systemd restarted a service by itself.
  long restarts(Unit service) throws IOException {
    BusBody variant = property(service, "NRestarts");
    return Integer.toUnsignedLong(expect(variant, "u").int32());
  }

  private BusBody property(Unit service, String property) throws IOException {
    return bus.call(
        new Method(SYSTEMD, service.path, BUS + ".Properties", "Get"),
        SYSTEMD + ".Service",
        property);
  }

  private static BusBody expect(BusBody variant, String type) throws IOException {
    String found = variant.signature();
    if (!found.equals(type)) {
      throw new IOException("expected a property of type " + type + ", found " + found);
    }
    return variant;
  }

  @Override
  public void close() throws IOException {
    bus.close();
  }
}
