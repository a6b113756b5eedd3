package io.evenkeel.gateway.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A client of HTTP/2 with prior knowledge that writes frames byte by byte and checks nothing:
/// fields are literals without indexing (RFC 7541, section 6.2.2).
final class RawHttp2Client implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private final Socket socket = new Socket();
  private final DataInputStream in;

  RawHttp2Client(InetSocketAddress to) throws IOException {
    socket.connect(to, 10_000);
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  /// A frame as it came.
  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean endsStream() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(payload.length >> 16);
    out.write(payload.length >> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(stream >> shift);
    }
    out.writeBytes(payload);
    socket.getOutputStream().write(out.toByteArray());
    socket.getOutputStream().flush();
  }

  static byte[] fields(String... namesAndValues) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      out.write(0);
      for (String text : new String[] {namesAndValues[i], namesAndValues[i + 1]}) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        out.write(bytes.length);
        out.writeBytes(bytes);
      }
    }
    return out.toByteArray();
  }

  /// Reads a frame.
  ///
  /// @throws EOFException when the connection ended
  Frame read() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    return new Frame(type, flags, stream, in.readNBytes(length));
  }

  /// What became of a stream: `answered`, `reset`, `goaway` or `closed`.
  String outcome(int stream) {
    try {
      while (true) {
        Frame frame = read();
        if (frame.type == GOAWAY && error(frame.payload, 4) != 0) {
          return "goaway";
        }
        if (frame.stream == stream && frame.type == RST_STREAM) {
          return error(frame.payload, 0) == 0 ? "answered" : "reset";
        }
        if (frame.stream == stream && frame.endsStream()) {
          return "answered";
        }
      }
    } catch (IOException e) {
      return e instanceof java.net.SocketTimeoutException ? "silence" : "closed";
    }
  }

  private static int error(byte[] payload, int at) {
    return (payload[at] & 0xFF) << 24
        | (payload[at + 1] & 0xFF) << 16
        | (payload[at + 2] & 0xFF) << 8
        | payload[at + 3] & 0xFF;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
