package io.evenkeel.hub.notify.channel;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import io.evenkeel.hub.outgoing.OutgoingRoute;
import io.evenkeel.hub.outgoing.OutgoingSockets;
import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A web service on loopback that checks what it is sent as strictly as the real one, and
/// misbehaves on demand.
public final class StrictService implements AutoCloseable {
  /// A request as it came.
  public record Got(
      String method, String path, String query, Map<String, List<String>> headers, String body) {
    public String header(String name) {
      return headers.entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(name))
          .map(entry -> entry.getValue().getFirst())
          .findFirst()
          .orElse("");
    }
  }

  /// What is answered.
  public record Reply(int status, String body, @Nullable String retryAfter) {
    public static Reply ok(String body) {
      return new Reply(200, body, null);
    }

    public static Reply status(int status) {
      return new Reply(status, "", null);
    }
  }

  /// Answers nothing until the service is closed.
  public static final Reply HANG = new Reply(-1, "", null);

  /// Ends the connection without an answer.
  public static final Reply CUT = new Reply(-2, "", null);

  public final List<Got> got = new CopyOnWriteArrayList<>();
  private final Queue<Reply> next = new ConcurrentLinkedQueue<>();
  private final HttpServer server;
  private volatile Function<Got, Reply> usual;

  public StrictService(Function<Got, Reply> usual) {
    this.usual = usual;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// The next answers, in order, before the usual ones.
  public void then(Reply... replies) {
    next.addAll(List.of(replies));
  }

  /// The usual answer from now on.
  public void usually(Function<Got, Reply> answer) {
    usual = answer;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Got one =
          new Got(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getRawPath(),
              String.valueOf(exchange.getRequestURI().getRawQuery()),
              Map.copyOf(exchange.getRequestHeaders()),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      got.add(one);
      Reply forced = next.poll();
      Reply reply = forced == null ? usual.apply(one) : forced;
      if (reply.status() == -1) {
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          return;
        }
      }
      if (reply.status() < 0) {
        return;
      }
      if (reply.retryAfter() != null) {
        exchange.getResponseHeaders().add("Retry-After", reply.retryAfter());
      }
      byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /// What a channel reaches this machine with.
  public static Wires wires(OutgoingHttp http, InstantSource clock) {
    return new Wires(http, new OutgoingSockets(loopback()), OutgoingRoute.DIRECT, clock);
  }

  /// Rules that let this machine be called.
  public static AddressRules loopback() {
    return new AddressRules(List.of(Network.parse("127.0.0.0/8").orElseThrow()));
  }
}
