package io.evenkeel.agent.tuner;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// One line of text over a local socket, bounded in length and in time.
final class SocketLine {
  private SocketLine() {}

  /// Reads a line; the channel does not block from then on.
  ///
  /// @param most how many bytes it may have
  /// @return the line without its end; empty when the peer closed before it said anything
  /// @throws IOException when it is longer, comes too late, or breaks off
  static String read(SocketChannel channel, int most, Duration patience) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(most + 1);
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      long end = System.nanoTime() + patience.toNanos();
      while (bytes.position() == 0 || bytes.get(bytes.position() - 1) != '\n') {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new IOException("no answer came within " + patience.toSeconds() + " s");
        }
        if (!bytes.hasRemaining()) {
          throw new IOException("a line has more than " + most + " bytes");
        }
        selector.select(left);
        selector.selectedKeys().clear();
        if (channel.read(bytes) < 0) {
          if (bytes.position() == 0) {
            return "";
          }
          throw new IOException("a line broke off");
        }
      }
    }
    return new String(bytes.array(), 0, bytes.position() - 1, StandardCharsets.UTF_8);
  }

  /// Writes a line, which is short enough for the socket's buffer.
  ///
  /// @throws IOException when the peer has gone, or has not taken what came before
  static void write(SocketChannel channel, String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        throw new IOException("the peer does not take its answer");
      }
    }
  }
}
