package io.evenkeel.hub.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpTableTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void knows_when_the_other_end_has_closed(String host) throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/net/tcp")), "not Linux");
    assumeTrue(host.indexOf(':') < 0 || Files.exists(Path.of("/proc/self/net/tcp6")), "no IPv6");
    TcpTable table = new TcpTable();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName(host));
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      InetSocketAddress local = (InetSocketAddress) accepted.getLocalSocketAddress();
      InetSocketAddress peer = (InetSocketAddress) accepted.getRemoteSocketAddress();
      assertThat(table.closedByPeer(local, peer)).isFalse();
      client.close();
      await().atMost(Duration.ofSeconds(60)).until(() -> table.closedByPeer(local, peer));
    }
  }

  @Test
  void where_there_is_no_table_nothing_counts_as_closed(@TempDir Path folder) {
    TcpTable table = new TcpTable(List.of(folder.resolve("tcp")));
    InetSocketAddress end = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    assertThat(table.closedByPeer(end, end)).isFalse();
  }
}
