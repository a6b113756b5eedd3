package io.evenkeel.hub.wiring;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/// The name of this machine, as its kernel has it.
final class HostName {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /// The name; `localhost` when the machine has none.
  static String current() {
    try {
      if (Files.isReadable(KERNEL)) {
        String name = Files.readString(KERNEL).strip();
        return name.isEmpty() ? "localhost" : name;
      }
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
