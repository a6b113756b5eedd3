package io.evenkeel.gateway.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A backend that believes nothing: it reads HTTP/1.1 by the letter of RFC 9112, records each
/// request as it understood it, and each byte that is no such request as a violation.
final class RecordingBackend implements AutoCloseable {
  private final ServerSocket server;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();

  /// What was understood, in its order.
  final List<Received> received = new CopyOnWriteArrayList<>();

  /// What was no HTTP by the letter.
  final List<String> violations = new CopyOnWriteArrayList<>();

  /// A request as it was understood.
  record Received(
      String method,
      String target,
      List<String> fields,
      String body,
      List<String> trailers,
      int connection) {
    String field(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      List<String> values =
          fields.stream()
              .filter(f -> f.toLowerCase(Locale.ROOT).startsWith(prefix))
              .map(f -> f.substring(prefix.length()).strip())
              .toList();
      return values.isEmpty() ? "" : String.join(" | ", values);
    }
  }

  /// How a request is answered; returning false closes the connection.
  interface Script {
    boolean answer(Received request, OutputStream out, Socket socket) throws IOException;
  }

  /// Answers 200 with a text.
  static Script text(String text) {
    return (request, out, _) -> {
      write(
          out,
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
              + text.length()
              + "\r\n\r\n"
              + (request.method.equals("HEAD") ? "" : text));
      return true;
    };
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  RecordingBackend(Script script) throws IOException {
    this(script, 0);
  }

  RecordingBackend(Script script, int port) throws IOException {
    this.script = script;
    server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return accepted.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        int number = accepted.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket, number));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Received request = read(in, socket.getOutputStream(), number);
        if (request == null) {
          return;
        }
        received.add(request);
        if (!script.answer(request, socket.getOutputStream(), socket)) {
          return;
        }
      }
    } catch (IOException e) {
      // The gateway closed the connection; a request that was cut short never counts.
    } catch (IllegalStateException e) {
      violations.add(String.valueOf(e.getMessage()));
    } finally {
      open.remove(socket);
    }
  }

  private @Nullable Received read(InputStream in, OutputStream out, int number) throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return null;
    }
    in.reset();
    String[] line = line(in).split(" ", -1);
    check(line.length == 3 && line[2].equals("HTTP/1.1"), "request line");
    check(line[0].matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+"), "method");
    check(line[1].matches("[\\x21-\\x7e]+"), "target");
    List<String> fields = fields(in);
    int hosts = 0;
    String length = null;
    boolean chunked = false;
    boolean expects = false;
    for (String field : fields) {
      String name = field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);
      String value = field.substring(name.length() + 1).strip();
      switch (name) {
        case "host" -> hosts++;
        case "content-length" -> {
          check(length == null && value.matches("\\d+"), "Content-Length " + value);
          length = value;
        }
        case "transfer-encoding" -> {
          check(!chunked && value.equals("chunked"), "Transfer-Encoding " + value);
          chunked = true;
        }
        case "expect" -> expects = true;
        default -> {}
      }
    }
    check(hosts <= 1, "hosts " + hosts);
    check(length == null || !chunked, "both lengths");
    if (expects) {
      write(out, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    List<String> trailers = List.of();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (length != null) {
      copy(in, body, Long.parseLong(length));
    } else if (chunked) {
      while (true) {
        String size = line(in);
        check(size.matches("[0-9a-fA-F]{1,8}"), "chunk size " + size);
        int bytes = Integer.parseInt(size, 16);
        if (bytes == 0) {
          trailers = fields(in);
          break;
        }
        copy(in, body, bytes);
        check(line(in).isEmpty(), "chunk end");
      }
    }
    return new Received(
        line[0], line[1], fields, body.toString(StandardCharsets.ISO_8859_1), trailers, number);
  }

  private static void copy(InputStream in, ByteArrayOutputStream to, long bytes)
      throws IOException {
    byte[] part = in.readNBytes(Math.toIntExact(bytes));
    if (part.length < bytes) {
      throw new EOFException();
    }
    to.writeBytes(part);
  }

  private static List<String> fields(InputStream in) throws IOException {
    List<String> fields = new ArrayList<>();
    while (true) {
      String line = line(in);
      if (line.isEmpty()) {
        return fields;
      }
      check(
          line.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\\t\\x20-\\x7e\\x80-\\xff]*"),
          "field " + line);
      fields.add(line);
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException();
      }
      if (b == '\r') {
        check(in.read() == '\n', "CR alone");
        return line.toString(StandardCharsets.ISO_8859_1);
      }
      check(b != '\n' && b != 0, "LF or NUL alone");
      line.write(b);
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }

  /// Resets every connection, as a killed process would, and stops listening.
  void kill() throws IOException {
    server.close();
    for (Socket socket : open) {
      try (socket) {
        socket.setSoLinger(true, 0);
      } catch (SocketException e) {
        // Its own thread closes it once the client went.
        check(socket.isClosed(), "cannot reset " + socket + ": " + e.getMessage());
      }
    }
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}
