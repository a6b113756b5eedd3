package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.config.ConfigReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void over_tls_the_cookie_is_bound_to_the_host(String algorithm) throws Exception {
    Instant now = Clock.systemUTC().instant();
    TestCertificate identity =
        TestCertificate.of(
            algorithm, "127.0.0.1", now.minusSeconds(60), now.plus(Duration.ofDays(2)));
    try (HubWiring hub = start(identity);
        HttpClient client = HttpClient.newBuilder().sslContext(identity.trusting()).build()) {
      assertThat(hub.url()).startsWith("https://127.0.0.1:");
      String link = hub.setupLink().orElseThrow();
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(hub.url() + "/api/hub/v1/setup"))
                  .header("Content-Type", "application/json")
                  .header("Origin", hub.url())
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"token\":\"%s\",\"name\":\"admin\",\"password\":\"%s\"}"
                              .formatted(link.substring(link.indexOf('=') + 1), TestHub.PASSWORD)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow())
          .startsWith("__Host-evenkeel_session=")
          .contains("; Secure")
          .contains("; Path=/")
          .doesNotContain("Domain");
      assertThat(answer.headers().firstValue("Strict-Transport-Security")).isPresent();
    }
  }

  private HubWiring start(TestCertificate identity) throws Exception {
    Path certificate = Files.writeString(folder.resolve("hub.crt"), identity.pem());
    Path key = Files.writeString(folder.resolve("hub.key"), identity.keyPem());
    return HubWiring.start(
        ConfigReader.read(
            null,
            Map.of(
                "listen", "127.0.0.1:0",
                "data", folder.resolve("data").toString(),
                "tls.certificate", certificate.toString(),
                "tls.key", key.toString())),
        Clock.systemUTC());
  }
}
