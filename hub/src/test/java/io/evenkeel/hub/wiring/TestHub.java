package io.evenkeel.hub.wiring;

import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.ConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole hub on a free port of this machine, under a clock that the test moves, and clients for
/// it.
public final class TestHub implements AutoCloseable {
  public static final String ADMIN = "admin";
  public static final String PASSWORD = "correct horse battery staple";

  private static final JsonMapper JSON = new JsonMapper();

  public final ManualClock clock;
  public final HubWiring hub;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(60))
          .build();

  private TestHub(Path data, Map<String, String> settings, Clock time)
      throws ConfigException, StartFailure {
    clock = time instanceof ManualClock manual ? manual : new ManualClock();
    Map<String, String> all = new HashMap<>(settings);
    all.put("data", data.toString());
    all.putIfAbsent("listen", "127.0.0.1:0");
    hub = HubWiring.start(ConfigReader.read(null, all), time);
  }

  public static TestHub start(Path data) {
    return start(data, Map.of());
  }

  public static TestHub start(Path data, Map<String, String> settings) {
    return start(data, settings, new ManualClock());
  }

  /// A hub under a clock, for tests with agents in processes of their own.
  public static TestHub start(Path data, Map<String, String> settings, Clock time) {
    try {
      return new TestHub(data, settings, time);
    } catch (ConfigException | StartFailure e) {
      throw new IllegalStateException(e);
    }
  }

  /// A hub under the machine's clock that lets agents in, for tests with agents in processes of
  /// their own. It calls its own machine `this-machine`.
  public static TestHub withAgents(Path data) {
    return start(
        data,
        Map.of("agents.listen", "127.0.0.1:0", "collection.instance", "this-machine"),
        Clock.systemUTC());
  }

  /// Where agents come in.
  public static String agentDoor(Browser admin) {
    return "https://127.0.0.1:" + admin.get("/api/hub/v1/enrolment").json().get("port").asInt();
  }

  /// A new token for one server.
  public static String enrolmentToken(Browser admin) {
    return admin
        .post("/api/hub/v1/enrolment/tokens", Map.of("host", "127.0.0.1"))
        .json()
        .get("token")
        .asString();
  }

  /// The secret of the set-up link that the hub made at its start.
  public String setupToken() {
    String link = hub.setupLink().orElseThrow();
    return link.substring(link.indexOf("#token=") + "#token=".length());
  }

  /// Somebody without a session.
  public Browser visitor() {
    return new Browser();
  }

  /// The first administrator, logged in.
  public Browser setUp() {
    Browser admin = visitor();
    Answer answer =
        admin.post(
            "/api/hub/v1/setup",
            Map.of("token", setupToken(), "name", ADMIN, "password", PASSWORD));
    if (answer.status() != 200) {
      throw new IllegalStateException(answer.text());
    }
    return admin;
  }

  /// Somebody with an account of a role, logged in.
  public Browser person(Browser admin, String name, String role) {
    admin.post("/api/hub/v1/users", Map.of("name", name, "password", PASSWORD, "role", role));
    Browser person = visitor();
    person.post("/api/hub/v1/login", Map.of("name", name, "password", PASSWORD));
    return person;
  }

  /// A new API token's secret.
  public String token(Browser admin, String role, String scope) {
    return admin
        .post(
            "/api/hub/v1/tokens",
            Map.of("name", "test", "role", role, "scope", scope, "expiresInDays", 1))
        .json()
        .get("token")
        .asString();
  }

  @Override
  public void close() {
    http.close();
    hub.close();
  }

  /// An answer with its body as text.
  public record Answer(int status, HttpResponse<String> response) {
    public String text() {
      return response.body();
    }

    public JsonNode json() {
      return JSON.readTree(response.body());
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  /// A client that keeps the session's cookie and sends its CSRF text, as the pages do.
  public final class Browser {
    private @Nullable String cookie;
    private @Nullable String csrf;
    private final Map<String, String> headers = new HashMap<>();

    /// Sends a header with every request from now on.
    public Browser with(String name, String value) {
      headers.put(name, value);
      return this;
    }

    public Browser without(String name) {
      headers.remove(name);
      return this;
    }

    public Browser bearer(String token) {
      return with("Authorization", "Bearer " + token);
    }

    public @Nullable String cookie() {
      return cookie;
    }

    public Browser useCookie(@Nullable String value) {
      cookie = value;
      return this;
    }

    public Browser useCsrf(@Nullable String value) {
      csrf = value;
      return this;
    }

    public Answer get(String path) {
      return send("GET", path, null);
    }

    public Answer post(String path, Object body) {
      return send("POST", path, body);
    }

    public Answer put(String path, Object body) {
      return send("PUT", path, body);
    }

    public Answer delete(String path) {
      return send("DELETE", path, null);
    }

    public Answer send(String method, String path, @Nullable Object body) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(hub.url() + path))
              .timeout(Duration.ofSeconds(60))
              .method(
                  method,
                  body == null
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofByteArray(
                          body instanceof byte[] bytes ? bytes : JSON.writeValueAsBytes(body)));
      if (body != null && !headers.containsKey("Content-Type")) {
        request.header("Content-Type", "application/json");
      }
      if (cookie != null) {
        request.header("Cookie", cookie);
      }
      if (csrf != null) {
        request.header("X-CSRF-Token", csrf);
      }
      headers.forEach(request::header);
      try {
        HttpResponse<String> response =
            http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        remember(response);
        return new Answer(response.statusCode(), response);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    private void remember(HttpResponse<String> response) {
      response
          .headers()
          .firstValue("Set-Cookie")
          .ifPresent(set -> cookie = set.substring(0, set.indexOf(';')));
      if (response.statusCode() == 200 && response.body().startsWith("{\"state\":\"ready\"")) {
        JsonNode text = JSON.readTree(response.body()).get("csrf");
        csrf = text.isNull() ? null : text.asString();
      }
    }
  }
}
