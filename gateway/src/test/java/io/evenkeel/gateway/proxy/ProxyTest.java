package io.evenkeel.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.airlift.compress.v3.zstd.ZstdInputStream;
import io.evenkeel.gateway.config.EventIo;
import io.evenkeel.gateway.config.Leaving;
import io.evenkeel.gateway.config.Limits;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.Network;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.config.RouteConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ProxyTest {
  private static final String HOST = "Host: app.example\r\n";

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n";
  }

  /// Waits until something was counted and the count stays for a while: nothing else tells that a
  /// sender is held back.
  private static void awaitStandstill(AtomicLong bytes) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          long before = bytes.get();
          Thread.sleep(200);
          return before > 0 && bytes.get() == before;
        });
  }

  @Test
  void passes_a_request_and_its_answer() throws IOException {
    try (var backend = new RecordingBackend(RecordingBackend.text("hello"));
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      var answer = client.ask(get("/a?b=c"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("hello");
      var seen = backend.received.getFirst();
      assertThat(seen.target()).isEqualTo("/a?b=c");
      assertThat(seen.field("host")).isEqualTo("app.example");
      assertThat(seen.field("x-forwarded-for")).isEqualTo("127.0.0.1");
      assertThat(seen.field("x-forwarded-proto")).isEqualTo("http");
      assertThat(seen.field("forwarded")).isEqualTo("for=127.0.0.1;proto=http;host=app.example");
    }
  }

  @Test
  void keeps_both_connections_for_the_next_request() throws IOException {
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.ask(get("/" + i)).status()).isEqualTo(200);
      }
      assertThat(backend.connections()).isEqualTo(1);
    }
  }

  @Test
  void answers_pipelined_requests_in_their_order() throws IOException {
    try (var backend =
            new RecordingBackend((request, out, _) -> {
              RecordingBackend.write(
                  out,
                  "HTTP/1.1 200 OK\r\nContent-Length: "
                      + request.target().length()
                      + "\r\n\r\n"
                      + request.target());
              return true;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        all.append(get("/" + i));
      }
      client.send(all.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(client.answer().body()).isEqualTo("/" + i);
      }
    }
  }

  @Test
  void frames_bodies_anew_and_passes_only_listed_trailers() throws IOException {
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      client.ask(
          "POST /up HTTP/1.1\r\n"
              + HOST
              + "Transfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\n"
              + "Grpc-Status: 0\r\nX-Evil: 1\r\n\r\n");
      var seen = backend.received.getFirst();
      assertThat(seen.body()).isEqualTo("hello world");
      assertThat(seen.trailers()).hasSize(1);
      assertThat(seen.trailers().getFirst()).startsWith("Grpc-Status");
      assertThat(backend.violations).isEmpty();
    }
  }

  @Test
  void passes_an_answer_without_length_as_chunks_and_to_an_old_client_until_the_end()
      throws IOException {
    try (var backend =
            new RecordingBackend((_, out, _) -> {
              RecordingBackend.write(out, "HTTP/1.1 200 OK\r\n\r\nuntil the end");
              return false;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend))) {
      try (var client = gateway.client()) {
        var answer = client.ask(get("/"));
        assertThat(answer.field("transfer-encoding")).isEqualTo("chunked");
        assertThat(answer.body()).isEqualTo("until the end");
        assertThat(client.ask(get("/again")).body()).isEqualTo("until the end");
      }
      try (var old = gateway.client()) {
        var answer = old.ask("GET / HTTP/1.0\r\n\r\n");
        assertThat(answer.field("transfer-encoding")).isEmpty();
        assertThat(answer.body()).isEqualTo("until the end");
        assertThat(old.isClosed()).isTrue();
      }
    }
  }

  @Test
  void never_sends_a_body_to_a_head_request() throws IOException {
    try (var backend =
            new RecordingBackend((request, out, _) -> {
              RecordingBackend.write(
                  out,
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + (request.method().equals("HEAD") ? "" : "1\r\nx\r\n0\r\n\r\n"));
              return true;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      client.send("HEAD / HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.answer(true).status()).isEqualTo(200);
      assertThat(client.ask(get("/")).body()).isEqualTo("x");
    }
  }

  @Test
  void strips_hop_by_hop_fields_in_both_directions() throws IOException {
    try (var backend =
            new RecordingBackend((_, out, _) -> {
              RecordingBackend.write(
                  out,
                  "HTTP/1.1 200 OK\r\nConnection: X-Internal\r\nX-Internal: secret\r\n"
                      + "Keep-Alive: timeout=5\r\nContent-Length: 1\r\n\r\nx");
              return true;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      var answer =
          client.ask(
              "GET / HTTP/1.1\r\n"
                  + HOST
                  + "Connection: X-Secret, X-Forwarded-For\r\nX-Secret: 1\r\n"
                  + "Keep-Alive: 5\r\nTE: gzip\r\nProxy-Connection: x\r\nUpgrade: h2c\r\n\r\n");
      var seen = backend.received.getFirst();
      assertThat(seen.fields().toString().toLowerCase())
          .doesNotContain("x-secret", "keep-alive", "proxy-connection", "upgrade", "te:");
      assertThat(seen.field("x-forwarded-for")).isEqualTo("127.0.0.1");
      assertThat(answer.field("x-internal")).isEmpty();
      assertThat(answer.field("keep-alive")).isEmpty();
    }
  }

  @Test
  void serves_in_every_way_that_loops_can_move_bytes() throws IOException {
    for (EventIo io : EventIo.values()) {
      try (var backend = new RecordingBackend(RecordingBackend.text("moved"));
          var gateway =
              TestGateway.of(
                  TestGateway.pool("round-robin", backend), c -> TestGateway.withIo(c, io));
          var client = gateway.client()) {
        for (int i = 0; i < 3; i++) {
          assertThat(client.ask(get("/" + i)).body()).as("%s", io).isEqualTo("moved");
        }
      }
    }
  }

  @Test
  void believes_forwarding_fields_only_from_trusted_networks() throws IOException {
    String request =
        "GET / HTTP/1.1\r\n"
            + HOST
            + "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 9.9.9.9\r\n"
            + "Forwarded: for=9.9.9.9\r\n\r\n";
    try (var backend = new RecordingBackend(RecordingBackend.text("x"))) {
      var trusting =
          new ListenerConfig(
              "main",
              new InetSocketAddress("127.0.0.1", 0),
              Optional.empty(),
              false,
              List.of(Network.parse("127.0.0.0/8").orElseThrow()));
      try (var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
          var client = gateway.client()) {
        client.ask(request);
      }
      try (var gateway =
              TestGateway.of(
                  TestGateway.pool("round-robin", backend),
                  c -> TestGateway.withListeners(c, trusting));
          var client = gateway.client()) {
        client.ask(request);
      }
      var stranger = backend.received.get(0);
      assertThat(stranger.field("x-forwarded-for")).isEqualTo("127.0.0.1");
      assertThat(stranger.field("x-forwarded-proto")).isEqualTo("http");
      assertThat(stranger.field("x-real-ip")).isEmpty();
      assertThat(stranger.field("forwarded")).doesNotContain("9.9.9.9");
      var friend = backend.received.get(1);
      assertThat(friend.field("x-forwarded-for")).isEqualTo("9.9.9.9, 127.0.0.1");
      assertThat(friend.field("x-forwarded-proto")).isEqualTo("https");
      assertThat(friend.field("forwarded")).startsWith("for=9.9.9.9, for=127.0.0.1");
    }
  }

  @Test
  void takes_the_client_from_a_proxy_header_of_both_versions() throws IOException {
    byte[] version2 = {
      0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12, 10,
      1, 2, 4, 10, 0, 0, 1, 0x12, 0x34, 0, 80
    };
    var listener =
        new ListenerConfig(
            "main",
            new InetSocketAddress("127.0.0.1", 0),
            Optional.empty(),
            true,
            List.of(Network.parse("127.0.0.1").orElseThrow()));
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c -> TestGateway.withListeners(c, listener))) {
      try (var client = gateway.client()) {
        client.ask("PROXY TCP4 10.1.2.3 10.0.0.1 4000 80\r\n" + get("/"));
      }
      try (var client = gateway.client()) {
        client.send(version2);
        client.ask(get("/"));
      }
      try (var client = gateway.client()) {
        client.send(get("/"));
        assertThat(client.isClosed()).isTrue();
      }
      assertThat(backend.received).hasSize(2);
      assertThat(backend.received.get(0).field("x-forwarded-for")).isEqualTo("10.1.2.3");
      assertThat(backend.received.get(1).field("x-forwarded-for")).isEqualTo("10.1.2.4");
    }
  }

  @Test
  void passes_100_continue_and_the_body_after_it() throws IOException {
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      client.send(
          "PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(100);
      assertThat(client.ask("body").status()).isEqualTo(200);
      assertThat(backend.received.getFirst().body()).isEqualTo("body");
    }
  }

  @Test
  void an_early_answer_ends_the_upload_and_closes_both_connections() throws IOException {
    var starts = new AtomicInteger();
    try (var raw = new java.net.ServerSocket(0, 10, java.net.InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            while (true) {
              try (Socket socket = raw.accept()) {
                starts.incrementAndGet();
                socket.getInputStream().readNBytes(200);
                RecordingBackend.write(
                    socket.getOutputStream(),
                    "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
                socket.getInputStream().readAllBytes();
              } catch (IOException e) {
                return;
              }
            }
          });
      var pool =
          PoolConfig.of(
              "app",
              "round-robin",
              List.of(
                  io.evenkeel.gateway.config.BackendConfig.of(
                      "b", "127.0.0.1", raw.getLocalPort())));
      try (var gateway = TestGateway.of(pool);
          var client = gateway.client()) {
        client.send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1000000\r\n\r\n");
        client.send("x".repeat(1000));
        var answer = client.answer();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.isClosed()).isTrue();
        assertThat(starts).hasValue(1);
      }
    }
  }

  @Test
  void streams_events_as_they_come() throws Exception {
    var go = new java.util.concurrent.Semaphore(0);
    try (var backend =
            new RecordingBackend((_, out, _) -> {
              RecordingBackend.write(
                  out,
                  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                      + "Transfer-Encoding: chunked\r\n\r\n");
              for (int i = 0; i < 3; i++) {
                RecordingBackend.write(out, "9\r\ndata: " + i + "\n\n\r\n");
                go.acquireUninterruptibly();
              }
              RecordingBackend.write(out, "0\r\n\r\n");
              return true;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      client.send(get("/events"));
      for (String line = client.line(); !line.isEmpty(); line = client.line()) {
        assertThat(line).doesNotContainIgnoringCase("content-length");
      }
      for (int i = 0; i < 3; i++) {
        assertThat(client.line()).isEqualTo("9");
        assertThat(client.line()).isEqualTo("data: " + i);
        client.line();
        client.line();
        go.release();
      }
    }
  }

  @Test
  void tunnels_a_web_socket_after_its_101_only() throws IOException {
    try (var backend =
            new RecordingBackend((request, out, socket) -> {
              if (request.target().equals("/no")) {
                RecordingBackend.write(out, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
                return true;
              }
              RecordingBackend.write(
                  out,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      + "Connection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\nfirst");
              byte[] buffer = new byte[1024];
              for (int n = socket.getInputStream().read(buffer);
                  n >= 0;
                  n = socket.getInputStream().read(buffer)) {
                out.write(buffer, 0, n);
                out.flush();
              }
              return false;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      String upgrade =
          " HTTP/1.1\r\n"
              + HOST
              + "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n";
      assertThat(client.ask("GET /no" + upgrade).status()).isEqualTo(403);
      var answer = client.ask("GET /ws" + upgrade);
      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.field("upgrade")).isEqualTo("websocket");
      assertThat(new String(client.bytes(5), StandardCharsets.US_ASCII)).isEqualTo("first");
      byte[] big = "abcdefgh".repeat(40_000).getBytes(StandardCharsets.US_ASCII);
      Thread.ofVirtual()
          .start(() -> {
            try {
              client.send(big);
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      assertThat(client.bytes(big.length)).isEqualTo(big);
      client.socket().shutdownOutput();
      assertThat(client.isClosed()).isTrue();
      await().atMost(Duration.ofSeconds(60)).until(() -> gateway.gateway.inFlight() == 0);
    }
  }

  @Test
  void holds_a_backend_back_while_its_client_does_not_read() throws Exception {
    var written = new AtomicLong();
    byte[] chunk = new byte[64 * 1024];
    try (var backend =
            new RecordingBackend((_, out, _) -> {
              RecordingBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n");
              for (long sent = 0; sent < 200_000_000L; sent += chunk.length) {
                out.write(chunk, 0, (int) Math.min(chunk.length, 200_000_000L - sent));
                written.addAndGet(chunk.length);
              }
              return true;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      client.socket().setReceiveBufferSize(64 * 1024);
      client.send(get("/large"));
      awaitStandstill(written);
      assertThat(written.get()).isLessThan(40_000_000L);
    }
  }

  @Test
  void holds_a_client_back_while_its_backend_does_not_read() throws Exception {
    try (var raw = new java.net.ServerSocket(0, 10, java.net.InetAddress.getLoopbackAddress())) {
      var pool =
          PoolConfig.of(
              "app",
              "round-robin",
              List.of(
                  io.evenkeel.gateway.config.BackendConfig.of(
                      "b", "127.0.0.1", raw.getLocalPort())));
      try (var gateway = TestGateway.of(pool);
          var client = gateway.client()) {
        client.send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 200000000\r\n\r\n");
        var sent = new AtomicLong();
        byte[] chunk = new byte[64 * 1024];
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (sent.get() < 200_000_000L) {
                  client.send(chunk);
                  sent.addAndGet(chunk.length);
                }
              } catch (IOException e) {
                // The test is over.
              }
            });
        awaitStandstill(sent);
        assertThat(sent.get()).isLessThan(40_000_000L);
      }
    }
  }

  @Test
  void routes_by_host_and_by_whole_path_segments() throws IOException {
    try (var one = new RecordingBackend(RecordingBackend.text("one"));
        var two = new RecordingBackend(RecordingBackend.text("two"))) {
      var first = TestGateway.pool("round-robin", one);
      var second =
          PoolConfig.of(
              "second",
              "round-robin",
              List.of(io.evenkeel.gateway.config.BackendConfig.of("b", "127.0.0.1", two.port())));
      try (var gateway =
              TestGateway.of(
                  first,
                  c ->
                      new io.evenkeel.gateway.config.GatewayConfig(
                          c.listeners(),
                          List.of(
                              route("api", List.of(), "/api", "second"),
                              route("shop", List.of("*.shop.example"), "/", "second"),
                              route("app", List.of("app.example"), "/", "app")),
                          List.of(first, second),
                          c.limits(),
                          c.accessLog(),
                          c.adminPort(),
                          c.leaving(),
                          2,
                          c.io()));
          var client = gateway.client()) {
        assertThat(client.ask(get("/")).body()).isEqualTo("one");
        assertThat(client.ask(get("/api")).body()).isEqualTo("two");
        assertThat(client.ask(get("/api/x")).body()).isEqualTo("two");
        assertThat(client.ask(get("/%61pi/x")).body()).isEqualTo("two");
        assertThat(client.ask(get("/apix")).body()).isEqualTo("one");
        assertThat(client.ask("GET / HTTP/1.1\r\nHost: a.shop.example:8080\r\n\r\n").body())
            .isEqualTo("two");
        assertThat(client.ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n").status())
            .isEqualTo(404);
        assertThat(
                client.ask("GET http://app.example/y HTTP/1.1\r\nHost: app.example\r\n\r\n").body())
            .isEqualTo("one");
        assertThat(two.received.getLast().target()).isEqualTo("/");
        assertThat(one.received.getLast().target()).isEqualTo("/y");
      }
    }
  }

  private static RouteConfig route(String name, List<String> hosts, String path, String pool) {
    return new RouteConfig(name, hosts, path, pool, Optional.empty(), false, Optional.empty());
  }

  @Test
  void limits_the_rate_of_one_client_on_a_route() throws IOException {
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c ->
                    TestGateway.withRoutes(
                        c,
                        new RouteConfig(
                            "all",
                            List.of(),
                            "/",
                            "app",
                            Optional.of(new RouteConfig.Rate(0.01, 3)),
                            false,
                            Optional.empty())));
        var client = gateway.client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.ask(get("/")).status()).isEqualTo(200);
      }
      var refused = client.ask(get("/"));
      assertThat(refused.status()).isEqualTo(429);
      assertThat(Integer.parseInt(refused.field("retry-after"))).isBetween(1, 101);
    }
  }

  @Test
  void compresses_text_for_clients_that_ask() throws IOException {
    String text = "compress me ".repeat(1000);
    try (var backend = new RecordingBackend(RecordingBackend.text(text));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c ->
                    TestGateway.withRoutes(
                        c,
                        new RouteConfig(
                            "all",
                            List.of(),
                            "/",
                            "app",
                            Optional.empty(),
                            true,
                            Optional.empty())));
        var client = gateway.client()) {
      assertThat(client.ask(get("/")).body()).isEqualTo(text);
      var answer = client.ask("GET / HTTP/1.1\r\n" + HOST + "Accept-Encoding: gzip\r\n\r\n");
      assertThat(answer.field("content-encoding")).isEqualTo("gzip");
      assertThat(answer.field("vary")).containsIgnoringCase("accept-encoding");
      var bytes = answer.body().getBytes(StandardCharsets.ISO_8859_1);
      assertThat(bytes.length).isLessThan(text.length() / 10);
      try (var in = new GZIPInputStream(new java.io.ByteArrayInputStream(bytes))) {
        var out = new ByteArrayOutputStream();
        in.transferTo(out);
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(text);
      }
      answer = client.ask("GET / HTTP/1.1\r\n" + HOST + "Accept-Encoding: gzip, br, zstd\r\n\r\n");
      assertThat(answer.field("content-encoding")).isEqualTo("zstd");
      var small = answer.body().getBytes(StandardCharsets.ISO_8859_1);
      assertThat(small.length).isLessThan(text.length() / 10);
      try (var in = new ZstdInputStream(new java.io.ByteArrayInputStream(small))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo(text);
      }
      answer =
          client.ask("GET / HTTP/1.1\r\n" + HOST + "Accept-Encoding: gzip;q=1, zstd;q=0.5\r\n\r\n");
      assertThat(answer.field("content-encoding")).isEqualTo("gzip");
      answer = client.ask("GET / HTTP/1.1\r\n" + HOST + "Accept-Encoding: zstd;q=0\r\n\r\n");
      assertThat(answer.field("content-encoding")).isEmpty();
    }
  }

  @Test
  void keeps_answers_of_a_caching_route_apart_by_what_they_vary_by() throws IOException {
    try (var backend =
            new RecordingBackend((request, out, _) -> {
              String body = request.field("accept-language") + request.target();
              RecordingBackend.write(
                  out,
                  "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nVary: Accept-Language\r\n"
                      + (request.target().equals("/cookie") ? "Set-Cookie: a=b\r\n" : "")
                      + "Content-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body);
              return true;
            });
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c ->
                    TestGateway.withRoutes(
                        c,
                        new RouteConfig(
                            "all",
                            List.of(),
                            "/",
                            "app",
                            Optional.empty(),
                            false,
                            Optional.of(new RouteConfig.Cache(1 << 20, 1 << 16, Duration.ZERO)))));
        var client = gateway.client()) {
      for (int i = 0; i < 3; i++) {
        for (String language : List.of("en", "zh")) {
          var answer =
              client.ask(
                  "GET /p HTTP/1.1\r\n" + HOST + "Accept-Language: " + language + "\r\n\r\n");
          assertThat(answer.body()).isEqualTo(language + "/p");
          assertThat(answer.field("age")).matches(i == 0 ? "" : "\\d+");
        }
      }
      assertThat(backend.received).hasSize(2);
      client.ask(get("/cookie"));
      client.ask(get("/cookie"));
      client.ask(
          "GET /p HTTP/1.1\r\n" + HOST + "Accept-Language: en\r\nAuthorization: Basic x\r\n\r\n");
      assertThat(backend.received).hasSize(5);
    }
  }

  @Test
  void closes_a_connection_whose_header_does_not_come_and_serves_others_meanwhile()
      throws IOException {
    Limits impatient =
        Limits.USUAL.withTimes(
            Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(60));
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c -> TestGateway.withLimits(c, impatient));
        var slow = gateway.client();
        var silent = gateway.client();
        var lazy = gateway.client();
        var other = gateway.client()) {
      slow.send("GET / HTTP/1.1\r\nHost: a");
      lazy.send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 10\r\n\r\nabc");
      assertThat(other.ask(get("/")).status()).isEqualTo(200);
      assertThat(slow.answer().status()).isEqualTo(408);
      assertThat(slow.isClosed()).isTrue();
      assertThat(silent.isClosed()).isTrue();
      assertThat(lazy.answer().status()).isEqualTo(408);
      assertThat(lazy.isClosed()).isTrue();
      assertThat(other.ask(get("/")).status()).isEqualTo(200);
    }
  }

  @Test
  void limits_the_connections_of_one_address() throws IOException {
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c -> TestGateway.withLimits(c, Limits.USUAL.withConnectionsPerAddress(2)));
        var one = gateway.client();
        var two = gateway.client()) {
      assertThat(one.ask(get("/")).status()).isEqualTo(200);
      assertThat(two.ask(get("/")).status()).isEqualTo(200);
      try (var three = gateway.client()) {
        assertThat(three.isClosed()).isTrue();
      }
      assertThat(one.ask(get("/")).status()).isEqualTo(200);
      one.close();
      await().atMost(Duration.ofSeconds(60)).until(() -> gateway.gateway.openConnections() < 2);
      try (var three = gateway.client()) {
        assertThat(three.ask(get("/")).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void an_answer_that_ends_early_is_cut_short_for_the_client_too() throws IOException {
    try (var backend =
            new RecordingBackend((_, out, _) -> {
              RecordingBackend.write(
                  out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
              return false;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      client.send(get("/"));
      assertThatThrownBy(client::answer).hasMessageContaining("cut short");
      assertThat(backend.received).hasSize(1);
    }
  }

  @Test
  void says_that_it_leaves_before_it_closes_its_port() throws Exception {
    Leaving leaving =
        new Leaving(Optional.of("/-/gateway"), Duration.ofMinutes(10), Duration.ofSeconds(5));
    try (var backend = new RecordingBackend(RecordingBackend.text("hello"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                config -> TestGateway.withLeaving(config, leaving));
        var before = gateway.client();
        var open = gateway.client()) {
      assertThat(before.ask(get("/-/gateway")).status()).isEqualTo(200);
      assertThat(backend.received).as("the gateway answers it itself").isEmpty();
      var stopping = Thread.ofPlatform().start(gateway.gateway::stop);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
      var last = open.ask(get("/work"));
      assertThat(last.status()).as("it serves on").isEqualTo(200);
      assertThat(last.field("connection")).isEqualTo("close");
      try (var after = gateway.client()) {
        assertThat(after.ask(get("/-/gateway")).status()).as("its port is open").isEqualTo(503);
      }
      assertThat(before.isClosed()).as("who is idle is sent away").isTrue();
      stopping.interrupt();
      stopping.join(60_000);
      assertThat(stopping.isAlive()).isFalse();
    }
  }

  @Test
  void stops_gracefully_after_the_requests_in_flight() throws Exception {
    var go = new java.util.concurrent.CountDownLatch(1);
    try (var backend =
            new RecordingBackend((_, out, _) -> {
              try {
                go.await();
              } catch (InterruptedException e) {
                return false;
              }
              RecordingBackend.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
              return true;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = gateway.client()) {
      client.send(get("/"));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> gateway.gateway.inFlight() == 1 && !backend.received.isEmpty());
      var stopping = Thread.ofPlatform().start(gateway.gateway::stop);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            try (var probe = new Socket()) {
              probe.connect(new InetSocketAddress("127.0.0.1", client.socket().getPort()));
              return false;
            } catch (IOException e) {
              return true;
            }
          });
      go.countDown();
      var answer = client.answer();
      assertThat(answer.body()).isEqualTo("late");
      assertThat(answer.field("connection")).isEqualTo("close");
      stopping.join(60_000);
      assertThat(stopping.isAlive()).isFalse();
    }
  }
}
