package io.evenkeel.agent.collect.systemd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The fields of a D-Bus message's header that matter here.
///
/// @param replySerial the call that it answers; 0 when it answers none
/// @param errorName the error's name, or empty
record BusHeader(int replySerial, String errorName) {
  static final byte PATH = 1;
  static final byte INTERFACE = 2;
  static final byte MEMBER = 3;
  static final byte ERROR_NAME = 4;
  static final byte REPLY_SERIAL = 5;
  static final byte DESTINATION = 6;
  static final byte SIGNATURE = 8;

  private static final int FIELDS_AT = 16;

  /// Reads the array of (code, variant) at the end of the fixed header.
  static BusHeader parse(byte[] message, int fieldBytes) throws IOException {
    BusBody fields = new BusBody(message, FIELDS_AT);
    int replySerial = 0;
    String errorName = "";
    while (fields.position() < FIELDS_AT + fieldBytes) {
      fields.align(8);
      byte code = fields.int8();
      String signature = fields.signature();
      switch (signature) {
        case "u" -> {
          int value = fields.int32();
          replySerial = code == REPLY_SERIAL ? value : replySerial;
        }
        case "s", "o" -> {
          String value = fields.string();
          errorName = code == ERROR_NAME ? value : errorName;
        }
        case "g" -> fields.signature();
        default -> throw new IOException("a header field of type " + signature);
      }
    }
    return new BusHeader(replySerial, errorName);
  }

  static void put(ByteBuffer message, byte code, char type, String value) {
    message.position(BusConnection.align(message.position(), 8));
    message.put(code).put((byte) 1).put((byte) type).put((byte) 0);
    putString(message, value);
  }

  static void putSignature(ByteBuffer message, String signature) {
    message.position(BusConnection.align(message.position(), 8));
    message.put(SIGNATURE).put((byte) 1).put((byte) 'g').put((byte) 0);
    byte[] bytes = signature.getBytes(StandardCharsets.US_ASCII);
    message.put((byte) bytes.length).put(bytes).put((byte) 0);
  }

  /// A string with its length before and a zero after; the position is aligned to 4 already.
  static void putString(ByteBuffer message, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    message.putInt(bytes.length).put(bytes).put((byte) 0);
  }
}
