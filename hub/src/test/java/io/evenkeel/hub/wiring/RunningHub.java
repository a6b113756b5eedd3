package io.evenkeel.hub.wiring;

import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.config.ConfigReader;
import io.evenkeel.hub.config.EvenkeelConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole hub on a free port of this machine, with its agent, for tests that come in by HTTP.
final class RunningHub implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final HubWiring wiring;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  RunningHub(Path data) throws StartFailure, ConfigException {
    wiring = HubWiring.start(config(data), Clock.systemUTC());
  }

  /// A hub with a settings file.
  RunningHub(Path data, Path settings) throws StartFailure, ConfigException {
    wiring = HubWiring.start(config(data, settings), Clock.systemUTC());
  }

  /// A hub at an address.
  RunningHub(Path data, String listen) throws StartFailure, ConfigException {
    wiring = HubWiring.start(config(data, null, listen), Clock.systemUTC());
  }

  static EvenkeelConfig config(Path data) throws ConfigException {
    return config(data, null);
  }

  private static EvenkeelConfig config(Path data, @Nullable Path settings) throws ConfigException {
    return config(data, settings, "127.0.0.1:0");
  }

  private static EvenkeelConfig config(Path data, @Nullable Path settings, String listen)
      throws ConfigException {
    return ConfigReader.read(
        settings,
        Map.of("listen", listen, "data", data.toString(), "collection.instance", "this-machine"));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(wiring.url() + path)).timeout(Duration.ofSeconds(60));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  JsonNode json(String path) throws Exception {
    return JSON.readTree(get(path).body());
  }

  HttpResponse<String> put(String path, String json) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(json)));
  }

  HttpResponse<String> post(String path, String json) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  static JsonNode parse(String json) {
    return JSON.readTree(json);
  }

  Events live(@Nullable String lastEventId) throws Exception {
    HttpRequest.Builder request = request("/api/hub/v1/live").header("Accept", "text/event-stream");
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    return new Events(http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()).body());
  }

  /// The events of one stream, as they come.
  static final class Events implements AutoCloseable {
    private final InputStream in;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /// One event: its kind, id and data.
    record Event(String kind, String id, JsonNode data) {}

    Events(InputStream in) {
      this.in = in;
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      String kind = "";
      String id = "";
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("event: ")) {
            kind = line.substring(7);
          } else if (line.startsWith("id: ")) {
            id = line.substring(4);
          } else if (line.startsWith("data: ")) {
            events.add(new Event(kind, id, parse(line.substring(6))));
          }
        }
      } catch (IOException e) {
        // The stream was closed, by the test or by the hub.
        events.add(new Event("end", "", parse("{}")));
      }
    }

    Event next(String kind) throws InterruptedException {
      long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (System.nanoTime() < until) {
        Event event = events.poll(1, TimeUnit.SECONDS);
        if (event != null && event.kind.equals(kind)) {
          return event;
        }
      }
      throw new AssertionError("no event '" + kind + "' within 60 s");
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  @Override
  public void close() {
    wiring.close();
    http.close();
  }
}
