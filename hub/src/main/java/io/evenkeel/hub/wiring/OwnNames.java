package io.evenkeel.hub.wiring;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The names and addresses by which others reach this machine.
final class OwnNames {
  private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9.-]{0,252})";

  private OwnNames() {}

  /// The likeliest first: the public address's host, the host name, addresses, loopback.
  static List<String> of(Optional<String> publicUrl, String hostName) {
    Set<String> names = new LinkedHashSet<>();
    publicUrl.map(url -> URI.create(url).getHost()).ifPresent(names::add);
    if (hostName.matches(NAME)) {
      names.add(hostName);
    }
    names.addAll(addresses());
    names.add("localhost");
    names.add("127.0.0.1");
    return List.copyOf(names);
  }

  private static List<String> addresses() {
    List<String> found = new ArrayList<>();
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .map(OwnNames::text)
          .sorted()
          .forEach(found::add);
    } catch (SocketException e) {
      // A machine without interfaces has its loopback names.
      return found;
    }
    return found;
  }

  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return address instanceof Inet6Address && zone >= 0 ? text.substring(0, zone) : text;
  }
}
