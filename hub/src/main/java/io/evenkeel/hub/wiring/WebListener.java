package io.evenkeel.hub.wiring;

import io.evenkeel.hub.api.HttpApi;
import io.evenkeel.hub.config.EvenkeelConfig;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/// The listening socket in front of an [HttpApi]: HTTP/1.1 and HTTP/2, with TLS when it is
/// configured.
public final class WebListener implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final Duration IDLE_CONNECTION = Duration.ofMinutes(5);
  private static final int MOST_CONNECTIONS = 20_000;
  private static final int BACKLOG = 1_024;

  private final WebServer server;
  private final String scheme;
  private final String host;

  private WebListener(WebServer server, String scheme, String host) {
    this.server = server;
    this.scheme = scheme;
    this.host = host;
  }

  /// Starts to answer.
  ///
  /// @throws StartFailure when the address cannot be had
  public static WebListener open(EvenkeelConfig config, HttpApi api) throws StartFailure {
    EvenkeelConfig.Listen listen = config.listen();
    checkFree(listen, "--listen");
    // Prometheus's own examples have match[]= and {job="x"} as they are in the address, which
    // RFC 3986 would have escaped; nothing here depends on it.
    WebServerConfig.Builder builder =
        server(listen, api::handle)
            .addProtocol(Http1Config.builder().validatePrologue(false).build());
    if (config.tls().isPresent()) {
      builder.tls(
          Tls.builder()
              .sslContext(PemFiles.context(config.tls().get()))
              .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
              .applicationProtocols(List.of("h2", "http/1.1"))
              .build());
    }
    WebServer server = builder.build();
    server.start();
    if (!server.isRunning()) {
      throw new StartFailure(
          "cannot listen on " + listen.host() + ":" + listen.port() + ": see the lines above",
          null);
    }
    return new WebListener(
        server,
        config.tls().isPresent() ? "https" : "http",
        listen.host().contains(":") ? "[" + listen.host() + "]" : listen.host());
  }

  /// Where it can be reached on this machine, such as `http://127.0.0.1:9595`.
  public String localUrl() {
    boolean anyAddress = host.equals("0.0.0.0") || host.equals("[::]");
    return scheme + "://" + (anyAddress ? "127.0.0.1" : host) + ":" + port();
  }

  /// The port, also when a free one was taken.
  public int port() {
    return server.port();
  }

  /// Takes no new connections, lets running requests end for 3 s, then closes them.
  @Override
  public void close() {
    server.stop();
  }

  /// What every listening socket of the hub has in common.
  static WebServerConfig.Builder server(
      EvenkeelConfig.Listen listen, BiConsumer<ServerRequest, ServerResponse> handler) {
    return WebServer.builder()
        .bindAddress(new InetSocketAddress(listen.address(), listen.port()))
        .shutdownHook(false)
        .featuresDiscoverServices(false)
        .contentEncoding(UntouchedBodies.context())
        .backlog(BACKLOG)
        .maxTcpConnections(MOST_CONNECTIONS)
        .idleConnectionTimeout(IDLE_CONNECTION)
        .shutdownGracePeriod(GRACE)
        // An answer goes out in two writes, header and body: without this the second waits up to
        // 40 ms for the client to acknowledge the first (RFC 896 meets delayed acknowledgements).
        .connectionOptions(options -> options.tcpNoDelay(true))
        .routing(routing -> routing.any((request, response) -> answer(handler, request, response)));
  }

  private static void answer(
      BiConsumer<ServerRequest, ServerResponse> handler,
      ServerRequest request,
      ServerResponse response) {
    handler.accept(request, response);
    // Helidon up to 4.5.3 promises to close and then waits for another request
    // (github.com/helidon-io/helidon/issues/12324): a client that reads to the end would wait with
    // it.
    if (request.prologue().protocolVersion().startsWith("1")
        && request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
      throw new CloseConnectionException("the client asked to close");
    }
  }

  /// Helidon tells a failed start only to its log, with stacks: so the address is tried before.
  static void checkFree(EvenkeelConfig.Listen listen, String option) throws StartFailure {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(listen.address(), listen.port()));
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      if (reason.contains("in use")) {
        throw new StartFailure(
            "port "
                + listen.port()
                + " is taken by another program: stop it, or choose another with "
                + option
                + " "
                + listen.host()
                + ":"
                + (listen.port() + 1),
            e);
      }
      if (reason.contains("ermission")) {
        throw new StartFailure(
            "not allowed to listen on port "
                + listen.port()
                + ": choose one above 1023 with "
                + option,
            e);
      }
      throw new StartFailure(
          "cannot listen on "
              + listen.host()
              + ":"
              + listen.port()
              + " ("
              + reason
              + "): choose an address of this machine with "
              + option,
          e);
    }
  }
}
