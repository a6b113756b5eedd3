package io.evenkeel.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UiFilesTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static WebServer server;

  @BeforeAll
  static void start() {
    UiFiles files = new UiFiles("/fixtures/pages");
    server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .shutdownHook(false)
            .routing(routing ->
                routing.any((request, response) -> {
                  try {
                    files.answer(request, response);
                  } catch (ApiException e) {
                    response.status(e.status()).send();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }))
            .build()
            .start();
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    server.stop();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/fleet",
        "/servers/web1.example.org/cpu",
        "/servers/web1.example.org",
        "/d/a-b"
      })
  void every_page_address_gets_the_application(String path) throws Exception {
    HttpResponse<String> answer = get(path, "", "");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("<title>pages");
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-cache");
  }

  @ParameterizedTest
  @CsvSource({
    "'gzip, deflate, br', br, brotli form",
    "gzip, gzip, gzip form",
    "identity, '', console.log(\"plain\")"
  })
  void a_built_file_goes_out_in_the_smallest_form_the_browser_takes(
      String accepts, String encoding, String body) throws Exception {
    HttpResponse<String> answer = get("/assets/main-4f2a.js", accepts, "");
    assertThat(answer.body().strip()).isEqualTo(body);
    assertThat(answer.headers().firstValue("Content-Encoding").orElse("")).isEqualTo(encoding);
    assertThat(answer.headers().firstValue("Content-Type"))
        .contains("text/javascript; charset=utf-8");
    assertThat(answer.headers().firstValue("Cache-Control"))
        .contains("public, max-age=31536000, immutable");
    assertThat(answer.headers().firstValue("Vary")).contains("Accept-Encoding");
  }

  @Test
  void an_unchanged_file_is_not_sent_again() throws Exception {
    String tag = get("/favicon.svg", "", "").headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again = get("/favicon.svg", "", tag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(get("/favicon.svg", "", "\"other\"").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing.js",
        "/assets/gone-1234.css",
        "/assets/.hidden.js",
        "/assets//main-4f2a.js"
      })
  void a_file_that_is_not_there_is_not_the_application(String path) throws Exception {
    assertThat(get(path, "", "").statusCode()).isEqualTo(404);
  }

  @Test
  void head_tells_the_size_without_the_body() throws Exception {
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/favicon.svg"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Length")).contains("6");
    assertThat(answer.body()).isEmpty();
  }

  private static HttpResponse<String> get(String path, String accepts, String tag)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    if (!accepts.isEmpty()) {
      request.header("Accept-Encoding", accepts);
    }
    if (!tag.isEmpty()) {
      request.header("If-None-Match", tag);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
