package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.config.ConfigReader;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
  private static final char[] STORE_PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void over_tls_the_cookie_is_bound_to_the_host(String algorithm) throws Exception {
    KeyStore store = identity(algorithm);
    try (HubWiring hub = start(store);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(store)).build()) {
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

  private HubWiring start(KeyStore store) throws Exception {
    Path certificate = folder.resolve("hub.crt");
    Path key = folder.resolve("hub.key");
    Certificate own = store.getCertificate("hub");
    Key secret = store.getKey("hub", STORE_PASSWORD);
    Files.writeString(certificate, pem("CERTIFICATE", own.getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", secret.getEncoded()));
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

  private KeyStore identity(String algorithm) throws Exception {
    Path file = folder.resolve("hub.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "hub",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(STORE_PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, STORE_PASSWORD);
    }
    return store;
  }

  private static SSLContext trusting(KeyStore identity) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("hub", identity.getCertificate("hub"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static String pem(String kind, byte[] der) {
    Base64.Encoder base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(kind, base64.encodeToString(der));
  }
}
