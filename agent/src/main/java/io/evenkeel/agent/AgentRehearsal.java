package io.evenkeel.agent;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Runs the agent for a few rounds against a socket that takes everything, then ends: so that the
/// JVM can record which classes an agent needs (`./evenkeel` makes its class archive of them).
public final class AgentRehearsal {
  private static final int ROUNDS = 3;
  private static final String LENGTH = "content-length:";
  private static final byte[] TAKEN =
      "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private AgentRehearsal() {}

  public static void main(String[] args) throws IOException {
    try (ServerSocket hub = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "http://127.0.0.1:" + hub.getLocalPort();
      Thread.ofPlatform().daemon().start(() -> watch(address));
      try (Socket agent = hub.accept()) {
        InputStream in = new BufferedInputStream(agent.getInputStream());
        for (int i = 0; i < ROUNDS; i++) {
          in.skipNBytes(bodyBytes(in));
          agent.getOutputStream().write(TAKEN);
        }
      }
    }
    System.exit(0);
  }

  private static void watch(String hub) {
    try {
      AgentMain.main(new String[] {"--hub", hub, "--token", "rehearsal"});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Reads a request's head and answers how long its body is.
  private static long bodyBytes(InputStream in) throws IOException {
    long length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        length = Long.parseLong(line.substring(LENGTH.length()).strip());
      }
    }
    return length;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the agent closed its connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
