package io.evenkeel.hub.haproxy;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Debian's HAProxy before two web servers of the test. Skips the test visibly where there is none.
public final class RealHaproxy implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");

  private final Path folder;
  private final Path configuration;
  private final int port = freePort();
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<AtomicInteger> served = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private volatile CountDownLatch answer = new CountDownLatch(0);
  private Process process;

  /// @param forServers what stands behind each server's address
  public RealHaproxy(Path folder, String... forServers) throws IOException {
    assumeThat(PROGRAM).as("Debian's haproxy").isExecutable();
    this.folder = folder;
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < forServers.length; i++) {
      lines
          .append("  server web")
          .append(i + 1)
          .append(" 127.0.0.1:")
          .append(newServer())
          .append(' ')
          .append(forServers[i])
          .append('\n');
    }
    configuration = folder.resolve("haproxy.cfg");
    Files.writeString(
        configuration,
        """
        global
          stats socket %s mode 600 level admin
        defaults
          mode http
          timeout client 60s
          timeout server 60s
          timeout connect 2s
        frontend web
          bind 127.0.0.1:%d
          default_backend app
        backend app
          balance roundrobin
        %s\
        """
            .formatted(socket(), port, lines));
    start();
  }

  private int newServer() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    AtomicInteger count = new AtomicInteger();
    server.createContext(
        "/",
        exchange -> {
          count.incrementAndGet();
          try {
            answer.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'o', 'k'});
          exchange.close();
        });
    server.start();
    servers.add(server);
    served.add(count);
    return server.getAddress().getPort();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  public Path socket() {
    return folder.resolve("admin.sock");
  }

  private void start() throws IOException {
    process =
        new ProcessBuilder(PROGRAM.toString(), "-db", "-f", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("haproxy.log").toFile())
            .start();
  }

  /// Has the servers answer no more until the latch is at 0.
  public void answerAt(CountDownLatch latch) {
    answer = latch;
  }

  /// Starts it anew, as after a crash.
  public void restart() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    start();
  }

  /// Requests through it at once, whose answers may be long in coming.
  public List<CompletableFuture<HttpResponse<Void>>> begin(int times) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
    return Stream.generate(() -> http.sendAsync(request, HttpResponse.BodyHandlers.discarding()))
        .limit(times)
        .toList();
  }

  /// Requests through it.
  public void ask(int times) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
    for (int i = 0; i < times; i++) {
      var unused = http.send(request, HttpResponse.BodyHandlers.discarding());
    }
  }

  /// How many requests each server has had, and starts counting anew.
  public List<Integer> takeServed() {
    return served.stream().map(count -> count.getAndSet(0)).collect(Collectors.toList());
  }

  @Override
  public void close() throws InterruptedException {
    http.close();
    process.destroyForcibly().waitFor();
    servers.forEach(server -> server.stop(0));
  }
}
