package io.evenkeel.gateway.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A client that sends exactly the bytes it is given.
final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  RawClient(InetSocketAddress to) throws IOException {
    socket = new Socket();
    socket.connect(to, 60_000);
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  /// An answer as it came.
  record Answer(int status, List<String> fields, String body) {
    String field(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return String.join(
          " | ",
          fields.stream()
              .filter(f -> f.toLowerCase(Locale.ROOT).startsWith(prefix))
              .map(f -> f.substring(prefix.length()).strip())
              .toList());
    }
  }

  Socket socket() {
    return socket;
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("the connection ended after '" + line + "'");
      }
      if (b == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
      }
      line.write(b);
    }
  }

  /// Reads one answer.
  ///
  /// @param head whether it answers a HEAD
  Answer answer(boolean head) throws IOException {
    int status = Integer.parseInt(line().split(" ", -1)[1]);
    List<String> fields = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      fields.add(line);
    }
    Answer bare = new Answer(status, fields, "");
    if (head || status < 200 || status == 204 || status == 304) {
      return bare;
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (bare.field("transfer-encoding").equals("chunked")) {
      while (true) {
        int size = Integer.parseInt(line(), 16);
        if (size == 0) {
          for (String line = line(); !line.isEmpty(); line = line()) {
            fields.add("trailer-" + line);
          }
          break;
        }
        body.writeBytes(in.readNBytes(size));
        line();
      }
    } else if (!bare.field("content-length").isEmpty()) {
      int size = Integer.parseInt(bare.field("content-length"));
      byte[] bytes = in.readNBytes(size);
      body.writeBytes(bytes);
      if (bytes.length < size) {
        throw new IOException("cut short: " + bytes.length + " of " + size);
      }
    } else {
      body.writeBytes(in.readAllBytes());
    }
    return new Answer(status, fields, body.toString(StandardCharsets.ISO_8859_1));
  }

  Answer answer() throws IOException {
    return answer(false);
  }

  Answer ask(String text) throws IOException {
    return send(text).answer();
  }

  byte[] bytes(int count) throws IOException {
    return in.readNBytes(count);
  }

  /// Whether the other side closes the connection (rather than wait for more).
  boolean isClosed() throws IOException {
    try {
      while (in.read() >= 0) {
        // Whatever is left.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
