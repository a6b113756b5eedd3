package io.evenkeel.hub.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.clean.HostSignals;
import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.Report;
import io.evenkeel.hub.live.LiveHub.Wish;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LiveHubTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final LiveLimits LIMITS =
      new LiveLimits(
          20,
          3,
          10,
          100,
          200,
          50,
          Duration.ofHours(1),
          Duration.ofSeconds(60),
          Duration.ofMillis(200),
          Duration.ofMinutes(5));

  @TempDir Path folder;

  private long now = 1_700_000_000_000L;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private final MemoryStore store = new MemoryStore();
  private final HubMetrics metrics = new HubMetrics();
  private final CpuPool pool = new CpuPool(2, 100);
  private Database database;
  private HostRegistry hosts;
  private LiveHub live;
  private String web1;

  @BeforeEach
  void open() {
    database = Database.open(folder.resolve("settings.db"));
    hosts = new HostRegistry(database, clock, System::nanoTime);
    live = new LiveHub(store, pool, hosts, metrics, clock, LIMITS);
    web1 = known("web1");
  }

  @AfterEach
  void close() {
    live.close();
    hosts.close();
    database.close();
    pool.close();
  }

  private String known(String name) {
    HostTick tick =
        new HostTick(
            name,
            now,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            null,
            HostSignals.NONE);
    return hosts.reported(new Report(tick, "1", OptionalLong.of(1000), null, false)).orElseThrow();
  }

  private void second(double value) {
    second(value, "a");
  }

  private void second(double value, String... devices) {
    now += 1000;
    SampleBatch batch = new SampleBatch();
    for (String device : devices) {
      Labels labels = Labels.of("__name__", "load", "instance", "web1", "device", device);
      batch.addSample(batch.addSeries(labels), now, value);
    }
    store.append(batch);
    live.arrived(web1, now, true);
  }

  /// A browser: reads events on a thread of its own, as slowly as a test wants.
  private final class Browser extends OutputStream implements LiveHub.LiveConnection {
    final List<String> events = new ArrayList<>();
    final Semaphore permits = new Semaphore(0);
    private final StringBuilder text = new StringBuilder();
    private final Thread thread;
    volatile boolean gone;
    volatile boolean admitted = true;
    volatile boolean slow;

    Browser(String owner, String lastEventId) {
      thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  live.serve(owner, Optional.of(lastEventId), this);
                } catch (InterruptedException e) {
                  gone = true;
                }
              });
    }

    @Override
    public OutputStream begin() {
      return this;
    }

    @Override
    public boolean admitted() {
      return admitted;
    }

    @Override
    public void ended(Exception e) {
      gone = true;
    }

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      if (slow) {
        permits.acquireUninterruptibly();
      }
      if (gone) {
        throw new IOException("connection reset");
      }
      synchronized (events) {
        text.append(new String(bytes, StandardCharsets.UTF_8));
        for (int end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          events.add(text.substring(0, end));
          text.delete(0, end + 2);
        }
      }
    }

    List<String> events(String kind) {
      synchronized (events) {
        return events.stream().filter(event -> event.contains("event: " + kind)).toList();
      }
    }

    String stream() {
      await().atMost(Duration.ofSeconds(60)).until(() -> !events("hello").isEmpty());
      return data(events("hello").getFirst()).get("stream").asString();
    }

    JsonNode frame(int index) {
      await().atMost(Duration.ofSeconds(60)).until(() -> events("frame").size() > index);
      return data(events("frame").get(index));
    }

    String lastId() {
      return events("frame")
          .getLast()
          .lines()
          .filter(l -> l.startsWith("id: "))
          .findFirst()
          .orElseThrow()
          .substring(4);
    }

    void leave() throws InterruptedException {
      gone = true;
      permits.release(1000);
      thread.join();
    }
  }

  private static JsonNode data(String event) {
    return JSON.readTree(
        event.lines().filter(l -> l.startsWith("data: ")).findFirst().orElseThrow().substring(6));
  }

  private void subscribe(Browser browser, Wish... wishes) {
    assertThat(live.subscribe("ann", browser.stream(), List.of(wishes))).isTrue();
  }

  @Test
  void a_new_stream_says_hello_then_sends_frames_as_samples_arrive() {
    Browser browser = new Browser("ann", "");
    subscribe(browser, new Wish("l", "load", web1));
    second(0.5);
    JsonNode first = browser.frame(0);
    assertThat(first.get("t").asLong()).isEqualTo(now);
    assertThat(first.get("sent").asLong()).isEqualTo(now);
    JsonNode sub = first.get("subs").get(0);
    assertThat(sub.get("id").asString()).isEqualTo("l");
    assertThat(sub.get("series").get(0).get("device").asString()).isEqualTo("a");
    assertThat(sub.get("v").get(0).asDouble()).isEqualTo(0.5);
    second(0.75);
    JsonNode second = browser.frame(1).get("subs").get(0);
    assertThat(second.has("series")).isFalse();
    assertThat(second.get("rev")).isEqualTo(sub.get("rev"));
    assertThat(second.get("v").get(0).asDouble()).isEqualTo(0.75);
  }

  @Test
  void the_series_come_again_when_they_change() {
    Browser browser = new Browser("ann", "");
    subscribe(browser, new Wish("l", "load", web1));
    second(1, "a");
    JsonNode before = browser.frame(0).get("subs").get(0);
    second(2, "a", "b");
    JsonNode after = browser.frame(1).get("subs").get(0);
    assertThat(after.get("rev").asInt()).isGreaterThan(before.get("rev").asInt());
    assertThat(after.get("series")).hasSize(2);
    assertThat(after.get("v")).hasSize(2);
  }

  @Test
  void what_is_watched_comes_at_once_from_the_samples_that_are_there() {
    second(3);
    Browser browser = new Browser("ann", "");
    subscribe(browser, new Wish("l", "load", web1));
    assertThat(browser.frame(0).get("subs").get(0).get("v").get(0).asDouble()).isEqualTo(3);
    subscribe(browser, new Wish("l2", "load * 2", web1), new Wish("l", "load", web1));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            browser.events("frame").stream()
                .map(LiveHubTest::data)
                .flatMap(frame -> frame.get("subs").valueStream())
                .anyMatch(sub -> (sub.get("id").asString() + sub.get("v")).equals("l2[6]")));
  }

  @Test
  void the_window_follows_the_hosts_period() {
    Browser browser = new Browser("ann", "");
    subscribe(browser, new Wish("c", "count_over_time(load[$window])", web1));
    for (int i = 0; i < 8; i++) {
      second(1);
      browser.frame(i);
    }
    assertThat(browser.frame(7).get("subs").get(0).get("v").get(0).asDouble()).isEqualTo(5);
  }

  @Test
  void a_page_that_left_makes_room_for_one_that_comes() throws Exception {
    Browser first = new Browser("ann", "");
    String left = first.stream();
    new Browser("ann", "").stream();
    new Browser("ann", "").stream();
    assertThatThrownBy(() -> live.serve("ann", Optional.empty(), new Browser("bob", "")))
        .isInstanceOf(LiveRefusal.class)
        .hasMessageContaining("close some of the pages");
    first.leave();
    assertThat(new Browser("ann", "").stream()).isNotEqualTo(left);
    assertThat(live.subscribe("ann", left, List.of())).isFalse();
  }

  @Test
  void many_browsers_share_one_evaluation() {
    Browser a = new Browser("ann", "");
    Browser b = new Browser("bob", "");
    subscribe(a, new Wish("x", "load", web1));
    assertThat(live.subscribe("bob", b.stream(), List.of(new Wish("y", "load", web1)))).isTrue();
    second(1);
    a.frame(0);
    b.frame(0);
    long evaluations =
        metrics.families().stream()
            .filter(f -> f.metadata().metric().equals("evenkeel_query_duration_seconds"))
            .flatMap(f -> f.points().stream())
            .filter(p -> p.name().endsWith("_count") && "live".equals(p.labels().get("origin")))
            .mapToLong(p -> (long) p.value())
            .sum();
    assertThat(evaluations).isEqualTo(1);
  }

  @Test
  void a_slow_browser_gets_the_newest_frame_not_all_of_them() throws Exception {
    Browser browser = new Browser("ann", "");
    subscribe(browser, new Wish("l", "load", web1));
    second(1, "a");
    browser.frame(0);
    browser.slow = true;
    for (int i = 0; i < 20; i++) {
      second(100 + i, "a", "b");
      awaitEvaluated();
    }
    browser.permits.release(1000);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            data(browser.events("frame").getLast()).get("subs").get(0).get("v").get(0).asDouble()
                == 119);
    assertThat(browser.events("frame").size()).isLessThan(6);
    assertThat(
            browser.events("frame").stream()
                .filter(e ->
                    e.contains(
                        "\"series\":[{\"__name__\":\"load\",\"device\":\"a\",\"instance\":\"web1\"},")))
        .isNotEmpty();
  }

  private void awaitEvaluated() {
    long wanted = now;
    await().atMost(Duration.ofSeconds(60)).until(() -> live.lastEvaluated(web1) == wanted);
  }

  @Test
  void a_browser_that_comes_back_gets_the_frames_it_missed_and_no_other() throws Exception {
    Browser first = new Browser("ann", "");
    subscribe(first, new Wish("l", "load", web1));
    for (int i = 0; i < 3; i++) {
      second(i);
      first.frame(i);
    }
    String lastId = first.lastId();
    first.leave();
    for (int i = 3; i < 8; i++) {
      second(i);
      awaitEvaluated();
    }
    Browser again = new Browser("ann", lastId);
    assertThat(again.stream()).isEqualTo(first.stream());
    // Browsers say after each hello what they want.
    subscribe(again, new Wish("l", "load", web1));
    for (int i = 3; i < 8; i++) {
      JsonNode frame = again.frame(i - 3);
      assertThat(frame.get("subs").get(0).get("v").get(0).asDouble()).isEqualTo(i);
      assertThat(frame.get("t").asLong()).isEqualTo(now - (7 - i) * 1000L);
      assertThat(frame.get("subs").get(0).has("series")).isEqualTo(i == 3);
    }
    second(8);
    assertThat(again.frame(5).get("subs").get(0).get("v").get(0).asDouble()).isEqualTo(8);
    assertThat(again.events("frame")).hasSize(6);
  }

  @Test
  void nobody_takes_over_another_users_stream() {
    Browser ann = new Browser("ann", "");
    Browser bob = new Browser("bob", ann.stream() + ".0");
    assertThat(bob.stream()).isNotEqualTo(ann.stream());
    assertThat(live.subscribe("bob", ann.stream(), List.of())).isFalse();
  }

  @Test
  void silence_is_broken_by_heartbeats_and_the_state_of_the_hosts_is_told() {
    Browser browser = new Browser("ann", "");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          synchronized (browser.events) {
            return browser.events.contains(": heartbeat");
          }
        });
    live.hosts(hosts.all());
    await().atMost(Duration.ofSeconds(60)).until(() -> !browser.events("hosts").isEmpty());
    JsonNode host = data(browser.events("hosts").getFirst()).get("hosts").get(0);
    assertThat(host.get("id").asString()).isEqualTo(web1);
    assertThat(host.get("status").asString()).isEqualTo("ok");
    assertThat(host.get("lastSampleAt").asLong()).isEqualTo(now);
  }

  @Test
  void an_expression_that_cannot_be_evaluated_says_so_and_the_others_go_on() {
    Browser browser = new Browser("ann", "");
    subscribe(browser, new Wish("bad", "load[5s]", web1), new Wish("good", "load", web1));
    second(1);
    JsonNode subs = browser.frame(0).get("subs");
    assertThat(subs.get(0).get("error").asString()).contains("rate()");
    assertThat(subs.get(1).get("v").get(0).asDouble()).isEqualTo(1);
  }

  @Test
  void wishes_beyond_the_limits_or_without_sense_are_refused_whole() {
    Browser browser = new Browser("ann", "");
    String stream = browser.stream();
    assertThatThrownBy(
            () -> live.subscribe("ann", stream, List.of(new Wish("a", "sum(load", web1))))
        .isInstanceOfSatisfying(
            LiveRefusal.class,
            e -> {
              assertThat(e.field()).isEqualTo("subs[0].expr");
              assertThat(e.position()).isGreaterThanOrEqualTo(0);
            });
    assertThatThrownBy(() -> live.subscribe("ann", stream, List.of(new Wish("a", "load", "nope"))))
        .hasMessageContaining("nope");
    assertThatThrownBy(() ->
            live.subscribe(
                "ann", stream, List.of(new Wish("a", "1", null), new Wish("a", "2", null))))
        .hasMessageContaining("id of its own");
    List<Wish> many = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      many.add(new Wish("w" + i, "load", web1));
    }
    assertThatThrownBy(() -> live.subscribe("ann", stream, many))
        .hasMessageContaining("at most 10");
    assertThat(live.subscribe("ann", "gone", List.of())).isFalse();
  }

  @Test
  void a_user_may_not_open_streams_without_end() {
    for (int i = 0; i < 3; i++) {
      assertThat(new Browser("ann", "").stream()).isNotEmpty();
    }
    assertThatThrownBy(() -> live.serve("ann", Optional.empty(), new Browser("bob", "")))
        .isInstanceOf(LiveRefusal.class)
        .hasMessageContaining("close some");
  }

  @Test
  void the_stream_of_somebody_who_may_not_look_any_more_ends() throws Exception {
    Browser browser = new Browser("ann", "");
    browser.stream();
    browser.admitted = false;
    assertThat(browser.thread.join(Duration.ofSeconds(60))).isTrue();
  }

  @Test
  void a_feed_that_nobody_watches_is_closed() {
    Browser browser = new Browser("ann", "");
    subscribe(browser, new Wish("l", "load", web1));
    second(1);
    browser.frame(0);
    subscribe(browser);
    assertThat(live.lastEvaluated(web1)).isEqualTo(Long.MIN_VALUE);
  }
}
