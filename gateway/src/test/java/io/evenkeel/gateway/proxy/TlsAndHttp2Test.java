package io.evenkeel.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.BackendProtocol;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.config.TlsConfig;
import io.evenkeel.gateway.event.GatewayEvent;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class TlsAndHttp2Test {
  @TempDir Path folder;

  private TlsConfig.CertificateFiles certificate(String name, Instant until) throws Exception {
    X509Bundle bundle =
        new CertificateBuilder()
            .subject("CN=" + name)
            .addSanDnsName(name)
            .setIsCertificateAuthority(true)
            .notBefore(Instant.now().minus(Duration.ofDays(400)))
            .notAfter(until)
            .buildSelfSigned();
    Path chain = folder.resolve(name + ".pem");
    Path key = folder.resolve(name + ".key");
    Files.writeString(chain, bundle.getCertificatePathPEM());
    Files.writeString(key, bundle.getPrivateKeyPEM());
    return new TlsConfig.CertificateFiles(chain, key);
  }

  private static Instant nextYear() {
    return Instant.now().plus(Duration.ofDays(365));
  }

  private static ListenerConfig listener(TlsConfig tls) {
    return new ListenerConfig(
        "main", new InetSocketAddress("127.0.0.1", 0), Optional.of(tls), false, List.of());
  }

  private static SSLContext trustAll() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new X509ExtendedTrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkClientTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

            @Override
            public void checkServerTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

            @Override
            public void checkClientTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

            @Override
            public void checkServerTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }
          }
        },
        null);
    return context;
  }

  private static String shownTo(InetSocketAddress address, String name) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) trustAll().getSocketFactory().createSocket("127.0.0.1", address.getPort())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName() + " " + shown.getNotAfter().toInstant();
    }
  }

  @Test
  void speaks_http2_over_tls_with_many_streams_at_once() throws Exception {
    var tls = new TlsConfig(List.of(certificate("localhost", nextYear())), true);
    try (var backend =
            new RecordingBackend((request, out, _) -> {
              RecordingBackend.write(
                  out,
                  "HTTP/1.1 200 OK\r\nContent-Length: "
                      + request.body().length()
                      + "\r\nConnection: keep-alive\r\n\r\n"
                      + request.body());
              return true;
            });
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c -> TestGateway.withListeners(c, listener(tls)));
        HttpClient client = HttpClient.newBuilder().sslContext(trustAll()).build()) {
      URI uri = URI.create("https://localhost:" + gateway.address().getPort() + "/echo");
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(
            client.sendAsync(
                HttpRequest.newBuilder(uri)
                    .POST(HttpRequest.BodyPublishers.ofString(("body" + i).repeat(5000)))
                    .build(),
                HttpResponse.BodyHandlers.ofString()));
      }
      for (int i = 0; i < 50; i++) {
        HttpResponse<String> answer = answers.get(i).get();
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).isEqualTo(("body" + i).repeat(5000));
      }
      assertThat(backend.received.getFirst().field("x-forwarded-proto")).isEqualTo("https");
      assertThat(backend.received.getFirst().fields().toString()).doesNotContain("x-http2");
      assertThat(backend.violations).isEmpty();
      await().atMost(Duration.ofSeconds(60)).until(() -> gateway.gateway.inFlight() == 0);
    }
  }

  @Test
  void shows_the_certificate_of_the_name_asked_for_and_reads_it_again_when_it_changes()
      throws Exception {
    var first = certificate("a.example", nextYear());
    var second = certificate("b.example", nextYear());
    var tls = new TlsConfig(List.of(first, second), true);
    List<GatewayEvent> events = new CopyOnWriteArrayList<>();
    var certificates = new TlsCertificates("main", tls, Clock.systemUTC(), events::add);
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c -> TestGateway.withListeners(c, listener(tls)))) {
      assertThat(shownTo(gateway.address(), "b.example")).startsWith("CN=b.example");
      assertThat(shownTo(gateway.address(), "a.example")).startsWith("CN=a.example");
      assertThat(shownTo(gateway.address(), "other.example")).startsWith("CN=a.example");
      Files.writeString(second.chain(), "not a certificate");
      certificates.refresh();
      assertThat(events).hasSize(1);
      assertThat(events.getFirst()).isInstanceOf(GatewayEvent.CertificatesRefused.class);
      assertThat(shownTo(gateway.address(), "b.example")).startsWith("CN=b.example");
      Instant later = Instant.parse("2039-01-01T00:00:00Z");
      certificate("b.example", later);
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> shownTo(gateway.address(), "b.example").contains("2039-01-01"));
    }
  }

  @Test
  void an_expired_certificate_is_refused_and_what_ran_before_goes_on() throws Exception {
    var good = new TlsConfig(List.of(certificate("localhost", nextYear())), true);
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var gateway =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                c -> TestGateway.withListeners(c, listener(good)))) {
      var expired =
          new TlsConfig(
              List.of(certificate("old.example", Instant.now().minus(Duration.ofDays(1)))), true);
      GatewayConfig next =
          TestGateway.withListeners(
              gateway.gateway.config(), listener(good), listenerNamed("second", expired));
      assertThatThrownBy(() -> gateway.gateway.apply(next)).hasMessageContaining("expired on");
      assertThat(gateway.gateway.config().listeners()).hasSize(1);
      assertThat(shownTo(gateway.address(), "localhost")).startsWith("CN=localhost");
    }
  }

  private static ListenerConfig listenerNamed(String name, TlsConfig tls) {
    return new ListenerConfig(
        name, new InetSocketAddress("127.0.0.1", 0), Optional.of(tls), false, List.of());
  }

  @Test
  void carries_grpc_streams_with_their_trailers_over_http2_on_both_sides() throws Exception {
    try (var backend =
            new RecordingBackend((request, out, _) -> {
              RecordingBackend.write(
                  out,
                  "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\n"
                      + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
                      + "grpc-status: 0\r\nx-other: 1\r\n\r\n");
              return true;
            });
        var inner = TestGateway.of(TestGateway.pool("round-robin", backend));
        var outer =
            TestGateway.of(
                PoolConfig.of(
                        "app",
                        "round-robin",
                        List.of(BackendConfig.of("inner", "127.0.0.1", inner.address().getPort())))
                    .withProtocol(BackendProtocol.H2C));
        var client = new RawHttp2Client(outer.address())) {
      client.frame(
          RawHttp2Client.HEADERS,
          RawHttp2Client.END_HEADERS,
          1,
          RawHttp2Client.fields(
              ":method",
              "POST",
              ":scheme",
              "http",
              ":path",
              "/svc/Call",
              ":authority",
              "h",
              "te",
              "trailers",
              "content-type",
              "application/grpc"));
      client.frame(
          RawHttp2Client.DATA,
          RawHttp2Client.END_STREAM,
          1,
          "message".getBytes(StandardCharsets.US_ASCII));
      StringBuilder body = new StringBuilder();
      List<String> heads = new ArrayList<>();
      while (true) {
        RawHttp2Client.Frame frame = client.read();
        if (frame.stream() == 1 && frame.type() == RawHttp2Client.DATA) {
          body.append(new String(frame.payload(), StandardCharsets.US_ASCII));
        } else if (frame.stream() == 1 && frame.type() == RawHttp2Client.HEADERS) {
          heads.add(new String(frame.payload(), StandardCharsets.ISO_8859_1));
        }
        if (frame.stream() == 1 && frame.endsStream()) {
          break;
        }
      }
      assertThat(body).hasToString("hello");
      assertThat(heads).as("a head and trailers").hasSize(2);
      assertThat(backend.received.getFirst().body()).isEqualTo("message");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> outer.gateway.inFlight() == 0 && inner.gateway.inFlight() == 0);
    }
  }

  @Test
  void many_requests_share_one_http2_connection_to_the_backend() throws Exception {
    try (var backend = new RecordingBackend(RecordingBackend.text("x"));
        var inner = TestGateway.of(TestGateway.pool("round-robin", backend));
        var outer =
            TestGateway.of(
                PoolConfig.of(
                        "app",
                        "round-robin",
                        List.of(BackendConfig.of("inner", "127.0.0.1", inner.address().getPort())))
                    .withProtocol(BackendProtocol.H2C));
        var client = outer.client()) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.ask("GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n").body()).isEqualTo("x");
      }
      assertThat(inner.gateway.openConnections()).isEqualTo(1);
      assertThat(backend.received.getLast().target()).isEqualTo("/99");
    }
  }

  @Test
  void an_answer_that_is_cut_short_resets_the_stream() throws Exception {
    try (var backend =
            new RecordingBackend((_, out, _) -> {
              RecordingBackend.write(
                  out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
              return false;
            });
        var gateway = TestGateway.of(TestGateway.pool("round-robin", backend));
        var client = new RawHttp2Client(gateway.address())) {
      client.frame(
          RawHttp2Client.HEADERS,
          RawHttp2Client.END_HEADERS | RawHttp2Client.END_STREAM,
          1,
          RawHttp2Client.fields(
              ":method", "GET", ":scheme", "http", ":path", "/", ":authority", "h"));
      assertThat(client.outcome(1)).isEqualTo("reset");
    }
  }

  @Test
  void backends_are_spoken_to_over_tls_in_both_versions_and_must_prove_who_they_are()
      throws Exception {
    TlsConfig.CertificateFiles real = certificate("backend.test", nextYear());
    TlsConfig.CertificateFiles other = certificate("other.test", nextYear());
    TlsConfig tls = new TlsConfig(List.of(real), true);
    TlsConfig onlyHttp1 = new TlsConfig(List.of(real), false);
    try (var backend = new RecordingBackend(RecordingBackend.text("secret"));
        var inner =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                config -> TestGateway.withListeners(config, listener(tls)));
        var old =
            TestGateway.of(
                TestGateway.pool("round-robin", backend),
                config -> TestGateway.withListeners(config, listener(onlyHttp1)))) {
      assertThat(through(inner, true, real.chain(), "backend.test")).isEqualTo("200 secret");
      assertThat(through(inner, false, real.chain(), "backend.test")).isEqualTo("200 secret");
      assertThat(backend.received).hasSize(2);

      assertThat(through(inner, true, other.chain(), "backend.test")).startsWith("502 ");
      assertThat(through(inner, false, real.chain(), "else.test")).startsWith("502 ");
      assertThat(through(old, true, real.chain(), "backend.test"))
          .as("it offers no HTTP/2")
          .startsWith("502 ");
      assertThat(backend.received).as("nothing reached it").hasSize(2);
    }
  }

  private static String through(TestGateway inner, boolean http2, Path authorities, String name)
      throws Exception {
    PoolConfig pool =
        PoolConfig.of(
                "app",
                "round-robin",
                List.of(BackendConfig.of("inner", "127.0.0.1", inner.address().getPort())))
            .withProtocol(
                new BackendProtocol(
                    http2,
                    Optional.of(
                        new BackendProtocol.Tls(Optional.of(authorities), Optional.of(name)))));
    try (var outer = TestGateway.of(pool);
        var client = outer.client()) {
      var answer = client.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      return answer.status() + " " + answer.body();
    }
  }

  @Test
  void authorities_that_cannot_be_read_are_refused_before_anything_changes() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.pem"), "no certificate");
    PoolConfig pool =
        PoolConfig.of("app", "round-robin", List.of(BackendConfig.of("b", "127.0.0.1", 1)))
            .withProtocol(
                new BackendProtocol(
                    true,
                    Optional.of(new BackendProtocol.Tls(Optional.of(broken), Optional.empty()))));

    assertThatThrownBy(() -> TestGateway.of(pool))
        .hasMessageContaining("pool app: ")
        .hasMessageContaining("broken.pem");
  }
}
