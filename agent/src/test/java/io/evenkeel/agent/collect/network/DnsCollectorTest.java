package io.evenkeel.agent.collect.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.collect.Collected;
import io.evenkeel.agent.collect.NotAvailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A name server on loopback that answers late, or never.
class DnsCollectorTest {
  private static final String SERIES = "evenkeel_dns_lookup_seconds{server=\"127.0.0.1\"}";

  @TempDir Path root;
  private DatagramSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(
        root.resolve("etc/resolv.conf"),
        "search example.org\nnameserver 127.0.0.1\nnameserver 9\n");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void answerAfter(Duration delay) {
    Thread.ofVirtual()
        .start(() -> {
          byte[] bytes = new byte[512];
          while (true) {
            DatagramPacket question = new DatagramPacket(bytes, bytes.length);
            try {
              server.receive(question);
              Thread.sleep(delay);
              // First an answer to somebody else's question, then the one that was asked.
              bytes[2] |= (byte) 0x80;
              bytes[0] ^= 1;
              server.send(question);
              bytes[0] ^= 1;
              server.send(question);
            } catch (SocketException | InterruptedException e) {
              return;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        });
  }

  private Collected collected() {
    int port = server.getLocalPort();
    return new Collected(
        root,
        InstantSource.system(),
        System::nanoTime,
        surroundings -> new DnsCollector(surroundings, port));
  }

  private static Map<String, Double> untilKnown(Collected collected) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(collected::round, round -> round.containsKey(SERIES));
  }

  @Test
  void tells_how_long_the_first_name_server_took() {
    answerAfter(Duration.ofMillis(150));
    assertThat(untilKnown(collected()).get(SERIES)).isBetween(0.15, 2.0);
  }

  @Test
  void no_answer_counts_with_the_time_it_was_waited_for() {
    assertThat(untilKnown(collected()).get(SERIES)).isEqualTo(2.0);
  }

  @Test
  void a_machine_without_a_name_server_has_no_number_but_a_reason() throws Exception {
    Files.delete(root.resolve("etc/resolv.conf"));
    assertThatThrownBy(() -> collected().round())
        .isInstanceOf(NotAvailableException.class)
        .hasMessageContaining("resolv.conf names no name server");
  }

  @Test
  void where_nobody_listens_the_reason_names_the_server() {
    Collected collected = collected();
    server.close();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThatThrownBy(collected::round)
                .isInstanceOf(NotAvailableException.class)
                .hasMessageContaining("the name server 127.0.0.1 cannot be asked"));
  }
}
