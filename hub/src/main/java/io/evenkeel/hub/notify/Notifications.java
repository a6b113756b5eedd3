package io.evenkeel.hub.notify;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.notify.OutboxRow.State;
import io.evenkeel.hub.notify.channel.Delivery;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Recipient;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import io.evenkeel.hub.outgoing.OutgoingSockets;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.SecretBox;
import io.evenkeel.model.Text;
import io.evenkeel.model.outgoing.AddressRules;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// The front door to telling people. Safe for use by many threads.
public final class Notifications implements AutoCloseable {
  private final Database database;
  private final OutgoingHttp http;
  private final Outbox outbox;
  private final Deliveries deliveries;
  private final ChannelRegistry registry;
  private final Heartbeat heartbeat;
  private final AuditStore audit;
  private final Clock clock;

  /// One try of a channel.
  ///
  /// @param seconds until the service had answered
  public record Trial(Recipient recipient, Delivery delivery, double seconds) {}

  /// @param box seals the channels' secrets
  /// @param rules which addresses may be called
  /// @param alive whether rules are evaluated in time, for the heartbeat
  public Notifications(
      Database database,
      AuditStore audit,
      SecretBox box,
      AddressRules rules,
      NotifyMetrics metrics,
      BooleanSupplier alive,
      Clock clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
    ChannelStore channels = new ChannelStore(box);
    http = new OutgoingHttp(rules);
    outbox = new Outbox(channels, clock);
    deliveries =
        new Deliveries(
            database,
            channels,
            outbox,
            metrics,
            http,
            new OutgoingSockets(rules),
            clock,
            RandomGenerator.getDefault());
    registry = new ChannelRegistry(database, channels, audit, rules, clock, deliveries::refresh);
    heartbeat = new Heartbeat(database, audit, box, http, rules, clock, alive);
  }

  /// Begins to deliver what waits in the outbox.
  public void start() {
    deliveries.start();
    heartbeat.start();
  }

  public ChannelRegistry channels() {
    return registry;
  }

  public Outbox outbox() {
    return outbox;
  }

  public Heartbeat heartbeat() {
    return heartbeat;
  }

  /// Says that a transaction which put messages in has been committed.
  public void wake() {
    deliveries.wake();
  }

  /// Sends a test message to each recipient and waits for the service's answers.
  public List<Trial> test(ChannelSettings channel, String actor) {
    database.change(
        transaction -> audit.append(transaction, actor, "channel.test", channel.name(), ""));
    List<Trial> trials = new ArrayList<>();
    long now = clock.millis();
    Notice notice =
        new Notice(
            Notice.Kind.TEST,
            "",
            now,
            "info",
            "Evenkeel",
            "",
            Map.of(),
            List.of(),
            0,
            now,
            null,
            "",
            "test",
            new Notice.Note(
                "This channel works: problems of your servers will be told here.",
                "该渠道可用：服务器出现问题时会在这里通知。"));
    for (Recipient recipient : channel.recipients()) {
      long begun = System.nanoTime();
      Delivery delivery =
          deliveries.tryOnce(channel, outbox.row(channel.id(), recipient, notice, now, null));
      trials.add(new Trial(recipient, delivery, (System.nanoTime() - begun) / 1e9));
    }
    return trials;
  }

  /// The newest messages in a state.
  public List<OutboxRow> messages(State state, int limit) {
    return database.read(transaction -> outbox.store().newest(transaction, state, limit));
  }

  /// The messages about an incident.
  public List<OutboxRow> ofIncident(Transaction transaction, String incidentId) {
    return outbox.ofIncident(transaction, incidentId);
  }

  /// How many messages each channel has in each state.
  public Map<String, Map<State, Integer>> counts() {
    return database.read(transaction -> outbox.store().counts(transaction));
  }

  /// Tries a dead message again.
  public Outcome<Boolean> revive(String key, String actor) {
    return act(
        key,
        "message.retry",
        actor,
        transaction -> outbox.store().revive(transaction, key, clock.millis()));
  }

  /// Removes a dead message.
  public Outcome<Boolean> discard(String key, String actor) {
    return act(
        key, "message.discard", actor, transaction -> outbox.store().discardDead(transaction, key));
  }

  private interface Act {
    int on(Transaction transaction);
  }

  private Outcome<Boolean> act(String key, String action, String actor, Act act) {
    Outcome<Boolean> outcome =
        database.write(transaction -> {
          if (act.on(transaction) == 0) {
            return Outcome.refused(
                Outcome.Reason.NOT_FOUND,
                Text.of(
                    "There is no undeliverable message with this key, or its channel is gone.",
                    "没有此编号的无法投递消息，或其渠道已删除。"));
          }
          audit.append(transaction, actor, action, key.substring(0, 12), "");
          return Outcome.done(true);
        });
    wake();
    return outcome;
  }

  @Override
  public void close() throws IOException {
    heartbeat.close();
    deliveries.close();
    http.close();
  }
}
