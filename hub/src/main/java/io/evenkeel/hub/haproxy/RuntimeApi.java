package io.evenkeel.hub.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// HAProxy's Runtime API (its management guide, section 9.3): one command a connection, the answer
/// is everything until HAProxy closes. Thread-safe.
final class RuntimeApi {
  private static final int MOST_BYTES = 64 << 20;

  private final SocketAddress address;
  private final Duration timeout;

  /// @param timeout for a whole command
  RuntimeApi(SocketAddress address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
  }

  /// Sends a command.
  ///
  /// @return the answer without white space around it; empty for a command that says nothing when
  ///   it succeeds
  /// @throws IOException when the process cannot be reached or does not answer in time
  String send(String command) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean unix = address instanceof UnixDomainSocketAddress;
    try (SocketChannel channel =
            unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, 0);
      boolean connected = channel.connect(address);
      while (!connected) {
        await(key, SelectionKey.OP_CONNECT, deadline);
        connected = channel.finishConnect();
      }
      ByteBuffer out = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
      while (out.hasRemaining()) {
        if (channel.write(out) == 0) {
          await(key, SelectionKey.OP_WRITE, deadline);
        }
      }
      return readAll(channel, key, deadline);
    }
  }

  private String readAll(SocketChannel channel, SelectionKey key, long deadline)
      throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(16 << 10);
    while (true) {
      int count = channel.read(in);
      if (count < 0) {
        return answer.toString(StandardCharsets.UTF_8).strip();
      }
      if (count == 0) {
        await(key, SelectionKey.OP_READ, deadline);
      }
      answer.write(in.array(), 0, in.position());
      in.clear();
      if (answer.size() > MOST_BYTES) {
        throw new IOException("its answer is larger than " + (MOST_BYTES >> 20) + " MiB");
      }
    }
  }

  private void await(SelectionKey key, int operation, long deadline) throws IOException {
    long left = (deadline - System.nanoTime()) / 1_000_000L;
    key.interestOps(operation);
    if (left <= 0 || key.selector().select(left) == 0) {
      throw new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms");
    }
    key.selector().selectedKeys().clear();
  }
}
