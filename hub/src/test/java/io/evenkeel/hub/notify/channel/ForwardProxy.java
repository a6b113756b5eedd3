package io.evenkeel.hub.notify.channel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// An HTTP proxy on loopback that wants a login: tunnels by CONNECT and forwards requests in
/// absolute form, one for each connection.
final class ForwardProxy implements AutoCloseable {
  /// What was asked for with the right login, such as `CONNECT host:port`.
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final String login;
  private final ServerSocket server;

  ForwardProxy(String user, String password) throws IOException {
    login =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      List<String> head = head(client.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      if (head.stream().noneMatch(line -> line.equals("Proxy-Authorization: " + login))) {
        client
            .getOutputStream()
            .write(
                ascii(
                    "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                        + "Content-Length: 0\r\nConnection: close\r\n\r\n"));
        return;
      }
      String[] request = head.getFirst().split(" ", -1);
      asked.add(request[0] + " " + request[1]);
      URI to = URI.create(request[0].equals("CONNECT") ? "tunnel://" + request[1] : request[1]);
      try (Socket far = new Socket(to.getHost(), to.getPort())) {
        if (request[0].equals("CONNECT")) {
          client.getOutputStream().write(ascii("HTTP/1.1 200 Go on\r\n\r\n"));
        } else {
          StringBuilder forwarded = new StringBuilder(request[0] + " " + to.getPath());
          forwarded.append(" HTTP/1.1\r\nConnection: close\r\n");
          head.stream()
              .skip(1)
              .filter(line -> !line.startsWith("Proxy-") && !line.startsWith("Connection:"))
              .forEach(line -> forwarded.append(line).append("\r\n"));
          far.getOutputStream().write(ascii(forwarded.append("\r\n").toString()));
        }
        Thread back = Thread.ofVirtual().start(() -> copy(far, client));
        copy(client, far);
        back.join();
      }
    } catch (IOException e) {
      // One of the two has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      from.getInputStream().transferTo(out);
      to.shutdownOutput();
    } catch (IOException e) {
      // One of the two has left.
    }
  }

  private static List<String> head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        return List.of();
      }
      head.append((char) b);
    }
    return head.toString().strip().lines().toList();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
