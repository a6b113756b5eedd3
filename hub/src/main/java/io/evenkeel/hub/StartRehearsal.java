package io.evenkeel.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Starts a hub in a folder of its own, asks for what a browser asks for first, and ends at the
/// first live value and some samples: so that the JVM can record what a start needs (`./evenkeel`
/// makes its AOT cache of it, JEP 514).
public final class StartRehearsal {
  private static final List<String> FIRST_REQUESTS =
      List.of("/", "/api/hub/v1/session", "/api/hub/v1/status", "/metrics");
  private static final Duration SHORTLY = Duration.ofMillis(20);
  private static final Pattern STREAM = Pattern.compile("\"stream\":\"([^\"]+)\"");
  private static final Pattern VALUE = Pattern.compile("\"v\":\\[[0-9]");

  /// `rate` like the pages' own expressions; the window is the hub's.
  private static final String WATCH =
      """
      {"subs":[{"id":"cpu","expr":"1 - avg(rate(node_cpu_seconds_total{mode=\\"idle\\"}[$window]))"}]}\
      """;

  private StartRehearsal() {}

  /// @param arguments the folder to use, which must not hold a hub's data
  public static void main(String[] arguments) {
    try {
      Path data = Path.of(arguments[0]);
      Path settings = data.resolve("evenkeel.yaml");
      Files.writeString(settings, "limits:\n  series: 200000\n");
      String[] hub = {
        "--config", settings.toString(), "--data", data.toString(), "--listen", "127.0.0.1:0"
      };
      // When the hub cannot start, the program ends with its message.
      Thread.ofPlatform().daemon().start(() -> Main.main(hub));
      Path link = data.resolve("setup-link");
      while (address(link).isEmpty() || !isReady(address(link))) {
        Thread.sleep(SHORTLY);
      }
      String url = address(link);
      for (String path : FIRST_REQUESTS) {
        open(url + path, "GET").getInputStream().readAllBytes();
      }
      watchUntilFirstValue(url);
      SampleRehearsal samples = new SampleRehearsal(url, data, Clock.systemUTC());
      samples.deliver();
      samples.readBack();
    } catch (IOException | InterruptedException e) {
      System.err.println("evenkeel: the rehearsal of a start failed: " + e);
      System.exit(1);
    }
    System.exit(0);
  }

  /// Where the hub answers, from the set-up link that it leaves in its folder; empty while it does
  /// not.
  private static String address(Path link) throws IOException {
    String text = Files.exists(link) ? Files.readString(link) : "";
    return text.substring(0, Math.max(0, text.indexOf("/setup")));
  }

  private static boolean isReady(String url) throws IOException {
    return open(url + "/-/ready", "GET").getResponseCode() == HttpURLConnection.HTTP_OK;
  }

  private static HttpURLConnection open(String address, String method) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(address).toURL().openConnection();
    connection.setRequestMethod(method);
    connection.setReadTimeout(20_000);
    return connection;
  }

  private static void watchUntilFirstValue(String url) throws IOException {
    HttpURLConnection live = open(url + "/api/hub/v1/live", "GET");
    live.setRequestProperty("Accept", "text/event-stream");
    try (BufferedReader events =
        new BufferedReader(new InputStreamReader(live.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = events.readLine(); line != null; line = events.readLine()) {
        Matcher stream = STREAM.matcher(line);
        if (stream.find()) {
          subscribe(url + "/api/hub/v1/live/" + stream.group(1) + "/subscriptions", url);
        }
        if (VALUE.matcher(line).find()) {
          return;
        }
      }
    }
    throw new IOException("the live stream ended without a value");
  }

  private static void subscribe(String address, String origin) throws IOException {
    HttpURLConnection put = open(address, "PUT");
    put.setRequestProperty("Content-Type", "application/json");
    put.setRequestProperty("Origin", origin);
    put.setDoOutput(true);
    put.getOutputStream().write(WATCH.getBytes(StandardCharsets.UTF_8));
    put.getInputStream().readAllBytes();
  }
}
