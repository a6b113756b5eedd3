package io.evenkeel.agent.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A server that answers questions of DNS.
///
/// @param host its name or address
record NameServer(String host, int port) {
  private static final int PORT = 53;
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

  /// Reads `10.0.0.53`, `ns.example.org:5353`, `[2001:db8::1]:53` or `2001:db8::1`.
  static Optional<NameServer> parse(String text) {
    String host = text;
    int port = PORT;
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    boolean withPort = bracketed ? text.contains("]:") : colon >= 0 && text.indexOf(':') == colon;
    if (withPort) {
      String number = text.substring(colon + 1);
      if (!number.matches("\\d{1,5}") || Integer.parseInt(number) > 65_535) {
        return Optional.empty();
      }
      port = Integer.parseInt(number);
      host = text.substring(0, colon);
    }
    if (bracketed) {
      if (!host.endsWith("]")) {
        return Optional.empty();
      }
      host = host.substring(1, host.length() - 1);
    }
    return CheckRules.isHost(host) && port > 0
        ? Optional.of(new NameServer(host, port))
        : Optional.empty();
  }

  /// The one that this machine asks first (resolv.conf(5)).
  static Optional<NameServer> ofThisMachine() throws IOException {
    if (!Files.isReadable(RESOLV_CONF)) {
      return Optional.empty();
    }
    return Files.readAllLines(RESOLV_CONF).stream()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
        // A zone such as %eth0 belongs to link-local addresses, which are refused anyway.
        .flatMap(words -> parse(words[1]).stream())
        .findFirst();
  }
}
