package io.evenkeel.agent.collect.systemd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads the values of a D-Bus message, each aligned as the specification says. Throws an
/// IOException where the message is cut or lengths are impossible.
final class BusBody {
  private final ByteBuffer bytes;

  BusBody(byte[] message, int offset) {
    bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).position(offset);
  }

  int position() {
    return bytes.position();
  }

  void align(int boundary) throws IOException {
    int aligned = BusConnection.align(bytes.position(), boundary);
    if (aligned > bytes.limit()) {
      throw cut();
    }
    bytes.position(aligned);
  }

  byte int8() throws IOException {
    require(1);
    return bytes.get();
  }

  int int32() throws IOException {
    align(4);
    require(4);
    return bytes.getInt();
  }

  /// A string or an object path.
  String string() throws IOException {
    return text(int32());
  }

  String signature() throws IOException {
    return text(int8() & 0xFF);
  }

  /// Begins an array of structures and answers where it ends.
  int structs() throws IOException {
    int length = int32();
    align(8);
    require(length);
    return bytes.position() + length;
  }

  private String text(int length) throws IOException {
    require(length + 1L);
    String text = new String(bytes.array(), bytes.position(), length, StandardCharsets.UTF_8);
    bytes.position(bytes.position() + length + 1);
    return text;
  }

  private void require(long count) throws IOException {
    if (count < 0 || count > bytes.remaining()) {
      throw cut();
    }
  }

  private static IOException cut() {
    return new IOException("a D-Bus message is cut off");
  }
}
