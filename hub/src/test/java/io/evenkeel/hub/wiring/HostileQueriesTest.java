package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one caller's endless queries do to everybody else: nothing.
class HostileQueriesTest {
  private static final List<String> ENDLESS =
      List.of(
          "max_over_time(sum_over_time(vector(1)[1d:1s])[1000d:1s])",
          "sum_over_time(vector(1)[10000s:10ms])",
          "quantile_over_time(0.5, vector(time())[1h:100ms])",
          "count(count_over_time({__name__=~'.+'}[1d:1s]))",
          "sort(" + "(".repeat(30) + "vector(1)" + ")".repeat(30) + ")[1000d:1ms]",
          "stddev_over_time(vector(1)[1000d:1s])");

  @TempDir Path data;

  private static String range(String query, long end) {
    return "/api/v1/query_range?query="
        + URLEncoder.encode(query, StandardCharsets.UTF_8)
        + "&start="
        + (end - 100_000)
        + "&end="
        + end
        + "&step=10";
  }

  @Test
  void fifty_hostile_queries_leave_ingest_and_other_callers_alone() throws Exception {
    String ingest = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    String other = Tokens.make(data, Role.VIEWER, Scope.API);
    String hostile = Tokens.make(data, Role.VIEWER, Scope.API);
    try (TestHub hub = TestHub.start(data, Map.of("limits.queryTimeout", "3s"));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      long now = hub.clock.millis() / 1000;
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String query = ENDLESS.get(i % ENDLESS.size());
        answers.add(callers.submit(() -> hub.visitor().bearer(hostile).get(range(query, now))));
      }
      Browser writer =
          hub.visitor()
              .bearer(ingest)
              .with("Content-Type", "application/x-protobuf")
              .with("Content-Encoding", "snappy");
      Browser reader = hub.visitor().bearer(other);
      int rounds = 0;
      long slowest = 0;
      while (answers.stream().anyMatch(answer -> !answer.isDone()) || rounds < 3) {
        rounds++;
        long begun = System.nanoTime();
        byte[] body =
            new WriteRequestBody()
                .add(hub.clock.millis() + rounds, rounds, "__name__", "round", "job", "t")
                .compressed();
        assertThat(writer.post("/api/v1/write", body).status()).isEqualTo(204);
        hub.clock.advance(Duration.ofMillis(rounds));
        Answer answer = reader.get("/api/v1/query?query=round");
        // Three seconds are the hostile queries' limit; where other builds have the cores, a small
        // one may once need more. How long the round takes is judged below.
        for (int again = 0; answer.status() == 503 && again < 20; again++) {
          answer = reader.get("/api/v1/query?query=round");
        }
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().at("/data/result/0/value/1").asString()).isEqualTo("" + rounds);
        slowest = Math.max(slowest, System.nanoTime() - begun);
      }
      // Generous: what is shared is two cores, perhaps with other builds.
      assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(45));
      int refused = 0;
      for (Future<Answer> future : answers) {
        Answer answer = future.get();
        if (answer.status() == 200) {
          // A quick machine may finish the smaller ones within the limits; that is no harm.
          continue;
        }
        refused++;
        assertThat(answer.status()).as(answer.text()).isIn(400, 422, 503);
        assertThat(answer.json().get("status").asString()).isEqualTo("error");
      }
      assertThat(refused).isGreaterThanOrEqualTo(2 * answers.size() / ENDLESS.size());
    }
  }

  @Test
  void a_query_whose_caller_went_away_is_given_up() throws Exception {
    try (TestHub hub = TestHub.start(data)) {
      URI url = URI.create(hub.hub.url());
      String query =
          range("quantile_over_time(0.5, vector(time())[40000s:1s])", hub.clock.millis() / 1000);
      try (Socket socket = new Socket(InetAddress.getByName(url.getHost()), url.getPort())) {
        socket
            .getOutputStream()
            .write(
                ("GET " + query + " HTTP/1.1\r\nHost: 127.0.0.1:" + url.getPort() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> metric(hub, "evenkeel_queries_running") == 1);
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> {
            assertThat(metric(hub, "evenkeel_queries_running")).isZero();
            assertThat(metric(hub, "evenkeel_queries_abandoned_total")).isEqualTo(1);
          });
    }
  }

  private static double metric(TestHub hub, String name) throws IOException {
    return hub.visitor()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .mapToDouble(Double::parseDouble)
        .findFirst()
        .orElse(-1);
  }
}
