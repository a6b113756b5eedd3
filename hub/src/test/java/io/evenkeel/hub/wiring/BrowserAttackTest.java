package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What another site's page, a rebound name or a proxy can make somebody's browser do: nothing.
class BrowserAttackTest {
  private static final String PERIOD = "/api/hub/v1/settings/collection";

  @TempDir Path data;
  private TestHub hub;

  @BeforeEach
  void start() {
    hub = TestHub.start(data);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9595",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
        "[::2]"
      })
  void before_set_up_another_host_name_gets_nothing(String host) throws IOException {
    for (String path :
        new String[] {"/", "/fleet", "/api/hub/v1/session", PERIOD, "/favicon.svg"}) {
      assertThat(raw("GET", path, host, ""))
          .as(path)
          .doesNotContain(" 200 ")
          .doesNotContain("version");
    }
    assertThat(raw("GET", "/-/healthy", "evil.example", "")).contains(" 200 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:9595", "127.0.0.1:1", "[::1]:9595", "[::1]"})
  void before_set_up_every_local_name_gets_in(String host) throws IOException {
    assertThat(raw("GET", "/api/hub/v1/session", host, "")).contains(" 200 ").contains("\"setup\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Forwarded: for=203.0.113.9",
        "X-Forwarded-For: 203.0.113.9",
        "x-forwarded-for: 127.0.0.1",
        "X-Forwarded-Host: hub.example",
        "X-Forwarded-Proto: https",
        "X-Real-IP: 203.0.113.9",
        "Via: 1.1 proxy"
      })
  void before_set_up_a_proxy_lends_nobody_its_loopback_address(String header) throws IOException {
    assertThat(raw("GET", "/api/hub/v1/session", "127.0.0.1", header)).contains(" 403 ");
  }

  @Test
  void a_change_without_the_csrf_text_is_refused() {
    Browser admin = hub.setUp();
    admin.useCsrf(null);
    Answer answer = admin.put(PERIOD, Map.of("periodSeconds", 5));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text()).contains("X-CSRF-Token");
    admin.useCsrf("AAAA");
    assertThat(admin.put(PERIOD, Map.of("periodSeconds", 5)).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://127.0.0.1.evil.example"
      })
  void a_change_from_another_sites_page_is_refused_even_with_the_csrf_text(String origin) {
    Browser admin = hub.setUp().with("Origin", origin);
    assertThat(admin.put(PERIOD, Map.of("periodSeconds", 5)).status()).isEqualTo(403);
    assertThat(
            hub.visitor()
                .with("Origin", origin)
                .post("/api/hub/v1/login", Map.of("name", "admin", "password", TestHub.PASSWORD))
                .status())
        .as("logging somebody in as somebody else")
        .isEqualTo(403);
  }

  @Test
  void the_hubs_own_page_may_change_things() {
    Browser admin = hub.setUp().with("Origin", hub.hub.url());
    assertThat(admin.put(PERIOD, Map.of("periodSeconds", 5)).json().get("periodSeconds").asInt())
        .isEqualTo(5);
  }

  @Test
  void a_cross_site_request_without_an_origin_is_refused_by_its_fetch_header() {
    Browser admin = hub.setUp().with("Sec-Fetch-Site", "cross-site");
    assertThat(admin.put(PERIOD, Map.of("periodSeconds", 5)).status()).isEqualTo(403);
  }

  @Test
  void the_public_address_may_be_another_than_the_one_the_hub_sees(@TempDir Path other) {
    try (TestHub proxied =
        TestHub.start(other, Map.of("publicUrl", "https://monitor.example.org"))) {
      Browser admin = proxied.setUp().with("Origin", "https://monitor.example.org");
      assertThat(admin.put(PERIOD, Map.of("periodSeconds", 5)).status()).isEqualTo(200);
    }
  }

  @Test
  void a_form_of_another_site_cannot_send_json() {
    Browser admin = hub.setUp().with("Content-Type", "text/plain");
    assertThat(
            admin
                .post("/api/hub/v1/login", Map.of("name", "admin", "password", TestHub.PASSWORD))
                .status())
        .isEqualTo(415);
  }

  @Test
  void every_answer_carries_the_security_headers() {
    for (String path : new String[] {"/", "/api/hub/v1/session", "/api/nothing", "/-/healthy"}) {
      Answer answer = hub.visitor().get(path);
      assertThat(answer.header("Content-Security-Policy"))
          .contains("default-src 'self'")
          .contains("object-src 'none'")
          .contains("base-uri 'none'")
          .contains("frame-ancestors 'none'")
          .doesNotContain("script-src");
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("Referrer-Policy")).isEqualTo("same-origin");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../META-INF/settings.txt",
        "/assets/../../evenkeel-version.txt",
        "/%2e%2e/evenkeel-version.txt",
        "/assets/%2e%2e%2f%2e%2e%2fevenkeel-version.txt",
        "/..%2fio/evenkeel/hub/evenkeel-version.txt",
        "//etc/passwd.txt",
        "/assets\\..\\index.html",
        "/.evenkeel-sources.txt",
        "/index.html%00.txt",
        "/../evenkeel-version.txt",
        "/assets/..;/../evenkeel-version.txt"
      })
  void no_address_climbs_out_of_the_pages(String path) throws IOException {
    String answer = raw("GET", path, "127.0.0.1", "");
    assertThat(answer).containsPattern("^HTTP/1.1 (400|404|403)");
  }

  /// A request exactly as written, which a well-behaved client would not send.
  private String raw(String method, String path, String host, String header) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", hub.hub.port())) {
      socket.setSoTimeout(10_000);
      String request =
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: "
              + host
              + "\r\nConnection: close\r\n"
              + (header.isEmpty() ? "" : header + "\r\n")
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
