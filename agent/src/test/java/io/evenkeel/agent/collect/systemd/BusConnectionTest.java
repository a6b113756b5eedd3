package io.evenkeel.agent.collect.systemd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusConnectionTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  @TempDir Path folder;
  private @Nullable ServerSocketChannel server;

  /// A peer that sends these bytes to whoever comes, and says nothing more.
  private Path peer(byte[] bytes, boolean hangUp) throws IOException {
    Path socket = folder.resolve("s" + System.nanoTime());
    ServerSocketChannel own = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    own.bind(UnixDomainSocketAddress.of(socket));
    server = own;
    Thread.ofVirtual().start(() -> answer(own, bytes, hangUp));
    return socket;
  }

  private static void answer(ServerSocketChannel server, byte[] bytes, boolean hangUp) {
    try {
      SocketChannel channel = server.accept();
      channel.write(ByteBuffer.wrap(bytes));
      if (hangUp) {
        channel.close();
      }
    } catch (ClosedChannelException e) {
      // The test is over.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void waits_no_longer_than_its_patience_for_a_peer_that_hangs() throws Exception {
    Path socket = peer(ascii("OK 1234\r\n"), false);
    assertThatThrownBy(() -> SystemdBus.overBus(socket, 0, PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer within 300 ms");
  }

  @Test
  void says_that_the_login_was_refused() throws Exception {
    Path socket = peer(ascii("REJECTED EXTERNAL\r\n"), false);
    assertThatThrownBy(() -> SystemdBus.overBus(socket, 0, Duration.ofMinutes(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("refused: REJECTED");
  }

  @Test
  void says_that_the_peer_hung_up() throws Exception {
    Path socket = peer(ascii("OK 1234\r\n"), true);
    assertThatThrownBy(() -> SystemdBus.overBus(socket, 0, PATIENCE))
        .isInstanceOf(IOException.class);
  }

  @Test
  void reports_garbage_as_a_failure_and_takes_no_memory_for_what_it_announces() throws Exception {
    Random random = new Random(20261123);
    for (int i = 0; i < 200; i++) {
      byte[] message = new byte[16 + random.nextInt(200)];
      random.nextBytes(message);
      message[0] = 'l';
      message[1] = (byte) (1 + random.nextInt(4));
      if (i % 2 == 0) {
        // Plausible lengths, so that the fields are read too.
        ByteBuffer.wrap(message)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .putInt(4, random.nextInt(20))
            .putInt(12, random.nextInt(100));
      }
      byte[] login = ascii("OK 1234\r\n");
      byte[] all = java.util.Arrays.copyOf(login, login.length + message.length);
      System.arraycopy(message, 0, all, login.length, message.length);
      Path socket = peer(all, true);
      assertThatThrownBy(() -> SystemdBus.overBus(socket, 0, PATIENCE))
          .isInstanceOf(IOException.class);
      stop();
    }
  }
}
