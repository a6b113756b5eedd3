package io.evenkeel.hub.api;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Which connections of this machine the other end has closed, by Linux's socket table.
///
/// A thread that computes an answer does not read from the connection, and so does not learn that
/// nobody waits any more. The kernel knows: such a connection is in CLOSE_WAIT or gone (Linux,
/// Documentation/networking/proc_net_tcp.rst). Elsewhere nothing is known and no connection counts
/// as closed. Read at most twice a second. Safe for use by many threads.
final class TcpTable {
  private static final List<Path> FILES =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final String ESTABLISHED = "01";
  private static final String FIRST_IPV4_IN_IPV6 = "0000000000000000FFFF0000";

  private final List<Path> files;
  private Optional<Set<String>> established = Optional.empty();
  private long readAt;
  private boolean everRead;

  TcpTable() {
    this(FILES);
  }

  /// @param files tables in the format of `/proc/net/tcp`
  TcpTable(List<Path> files) {
    this.files = files;
  }

  /// Whether the peer has closed the connection, as far as is known.
  synchronized boolean closedByPeer(InetSocketAddress local, InetSocketAddress peer) {
    InetAddress address = peer.getAddress();
    if (address == null) {
      return false;
    }
    long now = System.nanoTime();
    if (!everRead || now - readAt > FRESH_NANOS) {
      established = read();
      everRead = true;
      readAt = now;
    }
    String key = port(local.getPort()) + " " + hex(address) + ":" + port(peer.getPort());
    return established.isPresent() && !established.get().contains(key);
  }

  private Optional<Set<String>> read() {
    Set<String> open = new HashSet<>();
    boolean any = false;
    for (Path file : files) {
      String table = text(file);
      if (table != null) {
        any = true;
        table.lines().skip(1).forEach(line -> add(line, open));
      }
    }
    return any ? Optional.of(open) : Optional.empty();
  }

  private static void add(String line, Set<String> open) {
    String[] columns = line.strip().split("\\s+", 5);
    if (columns.length == 5 && columns[3].equals(ESTABLISHED)) {
      String remote = columns[2];
      if (remote.startsWith(FIRST_IPV4_IN_IPV6)) {
        remote = remote.substring(FIRST_IPV4_IN_IPV6.length());
      }
      open.add(columns[1].substring(columns[1].indexOf(':') + 1) + " " + remote);
    }
  }

  private static @Nullable String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return null;
    }
  }

  private static String port(int port) {
    return String.format(Locale.ROOT, "%04X", port);
  }

  /// The bytes of each 32-bit word in the machine's order, which on every supported one is
  /// little-endian.
  private static String hex(InetAddress address) {
    byte[] bytes = address.getAddress();
    StringBuilder hex = new StringBuilder(address instanceof Inet6Address ? 32 : 8);
    for (int word = 0; word < bytes.length; word += 4) {
      for (int i = 3; i >= 0; i--) {
        hex.append(String.format(Locale.ROOT, "%02X", bytes[word + i]));
      }
    }
    return hex.toString();
  }
}
