package io.evenkeel.agent.probe;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.evenkeel.agent.probe.EchoSocket.Echo;
import io.evenkeel.agent.probe.ProbeFailure.Kind;
import io.evenkeel.agent.probe.ProbeResult.Phase;
import io.evenkeel.hub.wiring.TestCertificate;
import io.evenkeel.model.Labels;
import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.minidns.dnsmessage.DnsMessage;
import org.minidns.dnsmessage.DnsMessage.RESPONSE_CODE;
import org.minidns.record.A;
import org.minidns.record.Record;

/// Single attempts against servers of this machine, good ones and bad ones.
class ProberTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final Duration PATIENT = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(1_500);

  private final Prober prober =
      new Prober(
          new AddressRules(List.of()),
          Reach.PRIVATE_TOO,
          1 << 20,
          InstantSource.system(),
          System::nanoTime);
  private HttpServer pages;

  @BeforeEach
  void serve() throws IOException {
    pages = HttpServer.create(new InetSocketAddress(HERE, 0), 0);
    pages.createContext("/", ProberTest::answer);
    pages.start();
  }

  @AfterEach
  void stop() {
    pages.stop(0);
    prober.close();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    byte[] body = "all is well".getBytes(StandardCharsets.UTF_8);
    switch (exchange.getRequestURI().getPath()) {
      case "/ok" -> exchange.sendResponseHeaders(200, body.length);
      case "/moved" -> {
        exchange.getResponseHeaders().set("Location", "/ok");
        exchange.sendResponseHeaders(302, body.length);
      }
      case "/round" -> {
        exchange.getResponseHeaders().set("Location", "/round");
        exchange.sendResponseHeaders(302, body.length);
      }
      case "/file" -> {
        exchange.getResponseHeaders().set("Location", "file:///etc/passwd");
        exchange.sendResponseHeaders(302, body.length);
      }
      case "/metadata" -> {
        exchange.getResponseHeaders().set("Location", "http://169.254.169.254/latest/");
        exchange.sendResponseHeaders(302, body.length);
      }
      default -> exchange.sendResponseHeaders(503, body.length);
    }
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + pages.getAddress().getPort() + path;
  }

  private static Check.Http page(String url) {
    return new Check.Http(url, "GET", List.of(), "", "", true, "");
  }

  private ProbeResult attempt(Check check) {
    return attempt(check, PATIENT);
  }

  private ProbeResult attempt(Check check, Duration timeout) {
    assertThat(CheckRules.problem(check)).isEmpty();
    return prober.attempt(new Probe("test", PATIENT, timeout, IpFamily.ANY, check));
  }

  private static Map<String, Double> samples(ProbeResult result) {
    return result.samples().stream()
        .collect(Collectors.toMap(one -> name(one.labels()), ProbeResult.Sample::value));
  }

  private static String name(Labels labels) {
    String phase = labels.get("phase");
    String version = labels.get("version");
    return labels.metricName()
        + (phase == null ? "" : "/" + phase)
        + (version == null ? "" : "/" + version);
  }

  private static void failed(ProbeResult result, Kind kind, String detail) {
    ProbeFailure failure = requireNonNull(result.failure(), "the attempt did not fail");
    assertThat(failure.kind()).as(failure.message()).isEqualTo(kind);
    assertThat(failure.detail()).contains(detail);
    assertThat(samples(result)).containsEntry("probe_success", 0.0);
  }

  @Test
  void an_agent_asks_nothing_on_its_own_loopback_but_its_own_name_server() {
    try (Prober agents =
        new Prober(
            new AddressRules(List.of()),
            Reach.OTHER_MACHINES,
            1_024,
            InstantSource.system(),
            System::nanoTime)) {
      for (Check check :
          List.of(page(url("/ok")), new Check.Icmp("::1"), new Check.Icmp("64:ff9b::7f00:1"))) {
        ProbeResult result =
            agents.attempt(new Probe("test", PATIENT, PATIENT, IpFamily.ANY, check));
        assertThat(requireNonNull(result.failure()).kind()).isEqualTo(Kind.FORBIDDEN_ADDRESS);
        assertThat(result.failure().message()).contains("--probe-loopback yes");
      }
    }
  }

  @Test
  void a_page_that_is_as_expected_brings_its_phases() {
    ProbeResult result = attempt(page(url("/ok")));
    assertThat(result.failure()).isNull();
    assertThat(result.answer().status()).isEqualTo(200);
    assertThat(result.address()).isEqualTo("127.0.0.1");
    assertThat(result.phases())
        .extracting(Phase::name)
        .containsExactly("resolve", "connect", "processing", "transfer");
    assertThat(samples(result))
        .containsEntry("probe_success", 1.0)
        .containsEntry("probe_http_status_code", 200.0)
        .containsEntry("probe_http_ssl", 0.0)
        .containsEntry("probe_http_content_length", 11.0)
        .containsEntry("probe_http_uncompressed_body_length", 11.0)
        .containsEntry("probe_http_redirects", 0.0)
        .containsEntry("probe_http_version", 1.1)
        .containsEntry("probe_ip_protocol", 4.0)
        .containsEntry("probe_failed_due_to_regex", 0.0)
        .containsKeys("probe_http_duration_seconds/processing", "probe_dns_lookup_time_seconds");
  }

  @Test
  void redirects_are_followed_to_web_addresses_only_and_not_for_ever() {
    assertThat(samples(attempt(page(url("/moved")))))
        .containsEntry("probe_http_redirects", 1.0)
        .containsEntry("probe_http_status_code", 200.0);
    failed(attempt(page(url("/round"))), Kind.REDIRECTS, "more than 10");
    failed(attempt(page(url("/file"))), Kind.REDIRECTS, "file:///etc/passwd");
    failed(attempt(page(url("/metadata"))), Kind.FORBIDDEN_ADDRESS, "169.254.169.254");
    Check.Http stays = new Check.Http(url("/moved"), "GET", List.of(302), "", "", false, "");
    assertThat(attempt(stays).failure()).isNull();
  }

  @Test
  void another_status_or_body_than_expected_fails() {
    failed(attempt(page(url("/broken"))), Kind.STATUS, "503");
    Check.Http teapot = new Check.Http(url("/broken"), "GET", List.of(503), "", "", true, "");
    assertThat(attempt(teapot).failure()).isNull();
    Check.Http wants =
        new Check.Http(url("/ok"), "GET", List.of(), "all is (bad|odd)", "", true, "");
    failed(attempt(wants), Kind.BODY_LACKS, "bad|odd");
    Check.Http fears = new Check.Http(url("/ok"), "GET", List.of(), "", "w.ll", true, "");
    ProbeResult feared = attempt(fears);
    failed(feared, Kind.BODY_MATCHES, "w.ll");
    assertThat(samples(feared)).containsEntry("probe_failed_due_to_regex", 1.0);
    Check.Http head = new Check.Http(url("/ok"), "HEAD", List.of(), "", "", true, "");
    assertThat(attempt(head).failure()).isNull();
  }

  @Test
  void a_name_without_address_and_a_port_without_listener_are_told_apart() throws Exception {
    failed(attempt(page("http://nowhere.invalid/")), Kind.UNKNOWN_HOST, "nowhere.invalid");
    // A port that is held and not listened at: nobody else can take it.
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(HERE, 0));
      int free = held.getLocalPort();
      failed(
          attempt(new Check.Tcp("127.0.0.1", free, false, "", "", "")), Kind.REFUSED, ":" + free);
    }
    failed(
        attempt(new Check.Tcp("169.254.169.254", 80, false, "", "", "")),
        Kind.FORBIDDEN_ADDRESS,
        "169.254.169.254");
  }

  /// Serves one connection in its own way.
  private interface Service {
    void serve(Socket socket) throws Exception;
  }

  private static ServerSocket listen(Service service) throws IOException {
    ServerSocket server = new ServerSocket(0, 10, HERE);
    Thread.ofVirtual()
        .start(() -> {
          while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
              service.serve(socket);
            } catch (Exception e) {
              // The other end went away, or the test is over.
            }
          }
        });
    return server;
  }

  @Test
  void a_server_that_answers_byte_by_byte_does_not_outlast_the_timeout() throws Exception {
    Service dripping =
        socket -> {
          for (int i = 0; i < 1_200; i++) {
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nX: ".charAt(i % 20));
            socket.getOutputStream().flush();
            Thread.sleep(50);
          }
        };
    try (ServerSocket server = listen(dripping)) {
      ProbeResult result = attempt(page("http://127.0.0.1:" + server.getLocalPort() + "/"), SHORT);
      failed(result, Kind.TIMEOUT, "processing");
      assertThat(result.seconds()).isLessThan(45);
    }
  }

  @Test
  void what_is_no_http_and_what_hangs_up_is_told() throws Exception {
    try (ServerSocket server =
        listen(socket ->
            socket
                .getOutputStream()
                .write("220 mail ready\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
      failed(attempt(page("http://127.0.0.1:" + server.getLocalPort() + "/")), Kind.PROTOCOL, "");
    }
    Service hangsUp = socket -> socket.getInputStream().readNBytes(20);
    try (ServerSocket server = listen(hangsUp)) {
      ProbeResult result = attempt(page("http://127.0.0.1:" + server.getLocalPort() + "/"));
      assertThat(result.failure()).isNotNull();
    }
  }

  @Test
  void a_talk_over_tcp_is_as_expected_or_not() throws Exception {
    Service mail =
        socket -> {
          socket.getOutputStream().write("220 mail ready\r\n".getBytes(StandardCharsets.US_ASCII));
          byte[] said = socket.getInputStream().readNBytes(6);
          socket.getOutputStream().write(said);
        };
    try (ServerSocket server = listen(mail)) {
      int port = server.getLocalPort();
      assertThat(attempt(new Check.Tcp("127.0.0.1", port, false, "", "^220 ", "")).failure())
          .isNull();
      assertThat(
              attempt(new Check.Tcp("127.0.0.1", port, false, "QUIT\n", "QUIT\r\n", "")).failure())
          .isNull();
      failed(
          attempt(new Check.Tcp("127.0.0.1", port, false, "HELO\n", "^554", "")),
          Kind.NOT_EXPECTED,
          "^554");
    }
  }

  private ProbeResult secured(TestCertificate certificate, String host, String authorities)
      throws Exception {
    HttpsServer server = HttpsServer.create(new InetSocketAddress(HERE, 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.server()));
    server.createContext("/", ProberTest::answer);
    server.start();
    try {
      String url = "https://" + host + ":" + server.getAddress().getPort() + "/ok";
      return attempt(new Check.Http(url, "GET", List.of(), "", "", true, authorities));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_trusted_certificate_brings_its_end_and_the_version_of_tls() throws Exception {
    Instant now = Instant.now();
    TestCertificate good =
        TestCertificate.of("127.0.0.1", now.minusSeconds(60), now.plus(Duration.ofDays(9)));
    ProbeResult result = secured(good, "127.0.0.1", good.pem());
    assertThat(result.failure()).isNull();
    assertThat(result.answer().tls()).isEqualTo("TLS 1.3");
    assertThat(result.phases()).extracting(Phase::name).contains("tls");
    assertThat(samples(result))
        .containsEntry("probe_http_ssl", 1.0)
        .containsEntry("probe_tls_version_info/TLS 1.3", 1.0);
    assertThat(samples(result).get("probe_ssl_earliest_cert_expiry"))
        .isCloseTo(now.plus(Duration.ofDays(9)).getEpochSecond(), within(2.0));
  }

  @Test
  void each_fault_of_a_certificate_is_told_in_its_own_words() throws Exception {
    Instant now = Instant.now();
    Instant later = now.plus(Duration.ofDays(30));
    TestCertificate expired =
        TestCertificate.of(
            "127.0.0.1", now.minus(Duration.ofDays(90)), now.minus(Duration.ofDays(1)));
    ProbeResult result = secured(expired, "127.0.0.1", expired.pem());
    failed(
        result,
        Kind.CERTIFICATE_EXPIRED,
        expired.certificate().getNotAfter().toInstant().toString().substring(0, 10));
    assertThat(samples(result)).containsKey("probe_ssl_earliest_cert_expiry");
    TestCertificate own = TestCertificate.of("127.0.0.1", now.minusSeconds(60), later);
    failed(secured(own, "127.0.0.1", ""), Kind.CERTIFICATE_SELF_SIGNED, "CN=127.0.0.1");
    TestCertificate other = TestCertificate.of("shop.example", now.minusSeconds(60), later);
    failed(secured(other, "127.0.0.1", other.pem()), Kind.CERTIFICATE_OTHER_NAME, "shop.example");
    TestCertificate early = TestCertificate.of("127.0.0.1", now.plus(Duration.ofDays(1)), later);
    failed(secured(early, "127.0.0.1", early.pem()), Kind.CERTIFICATE_NOT_YET_VALID, "");
  }

  @Test
  void a_server_without_tls_is_told_when_tls_is_expected() throws Exception {
    Service mail =
        socket -> {
          socket.getOutputStream().write("220 mail ready\r\n".getBytes(StandardCharsets.US_ASCII));
          socket.getInputStream().readAllBytes();
        };
    try (ServerSocket server = listen(mail)) {
      failed(
          attempt(new Check.Tcp("127.0.0.1", server.getLocalPort(), true, "", "", "")),
          Kind.TLS,
          "");
    }
  }

  private static DatagramSocket nameServer(Function<DnsMessage, Optional<DnsMessage>> answers)
      throws IOException {
    DatagramSocket socket = new DatagramSocket(0, HERE);
    Thread.ofVirtual()
        .start(() -> {
          byte[] buffer = new byte[1_500];
          while (!socket.isClosed()) {
            try {
              DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
              socket.receive(packet);
              DnsMessage question = new DnsMessage(Arrays.copyOf(buffer, packet.getLength()));
              Optional<DnsMessage> answer = answers.apply(question);
              if (answer.isPresent()) {
                byte[] bytes = answer.get().toArray();
                socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
              }
            } catch (IOException e) {
              // The test is over.
            }
          }
        });
    return socket;
  }

  @Test
  void a_name_server_is_asked_and_its_answers_are_judged() throws Exception {
    try (DatagramSocket server =
        nameServer(question ->
            question.getQuestion().name.toString().equals("shop.example")
                ? Optional.of(
                    question
                        .getResponseBuilder(RESPONSE_CODE.NO_ERROR)
                        .addAnswer(
                            new Record<>("shop.example", Record.TYPE.A, 1, 60, new A("192.0.2.7")))
                        .build())
                : Optional.of(question.getResponseBuilder(RESPONSE_CODE.NX_DOMAIN).build()))) {
      String at = "127.0.0.1:" + server.getLocalPort();
      ProbeResult good = attempt(new Check.Dns("shop.example", "A", at, "^192\\.0\\.2\\."));
      assertThat(good.failure()).isNull();
      assertThat(good.answer().records()).containsExactly("A 192.0.2.7");
      assertThat(samples(good))
          .containsEntry("probe_dns_answer_rrs", 1.0)
          .containsEntry("probe_dns_query_succeeded", 1.0)
          .containsKey("probe_dns_duration_seconds/request");
      failed(
          attempt(new Check.Dns("shop.example", "A", at, "^10\\.")), Kind.DNS_OTHER, "192.0.2.7");
      failed(attempt(new Check.Dns("shop.example", "MX", at, "")), Kind.DNS_EMPTY, "MX");
      failed(attempt(new Check.Dns("gone.example", "A", at, "")), Kind.DNS_CODE, "NX_DOMAIN");
    }
    try (DatagramSocket silent = nameServer(question -> Optional.empty())) {
      String at = "127.0.0.1:" + silent.getLocalPort();
      failed(attempt(new Check.Dns("shop.example", "A", at, ""), SHORT), Kind.TIMEOUT, "request");
    }
  }

  @Test
  void an_echo_comes_back_from_this_machine() {
    assumeTrue(EchoSocket.IS_OFFERED, "echo requests are for Linux");
    ProbeResult result = attempt(new Check.Icmp("127.0.0.1"));
    ProbeFailure failure = result.failure();
    assumeFalse(
        failure != null && failure.kind() == Kind.NO_RIGHT, "no right to send echo requests");
    assertThat(failure).isNull();
    assertThat(samples(result))
        .containsKeys(
            "probe_icmp_duration_seconds/resolve",
            "probe_icmp_duration_seconds/setup",
            "probe_icmp_duration_seconds/rtt");
    assertThat(samples(result).get("probe_icmp_duration_seconds/rtt")).isLessThan(5);
  }

  @Test
  void an_echo_is_not_awaited_beyond_its_time() {
    assumeTrue(EchoSocket.IS_OFFERED, "echo requests are for Linux");
    Echo echo = EchoSocket.ask(HERE, 0);
    assumeFalse(echo instanceof Echo.NoRight, "no right to send echo requests");
    assertThat(echo).isEqualTo(new Echo.Silence());
  }
}
