package io.evenkeel.hub.command;

import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.wiring.HubWiring;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;

/// What a hub says on the terminal once it answers.
final class Welcome {
  private Welcome() {}

  static void print(PrintStream out, HubWiring hub) {
    out.println();
    out.println("  Evenkeel " + Version.current() + " on " + hub.hostName());
    out.println();
    out.println("  Open      " + hub.url());
    hub.setupLink()
        .ifPresent(link -> out.println("  Set up    " + link + "  (works once, for 30 min)"));
    if (!hasDesktop(System.getenv(), System.getProperty("os.name"))) {
      out.println("  Remotely  " + tunnel(hub.port(), hub.hostName()));
    }
    out.println("  Data      " + hub.data());
    out.println();
    // The process may be older: it is the launcher's, which may have built first.
    out.println(
        "  Ready in " + ManagementFactory.getRuntimeMXBean().getUptime() + " ms. Ctrl-C stops it.");
    out.println();
    out.flush();
  }

  /// The command that brings a hub's pages from its machine to the reader's.
  static String tunnel(int port, String hostName) {
    return "ssh -L %1$d:127.0.0.1:%1$d %2$s@%3$s"
        .formatted(port, System.getProperty("user.name"), hostName);
  }

  /// Whether a browser can be expected on this machine.
  static boolean hasDesktop(Map<String, String> environment, String system) {
    return !environment.containsKey("SSH_CONNECTION")
        && (!system.toLowerCase(Locale.ROOT).contains("linux")
            || environment.containsKey("DISPLAY")
            || environment.containsKey("WAYLAND_DISPLAY"));
  }
}
