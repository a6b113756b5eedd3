package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.Main;
import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A hub as a process of its own, killed without warning while samples come in.
class HubKillTest {
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
  private static final int SENDERS = 3;

  @TempDir Path folder;

  @Test
  void a_hub_killed_under_load_has_every_sample_it_acknowledged() throws Exception {
    kill(3);
  }

  @Test
  @Tag("long")
  void a_hub_killed_fifty_times_under_load_has_every_sample_it_acknowledged() throws Exception {
    kill(50);
  }

  private void kill(int times) throws Exception {
    Path data = folder.resolve("data");
    String token = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    Set<Integer> acknowledged = new HashSet<>();
    AtomicInteger next = new AtomicInteger();
    long begun = System.currentTimeMillis();
    for (int kill = 0; kill < times; kill++) {
      acknowledged.addAll(pushUntilKilled(data, token, next, begun));
    }
    assertThat(acknowledged.size()).isGreaterThan(10 * times);
    try (RunningHub hub = new RunningHub(data)) {
      Set<Integer> stored = new HashSet<>();
      JsonNode series =
          hub.json("/api/v1/series?match%5B%5D=ledger&start=" + (begun / 1000 - 1)).get("data");
      for (JsonNode labels : series) {
        stored.add(Integer.parseInt(labels.get("n").asString()));
      }
      assertThat(stored).containsAll(acknowledged);
      stored.removeAll(acknowledged);
      // What was on its way when the hub died may be there, but nothing that was never sent.
      assertThat(stored).allMatch(n -> n < next.get()).hasSizeLessThanOrEqualTo(times * SENDERS);
    }
  }

  private Queue<Integer> pushUntilKilled(Path data, String token, AtomicInteger next, long begun)
      throws Exception {
    Path output = folder.resolve("output-" + next.get());
    Process hub =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "hub",
                "--data",
                data.toString(),
                "--listen",
                "127.0.0.1:0")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Queue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
    AtomicBoolean killed = new AtomicBoolean();
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI address = URI.create(address(hub, output) + "/api/v1/write");
      List<Thread> senders =
          IntStream.range(0, SENDERS)
              .mapToObj(i ->
                  Thread.ofVirtual()
                      .start(() -> push(http, address, token, next, begun, acknowledged, killed)))
              .toList();
      await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > 20);
      hub.destroyForcibly().waitFor();
      killed.set(true);
      for (Thread sender : senders) {
        sender.join();
      }
    } finally {
      hub.destroyForcibly().waitFor();
    }
    return acknowledged;
  }

  private static String address(Process hub, Path output) {
    return await()
        .atMost(Duration.ofSeconds(120))
        .until(
            () -> {
              String text = read(output);
              assertThat(hub.isAlive()).as(text).isTrue();
              Matcher address = ADDRESS.matcher(text);
              return text.contains("Ready in") && address.find() ? address.group() : "";
            },
            found -> !found.isEmpty());
  }

  private static String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private static void push(
      HttpClient http,
      URI address,
      String token,
      AtomicInteger next,
      long begun,
      Queue<Integer> acknowledged,
      AtomicBoolean killed) {
    while (!killed.get()) {
      int n = next.getAndIncrement();
      byte[] body =
          new WriteRequestBody()
              .add(begun + n, n, "__name__", "ledger", "n", Integer.toString(n))
              .compressed();
      try {
        int status =
            http.send(
                    HttpRequest.newBuilder(address)
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                    HttpResponse.BodyHandlers.discarding())
                .statusCode();
        if (status == 204) {
          acknowledged.add(n);
        }
      } catch (IOException e) {
        // The hub is dead: this sample was not acknowledged.
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
