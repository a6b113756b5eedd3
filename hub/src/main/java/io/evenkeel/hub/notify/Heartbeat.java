package io.evenkeel.hub.notify;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.notify.channel.FieldValues;
import io.evenkeel.hub.notify.channel.Printable;
import io.evenkeel.hub.outgoing.HttpAnswer;
import io.evenkeel.hub.outgoing.HttpCall;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import io.evenkeel.hub.outgoing.OutgoingRoute;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.SecretBox;
import io.evenkeel.hub.settings.SettingStore;
import io.evenkeel.model.Text;
import io.evenkeel.model.outgoing.AddressRules;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls an address outside while the hub works, so that somebody notices when it does not (a dead
/// man's switch). It stays silent while rules are not evaluated. Safe for use by many threads.
public final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
  private static final String KEY = "notify.heartbeat";
  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Database database;
  private final AuditStore audit;
  private final SecretBox box;
  private final OutgoingHttp http;
  private final AddressRules rules;
  private final InstantSource clock;
  private final BooleanSupplier alive;
  private final SettingStore settings = new SettingStore();
  private final Thread thread;
  private @Nullable Setting setting;
  private @Nullable Beat last;
  private boolean ended;

  /// Where and how often.
  public record Setting(String url, Duration period) {}

  /// The last call.
  ///
  /// @param at epoch milliseconds
  /// @param ok whether the address took it
  public record Beat(long at, boolean ok, String answer) {}

  /// @param rules which addresses may be entered
  /// @param alive whether rules are evaluated in time
  Heartbeat(
      Database database,
      AuditStore audit,
      SecretBox box,
      OutgoingHttp http,
      AddressRules rules,
      InstantSource clock,
      BooleanSupplier alive) {
    this.database = database;
    this.audit = audit;
    this.box = box;
    this.http = http;
    this.rules = rules;
    this.clock = clock;
    this.alive = alive;
    this.setting =
        database
            .read(transaction -> settings.find(transaction, KEY))
            .map(sealed -> read(box.open(KEY, sealed)))
            .orElse(null);
    this.thread = Thread.ofVirtual().name("heartbeat").unstarted(this::beatOn);
  }

  private static Setting read(String json) {
    Map<String, String> texts = NotifyJson.texts(json);
    return new Setting(
        texts.getOrDefault("url", ""),
        Duration.ofSeconds(Long.parseLong(texts.getOrDefault("seconds", "60"))));
  }

  void start() {
    thread.start();
  }

  /// The setting; empty when there is no heartbeat.
  public synchronized Optional<Setting> setting() {
    return Optional.ofNullable(setting);
  }

  /// The last call since the start.
  public synchronized Optional<Beat> last() {
    return Optional.ofNullable(last);
  }

  /// Sets where to call; an empty address ends the heartbeat.
  public Outcome<Boolean> change(String url, Duration period, String actor) {
    URI address = FieldValues.webAddress(url);
    if (!url.isEmpty() && address == null) {
      return Outcome.invalid(
          "url",
          Text.of(
              "The address is one such as https://hc-ping.com/….", "地址应类似 https://hc-ping.com/…。"));
    }
    Text refused =
        address == null
            ? Text.NONE
            : rules.problemWith(address.getHost(), AddressRules.Reach.ALLOWED);
    if (!refused.saysNothing()) {
      return Outcome.invalid("url", Text.of(refused.en() + ".", refused.zh() + "。"));
    }
    if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
      return Outcome.invalid(
          "periodSeconds", Text.of("The period is 10 to 3600 seconds.", "周期为 10 至 3600 秒。"));
    }
    String json =
        NotifyJson.write(Map.of("url", url, "seconds", Long.toString(period.toSeconds())));
    database.change(transaction -> {
      settings.put(transaction, KEY, box.seal(KEY, json));
      audit.append(
          transaction, actor, "settings.heartbeat", "heartbeat", url.isEmpty() ? "off" : "on");
    });
    synchronized (this) {
      setting = url.isEmpty() ? null : new Setting(url, period);
      last = null;
      notifyAll();
    }
    return Outcome.done(true);
  }

  private void beatOn() {
    while (true) {
      Setting now;
      synchronized (this) {
        if (ended) {
          return;
        }
        now = setting;
      }
      if (now != null && !now.url().isEmpty() && alive.getAsBoolean()) {
        Beat beat = beat(now);
        synchronized (this) {
          if (now.equals(setting)) {
            last = beat;
          }
        }
      }
      synchronized (this) {
        if (ended) {
          return;
        }
        if (now == null && setting != null || now != null && !now.equals(setting)) {
          continue;
        }
        try {
          wait(now == null ? LONGEST.toMillis() : now.period().toMillis());
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  private Beat beat(Setting to) {
    try {
      HttpAnswer answer =
          http.send(HttpCall.get(URI.create(to.url()), Map.of()), OutgoingRoute.DIRECT);
      boolean ok = answer.status() >= 200 && answer.status() < 300;
      return new Beat(clock.millis(), ok, "HTTP " + answer.status());
    } catch (IOException e) {
      LOG.warn("The heartbeat was not taken: {}", e.getMessage());
      return new Beat(clock.millis(), false, Printable.line(String.valueOf(e.getMessage()), 200));
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      notifyAll();
    }
    thread.interrupt();
  }
}
