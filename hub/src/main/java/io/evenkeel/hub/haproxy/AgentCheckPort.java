package io.evenkeel.hub.haproxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers HAProxy's agent checks (its configuration manual, `agent-check`), for many servers on
/// one port: `agent-send "process/backend/server\n"` tells which one is meant. Thread-safe.
///
/// Who is not known gets no answer: HAProxy then leaves the server as it is.
final class AgentCheckPort implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("gateway");
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int MOST_AT_ONCE = 256;
  private static final int MOST_QUESTION = 512;

  private final ServerSocket socket;
  private final Function<String, Optional<HaproxyInstance.Orders>> orders;
  private final Semaphore room = new Semaphore(MOST_AT_ONCE);
  private final ExecutorService connections = Executors.newVirtualThreadPerTaskExecutor();

  private AgentCheckPort(
      ServerSocket socket, Function<String, Optional<HaproxyInstance.Orders>> orders) {
    this.socket = socket;
    this.orders = orders;
  }

  /// Opens the port.
  ///
  /// @param orders what a server, such as `edge-1/app/web1`, is to be told
  /// @throws IOException when it cannot be opened
  static AgentCheckPort open(
      InetSocketAddress address, Function<String, Optional<HaproxyInstance.Orders>> orders)
      throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(address, 1024);
    } catch (IOException e) {
      socket.close();
      throw new IOException("agent checks cannot be answered on " + address + ": " + e, e);
    }
    AgentCheckPort port = new AgentCheckPort(socket, orders);
    Thread.ofVirtual().name("agent-check").start(port::accept);
    return port;
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        if (room.tryAcquire()) {
          connections.execute(() -> serve(client));
        } else {
          client.close();
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          LOG.warn("An agent check could not be taken: {}", e.getMessage());
        }
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setSoTimeout(TIMEOUT_MILLIS);
      Optional<String> server = question(client);
      Optional<String> answer = server.flatMap(orders).map(AgentCheckPort::line);
      if (answer.isPresent()) {
        client.getOutputStream().write(answer.get().getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      LOG.debug("An agent check ended early: {}", e.getMessage());
    } finally {
      room.release();
    }
  }

  private static Optional<String> question(Socket client) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8), MOST_QUESTION);
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n' && c != '\r'; c = in.read()) {
      line.append((char) c);
      if (line.length() > MOST_QUESTION) {
        return Optional.empty();
      }
    }
    return Optional.of(line.toString().strip());
  }

  /// `ready` would also end a maintenance that HAProxy's operator began, so it is said only after a
  /// drain that began here.
  private static String line(HaproxyInstance.Orders orders) {
    StringBuilder line = new StringBuilder();
    if (orders.draining()) {
      line.append("drain ");
    } else if (orders.resumed()) {
      line.append("ready ");
    }
    orders.percent().ifPresent(percent -> line.append(percent).append("% "));
    return (line.isEmpty() ? "up" : line.toString().strip()) + "\n";
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("The port of agent checks did not close: {}", e.getMessage());
    }
    connections.shutdownNow();
  }
}
