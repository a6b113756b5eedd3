package io.evenkeel.agent.collect.systemd;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;

/// A connection to a D-Bus peer over a Unix socket: as much of the protocol as calls with string
/// arguments need (D-Bus Specification 0.42, little-endian). Used by one thread.
///
/// Every wait ends at a deadline, so that a peer that hangs does not hang the caller. After an
/// IOException the connection is of no use any more and must be closed.
final class BusConnection implements AutoCloseable {
  private static final int MOST_BYTES = 8 << 20;
  private static final int FIXED_HEADER_BYTES = 16;

  private static final byte CALL = 1;
  private static final byte RETURN = 2;
  private static final byte ERROR = 3;

  private final SocketChannel channel;
  private final Selector selector;
  private final Duration patience;
  private ByteBuffer in = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN).flip();
  private int serial;

  private BusConnection(SocketChannel channel, Selector selector, Duration patience) {
    this.channel = channel;
    this.selector = selector;
    this.patience = patience;
  }

  /// Connects and authenticates as this process's user.
  ///
  /// @param userId this process's user
  /// @param patience how long each exchange may take
  static BusConnection open(Path socket, int userId, Duration patience) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Selector selector = null;
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(false);
      selector = Selector.open();
      channel.register(selector, SelectionKey.OP_READ);
      BusConnection connection = new BusConnection(channel, selector, patience);
      connection.authenticate(userId);
      return connection;
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
  }

  private void authenticate(int userId) throws IOException {
    long deadline = deadline();
    String user =
        HexFormat.of().formatHex(Integer.toString(userId).getBytes(StandardCharsets.US_ASCII));
    write(ascii("\0AUTH EXTERNAL " + user + "\r\n"), deadline);
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n") < 0) {
      need(1, deadline);
      answer.append((char) in.get());
      if (answer.length() > 1_024) {
        throw new IOException("the answer to the login is too long");
      }
    }
    if (!answer.toString().startsWith("OK ")) {
      throw new IOException("the login was refused: " + answer.toString().strip());
    }
    write(ascii("BEGIN\r\n"), deadline);
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// What is called.
  record Method(String destination, String path, String interfaceName, String member) {}

  /// Calls a method with string arguments and answers the reply's body, which stays valid.
  ///
  /// @throws BusErrorException when the peer answers with an error
  BusBody call(Method method, String... arguments) throws IOException {
    long deadline = deadline();
    int own = ++serial;
    write(encode(method, own, arguments), deadline);
    while (true) {
      need(FIXED_HEADER_BYTES, deadline);
      int start = in.position();
      if (in.get(start) != 'l') {
        throw new IOException("the peer does not speak little-endian D-Bus");
      }
      byte type = in.get(start + 1);
      int bodyBytes = in.getInt(start + 4);
      int fieldBytes = in.getInt(start + 12);
      if (bodyBytes < 0 || bodyBytes > MOST_BYTES || fieldBytes < 0 || fieldBytes > MOST_BYTES) {
        throw new IOException("a message of " + bodyBytes + " + " + fieldBytes + " bytes");
      }
      int headerBytes = align(FIXED_HEADER_BYTES + fieldBytes, 8);
      need(headerBytes + bodyBytes, deadline);
      byte[] message = new byte[headerBytes + bodyBytes];
      in.get(message);
      BusHeader header = BusHeader.parse(message, fieldBytes);
      if (header.replySerial() == own && type == RETURN) {
        return new BusBody(message, headerBytes);
      }
      if (header.replySerial() == own && type == ERROR) {
        throw new BusErrorException(method.member + " was answered with " + header.errorName());
      }
      // Signals and the like are for others.
    }
  }

  private static ByteBuffer encode(Method method, int serial, String... arguments) {
    ByteBuffer message = ByteBuffer.allocate(2_048).order(ByteOrder.LITTLE_ENDIAN);
    message.put((byte) 'l').put(CALL).put((byte) 0).put((byte) 1);
    message.putInt(0).putInt(serial).putInt(0);
    BusHeader.put(message, BusHeader.PATH, 'o', method.path);
    BusHeader.put(message, BusHeader.INTERFACE, 's', method.interfaceName);
    BusHeader.put(message, BusHeader.MEMBER, 's', method.member);
    BusHeader.put(message, BusHeader.DESTINATION, 's', method.destination);
    if (arguments.length > 0) {
      BusHeader.putSignature(message, "s".repeat(arguments.length));
    }
    message.putInt(12, message.position() - FIXED_HEADER_BYTES);
    message.position(align(message.position(), 8));
    int body = message.position();
    for (String argument : arguments) {
      message.position(align(message.position(), 4));
      BusHeader.putString(message, argument);
    }
    message.putInt(4, message.position() - body);
    return message.flip();
  }

  static int align(int position, int boundary) {
    return (position + boundary - 1) / boundary * boundary;
  }

  private long deadline() {
    return System.nanoTime() + patience.toNanos();
  }

  private void write(ByteBuffer bytes, long deadline) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE, deadline);
      }
    }
  }

  /// Waits until so many bytes are there to be read.
  private void need(int count, long deadline) throws IOException {
    while (in.remaining() < count) {
      if (in.capacity() < count) {
        in =
            ByteBuffer.allocate(Math.max(count, 2 * in.capacity()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(in);
      } else {
        in.compact();
      }
      int read = channel.read(in);
      in.flip();
      if (read < 0) {
        throw new IOException("the peer closed the connection");
      }
      if (read == 0) {
        await(SelectionKey.OP_READ, deadline);
      }
    }
  }

  private void await(int operation, long deadline) throws IOException {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    channel.keyFor(selector).interestOps(operation);
    if (millis <= 0 || selector.select(millis) == 0) {
      throw new IOException("no answer within " + patience.toMillis() + " ms");
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    try (selector;
        channel) {
      in.clear().flip();
    }
  }
}
