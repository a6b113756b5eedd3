package io.evenkeel.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.notify.OutboxRow.State;
import io.evenkeel.hub.notify.channel.Language;
import io.evenkeel.hub.notify.channel.Letters;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Notice.Kind;
import io.evenkeel.hub.notify.channel.Recipient;
import io.evenkeel.hub.notify.channel.StrictService;
import io.evenkeel.hub.notify.channel.StrictService.Reply;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.SecretBox;
import io.evenkeel.hub.wiring.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The outbox with real services behind it: what is put in arrives or is shown as undeliverable.
class OutboxDeliveryTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  /// A clock that runs, and that a test may set ahead.
  private static final class RunningClock extends java.time.Clock {
    private final java.time.Clock system = java.time.Clock.systemUTC();
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant instant() {
      return system.instant().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
      return system.getZone();
    }

    @Override
    public java.time.Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @TempDir Path folder;
  private final RunningClock clock = new RunningClock();
  private final StrictService service = new StrictService(got -> Reply.status(200));
  private final StrictService other = new StrictService(got -> Reply.status(200));
  private Database database;
  private Notifications notifications;

  @BeforeEach
  void begin() {
    database = Database.open(folder.resolve("settings.db"));
    open();
  }

  private void open() {
    notifications =
        new Notifications(
            database,
            new AuditStore(clock),
            SecretBox.open(folder.resolve("key")),
            StrictService.loopback(),
            new NotifyMetrics(),
            () -> true,
            clock);
  }

  @AfterEach
  void end() throws IOException {
    notifications.close();
    database.close();
    service.close();
    other.close();
  }

  private String channel(String name, StrictService to, @Nullable String fallback) {
    Outcome<ChannelSettings> made =
        notifications
            .channels()
            .create(
                new ChannelEntry(
                    name,
                    "webhook",
                    Map.of("address", to.url() + "/" + name),
                    List.of(),
                    List.of(new Recipient("", Language.EN)),
                    fallback,
                    true),
                "test");
    return ((Outcome.Done<ChannelSettings>) made).result().id();
  }

  private void put(Kind kind, String incident, long sequence, String... channels) {
    database.change(transaction ->
        notifications
            .outbox()
            .add(
                transaction,
                Letters.notice(kind, incident, sequence),
                List.of(channels),
                clock.millis()));
    notifications.wake();
  }

  private List<OutboxRow> rows(State state) {
    return notifications.messages(state, 100);
  }

  private static List<String> kinds(StrictService service) {
    return service.got.stream()
        .map(got -> got.body().replaceAll("(?s).*\"kind\":\"([a-z_]+)\".*", "$1"))
        .toList();
  }

  @Test
  void a_message_that_is_put_in_arrives_once() {
    String id = channel("a", service, null);
    notifications.start();
    put(Kind.FIRED, "i1", 1, id);
    put(Kind.FIRED, "i1", 1, id);
    await().atMost(SOON).until(() -> rows(State.SENT).size() == 1);
    assertThat(service.got).hasSize(1);
    assertThat(rows(State.QUEUED)).isEmpty();
  }

  @Test
  void a_rolled_back_change_sends_nothing() {
    String id = channel("a", service, null);
    try {
      database.change(transaction -> {
        notifications.outbox().add(transaction, Letters.notice(Kind.FIRED, "i", 1), List.of(id), 0);
        throw new IllegalStateException("the state did not change after all");
      });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("did not change");
    }
    assertThat(rows(State.QUEUED)).isEmpty();
  }

  @Test
  void what_waits_at_a_restart_is_delivered_after_it() throws IOException {
    String id = channel("a", service, null);
    put(Kind.FIRED, "i1", 1, id);
    notifications.close();
    open();
    notifications.start();
    await().atMost(SOON).until(() -> rows(State.SENT).size() == 1);
  }

  @Test
  void a_throttled_service_is_left_alone_as_long_as_it_asks() {
    String id = channel("a", service, null);
    service.then(new Reply(429, "", "3"));
    notifications.start();
    long beforeRefusal = System.nanoTime();
    put(Kind.FIRED, "i1", 1, id);
    await().atMost(SOON).until(() -> !service.got.isEmpty());
    put(Kind.FIRED, "i2", 1, id);
    await().atMost(SOON).until(() -> rows(State.SENT).size() == 2);
    assertThat(Duration.ofNanos(System.nanoTime() - beforeRefusal))
        .isGreaterThan(Duration.ofMillis(2_500));
    assertThat(service.got).hasSize(3);
  }

  @Test
  void an_end_that_overtakes_its_beginning_becomes_one_message() {
    String id = channel("a", service, null);
    put(Kind.FIRED, "i1", 1, id);
    put(Kind.RESOLVED, "i1", 2, id);
    put(Kind.FIRED, "i2", 1, id);
    notifications.start();
    await().atMost(SOON).until(() -> rows(State.SENT).size() == 2);
    assertThat(kinds(service)).containsExactlyInAnyOrder("fired_and_resolved", "fired");
    assertThat(rows(State.MERGED)).hasSize(1);
  }

  @Test
  void another_channel_stands_in_after_a_minute() {
    String second = channel("b", other, null);
    String first = channel("a", service, second);
    service.usually(got -> Reply.status(503));
    notifications.start();
    put(Kind.FIRED, "i1", 1, first);
    await().atMost(SOON).until(() -> !service.got.isEmpty());
    assertThat(other.got).isEmpty();
    clock.ahead = Duration.ofSeconds(61);
    await().atMost(SOON).until(() -> kinds(other).contains("fired"));
  }

  @Test
  void a_dead_letter_is_shown_told_elsewhere_and_can_be_tried_again() {
    String second = channel("b", other, null);
    String first = channel("a", service, null);
    service.then(Reply.status(404));
    notifications.start();
    put(Kind.FIRED, "i1", 1, first);
    await().atMost(SOON).until(() -> rows(State.DEAD).size() == 1);
    assertThat(rows(State.DEAD).getFirst().answer()).contains("404");
    await().atMost(SOON).until(() -> kinds(other).contains("delivery_problem"));
    assertThat(second).isNotEmpty();
    assertThat(notifications.revive(rows(State.DEAD).getFirst().key(), "test"))
        .isInstanceOf(Outcome.Done.class);
    await().atMost(SOON).until(() -> rows(State.DEAD).isEmpty() && service.got.size() == 2);
  }

  @Test
  void what_nobody_took_within_a_day_is_a_dead_letter() {
    String id = channel("a", service, null);
    service.usually(got -> Reply.status(500));
    notifications.start();
    put(Kind.FIRED, "i1", 1, id);
    await().atMost(SOON).until(() -> !service.got.isEmpty());
    clock.ahead = Duration.ofHours(25);
    await().atMost(SOON).until(() -> rows(State.DEAD).size() == 1);
  }

  @Test
  void an_incident_stays_in_its_thread_over_a_restart_and_each_incident_has_its_own()
      throws IOException {
    service.usually(got ->
        got.path().equals("/api/chat.postMessage")
            ? Reply.ok(
                "{\"ok\":true,\"channel\":\"C0123456789\",\"ts\":\"" + service.got.size() + ".5\"}")
            : Reply.ok("{\"ok\":true}"));
    Outcome<ChannelSettings> made =
        notifications
            .channels()
            .create(
                entry(
                    "slack-bot",
                    Map.of("server", service.url(), "token", "xoxb-1-2-abc"),
                    "#alerts"),
                "test");
    String id = ((Outcome.Done<ChannelSettings>) made).result().id();
    notifications.start();
    put(Kind.FIRED, "i1", 1, id);
    await().atMost(SOON).until(() -> rows(State.SENT).size() == 1);
    notifications.close();
    open();
    notifications.start();
    put(Kind.RESOLVED, "i1", 2, id);
    await().atMost(SOON).until(() -> rows(State.SENT).size() == 2);
    put(Kind.FIRED, "i2", 1, id);
    await().atMost(SOON).until(() -> rows(State.SENT).size() == 3);
    assertThat(service.got)
        .extracting(StrictService.Got::path)
        .containsExactly(
            "/api/chat.postMessage",
            "/api/chat.postMessage",
            "/api/chat.update",
            "/api/chat.postMessage");
    assertThat(service.got.get(0).body()).doesNotContain("thread_ts");
    assertThat(service.got.get(1).body()).contains("\"thread_ts\":\"1.5\"");
    assertThat(service.got.get(2).body()).contains("\"ts\":\"1.5\"");
    assertThat(service.got.get(3).body()).doesNotContain("thread_ts");
  }

  private static ChannelEntry entry(String kind, Map<String, String> form, String address) {
    return new ChannelEntry(
        "x", kind, form, List.of(), List.of(new Recipient(address, Language.EN)), null, true);
  }

  @Test
  void an_address_that_is_never_called_is_refused_when_it_is_entered() {
    Map<String, String> mail = Map.of("host", "169.254.169.254", "from", "a@b.example");
    assertThat(refusal(entry("email", mail, "c@d.example"))).isEqualTo("host");
    assertThat(refusal(entry("webhook", Map.of("address", "http://169.254.169.254/x"), "")))
        .isEqualTo("address");
    assertThat(refusal(entry("webhook", Map.of("address", "http://[fe80::1]/x"), "")))
        .isEqualTo("address");
    assertThat(refusal(entry("webhook", Map.of("address", "http://10.0.0.1/x"), "")))
        .as("a private network that the settings do not allow")
        .isEqualTo("address");
    assertThat(
            refusal(
                entry(
                    "webhook",
                    Map.of("address", service.url(), "proxy", "http://100.100.100.200:80"),
                    "")))
        .isEqualTo("proxy");
    assertThat(
            refusal(
                entry("http-sms", Map.of("address", "http://192.0.0.192/?t={text}"), "+4912345")))
        .isEqualTo("address");
    assertThat(refusal(entry("webhook", Map.of("address", service.url()), ""))).isEmpty();
    assertThat(
            notifications
                .heartbeat()
                .change("http://169.254.169.254/", Duration.ofMinutes(1), "test"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.field()).isEqualTo("url"));
  }

  private String refusal(ChannelEntry entry) {
    return switch (notifications.channels().draft(null, entry)) {
      case Outcome.Done<ChannelSettings> done -> "";
      case Outcome.Refused<ChannelSettings> refused -> String.valueOf(refused.field());
    };
  }

  @Test
  void a_token_bucket_lets_a_burst_through_and_then_the_rate() {
    ManualClock manual = new ManualClock();
    var rate = new io.evenkeel.hub.notify.channel.ChannelKind.Rate(20, 20, Duration.ofMinutes(1));
    TokenBucket bucket = new TokenBucket(rate, manual.millis(), List.of());
    for (int i = 0; i < 20; i++) {
      assertThat(bucket.takeOrWait(manual.millis())).isZero();
    }
    assertThat(bucket.takeOrWait(manual.millis())).isBetween(2_999L, 3_001L);
    manual.advance(Duration.ofSeconds(3));
    assertThat(bucket.takeOrWait(manual.millis())).isZero();
    assertThat(bucket.takeOrWait(manual.millis())).isPositive();
    long now = manual.millis();
    TokenBucket after = new TokenBucket(rate, now, java.util.Collections.nCopies(20, now - 1_000));
    assertThat(after.takeOrWait(now)).isPositive();
  }

  @Test
  void merging_keeps_the_beginning_of_what_was_never_told() {
    List<Notice> waiting =
        List.of(Letters.notice(Kind.FIRED, "i", 1), Letters.notice(Kind.CHANGED, "i", 2));
    assertThat(Merging.merge(waiting).kind()).isEqualTo(Kind.FIRED);
    assertThat(Merging.merge(List.of(Letters.notice(Kind.RESOLVED, "i", 2))).kind())
        .isEqualTo(Kind.RESOLVED);
  }
}
