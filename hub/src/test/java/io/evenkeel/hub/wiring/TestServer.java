package io.evenkeel.hub.wiring;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.ToIntFunction;

/// An HTTP server on loopback that answers with a status and no body: a back end, or what a probe
/// asks.
final class TestServer implements AutoCloseable {
  private final HttpServer server;

  private TestServer(HttpServer server) {
    this.server = server;
  }

  /// @param status of the answer to a path
  static TestServer start(ToIntFunction<String> status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status.applyAsInt(exchange.getRequestURI().getPath()), -1);
          exchange.close();
        });
    server.start();
    return new TestServer(server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
