package io.evenkeel.promql.random;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// A Prometheus of the system, started on loopback over given samples and stopped again.
final class PrometheusPeer implements AutoCloseable {
  private final Process process;
  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(60)).build();

  private PrometheusPeer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Whether the programs are installed.
  static boolean isInstalled() {
    return program("prometheus").isPresent() && program("promtool").isPresent();
  }

  private static Optional<Path> program(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(":", -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Starts one over blocks made from series.
  ///
  /// @param shift added to every time, milliseconds
  static PrometheusPeer start(Path folder, List<RandomSamples.Numbers> series, long shift)
      throws IOException, InterruptedException {
    Path metrics = folder.resolve("metrics.txt");
    Files.writeString(metrics, openMetrics(series, shift));
    Path data = Files.createDirectories(folder.resolve("data"));
    run(
        folder,
        "promtool",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        metrics.toString(),
        data.toString());
    Path settings = folder.resolve("prometheus.yml");
    Files.writeString(settings, "global:\n  scrape_interval: 1h\n");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + settings,
                "--storage.tsdb.path=" + data,
                "--storage.tsdb.retention.time=100y",
                "--enable-feature=promql-at-modifier,promql-negative-offset",
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    PrometheusPeer peer = new PrometheusPeer(process, port);
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!peer.isReady()) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        peer.close();
        throw new IOException(
            "Prometheus did not start: " + Files.readString(folder.resolve("prometheus.log")));
      }
      Thread.onSpinWait();
      process.waitFor(100, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
    return peer;
  }

  private static void run(Path folder, String... command) throws IOException, InterruptedException {
    Path log = folder.resolve("promtool.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (process.waitFor() != 0) {
      throw new IOException("promtool failed: " + Files.readString(log));
    }
  }

  private static String openMetrics(List<RandomSamples.Numbers> series, long shift) {
    StringBuilder out = new StringBuilder();
    // Samples of one metric belong together.
    for (String metric : RandomSamples.METRICS) {
      for (RandomSamples.Numbers numbers : series) {
        if (!numbers.labels().metricName().equals(metric)) {
          continue;
        }
        // OpenMetrics takes no blank behind a comma.
        String labels = numbers.labels().toString().replace("\", ", "\",");
        for (RandomSamples.Sample sample : numbers.samples()) {
          if (!sample.stale()) {
            out.append(labels)
                .append(' ')
                .append(io.evenkeel.promql.FloatText.of(sample.value()))
                .append(' ')
                .append(
                    String.format(
                        Locale.ROOT,
                        "%d.%03d",
                        (shift + sample.time()) / 1000,
                        (shift + sample.time()) % 1000))
                .append('\n');
          }
        }
      }
    }
    return out.append("# EOF\n").toString();
  }

  private boolean isReady() throws InterruptedException {
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /// The answer to an instant query, as JSON.
  String instant(String query, long timeMillis) throws IOException, InterruptedException {
    return get("/api/v1/query?query=" + encoded(query) + "&time=" + seconds(timeMillis)).body();
  }

  /// The answer to a range query, as JSON.
  String range(String query, long startMillis, long endMillis, long stepMillis)
      throws IOException, InterruptedException {
    return get("/api/v1/query_range?query="
            + encoded(query)
            + "&start="
            + seconds(startMillis)
            + "&end="
            + seconds(endMillis)
            + "&step="
            + seconds(stepMillis))
        .body();
  }

  private static String seconds(long millis) {
    return java.math.BigDecimal.valueOf(millis, 3).toPlainString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
