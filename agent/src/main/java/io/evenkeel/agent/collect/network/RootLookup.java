package io.evenkeel.agent.collect.network;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/// Asks a name server who serves the root, the one name that needs no name (RFC 1035, 4.1).
final class RootLookup {
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int MOST_ANSWER = 4_096;

  private RootLookup() {}

  /// The seconds until the answer came; two when none did.
  ///
  /// @throws IOException when nobody listens there, or the server cannot be reached
  static double seconds(InetAddress server, int port, LongSupplier nanos) throws IOException {
    int id = ThreadLocalRandom.current().nextInt(1 << 16);
    byte[] question = {
      (byte) (id >> 8),
      (byte) id, // the question's number
      1,
      0, // recursion is desired
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0, // one question and nothing else
      0,
      0,
      2,
      0,
      1 // the root's name servers, class Internet
    };
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(server, port));
      long begun = nanos.getAsLong();
      socket.send(new DatagramPacket(question, question.length));
      byte[] answer = new byte[MOST_ANSWER];
      while (true) {
        long left = PATIENCE_MILLIS - (nanos.getAsLong() - begun) / 1_000_000;
        if (left <= 0) {
          return PATIENCE_MILLIS / 1000.0;
        }
        socket.setSoTimeout((int) left);
        DatagramPacket packet = new DatagramPacket(answer, answer.length);
        socket.receive(packet);
        boolean mine =
            packet.getLength() > 2 && answer[0] == question[0] && answer[1] == question[1];
        if (mine && answer[2] < 0) {
          return (nanos.getAsLong() - begun) / 1e9;
        }
      }
    } catch (SocketTimeoutException e) {
      return PATIENCE_MILLIS / 1000.0;
    }
  }
}
