package io.evenkeel.hub.notify;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.notify.OutboxRow.State;
import io.evenkeel.hub.notify.channel.ChannelKind;
import io.evenkeel.hub.notify.channel.Delivery;
import io.evenkeel.hub.notify.channel.Letter;
import io.evenkeel.hub.notify.channel.Notice;
import io.evenkeel.hub.notify.channel.Printable;
import io.evenkeel.hub.notify.channel.Recipient;
import io.evenkeel.hub.notify.channel.Wires;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import io.evenkeel.hub.outgoing.OutgoingSockets;
import io.evenkeel.model.outgoing.RefusedAddressException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes messages out of the outbox and to the services.
///
/// Concurrency: each channel has one virtual thread, so a service that hangs holds up nobody else
/// and messages of a channel keep their order. A message leaves the queue in the transaction that
/// notes the service's answer; after a crash between the two it is sent again under the same key. A
/// service that fails or throttles is left alone for a while that grows (full jitter, 2 s to 5 min,
/// at least as long as it asks), and so is the message that failed.
final class Deliveries implements AutoCloseable {
  /// How long a message is tried.
  static final Duration HOPE = Duration.ofHours(24);

  /// How long a message waits before another channel stands in.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
  private static final Duration LEAST_WAIT = Duration.ofSeconds(2);
  private static final Duration MOST_WAIT = Duration.ofMinutes(5);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(30);
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration SWEEP = Duration.ofSeconds(5);
  private static final Duration KEEP_ENDED = Duration.ofDays(30);
  private static final Duration PROBLEM_AGAIN = Duration.ofHours(1);
  private static final int AT_ONCE = 500;

  private final Database database;
  private final ChannelStore channels;
  private final Outbox outbox;
  private final ThreadStore threads = new ThreadStore();
  private final NotifyMetrics metrics;
  private final OutgoingHttp http;
  private final OutgoingSockets sockets;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Map<String, Worker> workers = new HashMap<>();
  private final Thread sweeper;
  private volatile boolean started;
  private volatile boolean closed;

  Deliveries(
      Database database,
      ChannelStore channels,
      Outbox outbox,
      NotifyMetrics metrics,
      OutgoingHttp http,
      OutgoingSockets sockets,
      InstantSource clock,
      RandomGenerator random) {
    this.database = database;
    this.channels = channels;
    this.outbox = outbox;
    this.metrics = metrics;
    this.http = http;
    this.sockets = sockets;
    this.clock = clock;
    this.random = random;
    this.sweeper = Thread.ofVirtual().name("outbox-sweeper").unstarted(this::sweepOn);
  }

  /// Begins to deliver.
  synchronized void start() {
    started = true;
    refresh();
    sweeper.start();
  }

  /// Follows the settings: a worker for each enabled channel, a new one where they have changed.
  synchronized void refresh() {
    if (!started || closed) {
      return;
    }
    Map<String, ChannelSettings> wanted = new HashMap<>();
    database
        .<List<ChannelSettings>>read(channels::all)
        .forEach(channel -> {
          if (channel.enabled()) {
            wanted.put(channel.id(), channel);
          }
        });
    workers
        .entrySet()
        .removeIf(entry -> {
          boolean goes = !entry.getValue().settings.equals(wanted.get(entry.getKey()));
          if (goes) {
            entry.getValue().end();
          }
          return goes;
        });
    wanted.forEach((id, settings) ->
        workers.computeIfAbsent(
            id,
            unknown -> {
              Worker worker = new Worker(settings);
              worker.thread.start();
              return worker;
            }));
  }

  /// Says that messages were put in.
  synchronized void wake() {
    workers.values().forEach(Worker::wake);
  }

  /// Tries one message outside of the outbox, for somebody who waits for the answer.
  Delivery tryOnce(ChannelSettings settings, OutboxRow row) {
    return switch (settings.kind().read(settings.entered())) {
      case ChannelKind.Read.Ready(ChannelKind.Opened opened) -> send(opened, row.letter(""));
      case ChannelKind.Read.Wrong(var problems) ->
          new Delivery.Refused(
              problems.getFirst().field() + ": " + problems.getFirst().message().en());
    };
  }

  private Delivery send(ChannelKind.Opened opened, Letter letter) {
    try {
      return opened.channel().send(letter, new Wires(http, sockets, opened.route(), clock));
    } catch (RefusedAddressException e) {
      // No time mends this, so the channel's fallback takes over at once.
      return new Delivery.Refused(Printable.line(String.valueOf(e.getMessage()), 300));
    } catch (IOException e) {
      return new Delivery.NotNow(
          Printable.line(String.valueOf(e.getMessage()), 300), Optional.empty());
    } catch (RuntimeException e) {
      // One message that a channel cannot put into words must not end the channel.
      LOG.error("A message could not be made for its channel", e);
      return new Delivery.NotNow(
          "the hub failed to write this message: see its log", Optional.empty());
    }
  }

  @Override
  public void close() {
    List<Worker> ending;
    synchronized (this) {
      closed = true;
      ending = List.copyOf(workers.values());
      workers.clear();
    }
    ending.forEach(Worker::end);
    if (!started) {
      return;
    }
    sweeper.interrupt();
    try {
      for (Worker worker : ending) {
        worker.thread.join(Duration.ofSeconds(10));
      }
      sweeper.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Delivers the messages of one channel.
  private final class Worker {
    private final ChannelSettings settings;
    private final Thread thread;
    private int failures;
    private long pausedUntil;
    private boolean woken;
    private volatile boolean ended;

    Worker(ChannelSettings settings) {
      this.settings = settings;
      this.thread =
          Thread.ofVirtual().name("channel-" + settings.name()).unstarted(this::deliverOn);
    }

    synchronized void wake() {
      woken = true;
      notifyAll();
    }

    synchronized void end() {
      ended = true;
      notifyAll();
    }

    private synchronized void await(long millis) {
      if (!woken && !ended && millis > 0) {
        try {
          wait(millis);
        } catch (InterruptedException e) {
          ended = true;
        }
      }
      woken = false;
    }

    /// Waits out a limit or a pause, whatever is put in meanwhile.
    private synchronized void sleep(long millis) {
      long until = clock.millis() + millis;
      for (long left = millis; left > 0 && !ended; left = until - clock.millis()) {
        try {
          wait(Math.min(left, 1_000));
        } catch (InterruptedException e) {
          ended = true;
        }
      }
    }

    private void deliverOn() {
      ChannelKind.Opened opened;
      switch (settings.kind().read(settings.entered())) {
        case ChannelKind.Read.Ready(ChannelKind.Opened ready) -> opened = ready;
        case ChannelKind.Read.Wrong wrong -> {
          LOG.error("The channel '{}' cannot be used: {}", settings.name(), wrong.problems());
          return;
        }
      }
      TokenBucket bucket = bucket();
      while (!ended) {
        try {
          deliverNext(opened, bucket);
        } catch (DatabaseException e) {
          LOG.warn("The outbox cannot be read or written: {}", e.getMessage());
          sleep(1_000);
        } catch (RuntimeException e) {
          // The queue is durable: what went wrong here is tried again.
          LOG.error("The channel '{}' stumbled", settings.name(), e);
          sleep(1_000);
        }
      }
    }

    private TokenBucket bucket() {
      long now = clock.millis();
      ChannelKind.Rate rate = settings.kind().rate();
      long since = now - rate.perMessage().toMillis() * rate.burst();
      return new TokenBucket(
          rate,
          now,
          database.<List<Long>>read(
              transaction -> outbox.store().sentSince(transaction, settings.id(), since)));
    }

    private void deliverNext(ChannelKind.Opened opened, TokenBucket bucket) {
      long now = clock.millis();
      if (pausedUntil > now) {
        sleep(Math.min(pausedUntil - now, IDLE.toMillis()));
        return;
      }
      Optional<OutboxRow> due =
          database.read(transaction -> outbox.store().nextDue(transaction, settings.id(), now));
      if (due.isEmpty()) {
        await(untilNext(now));
        return;
      }
      long wait = bucket.takeOrWait(now);
      while (wait > 0 && !ended) {
        sleep(wait);
        wait = bucket.takeOrWait(clock.millis());
      }
      if (!ended) {
        OutboxRow row = merged(due.get());
        String thread =
            row.notice().incidentId().isEmpty()
                ? ""
                : database.read(transaction -> threads.find(transaction, row)).orElse("");
        conclude(row, thread, send(opened, row.letter(thread)));
      }
    }

    private long untilNext(long now) {
      OptionalLong next =
          database.read(transaction -> outbox.store().nextTry(transaction, settings.id()));
      return next.isEmpty()
          ? IDLE.toMillis()
          : Math.clamp(next.getAsLong() - now, 1, IDLE.toMillis());
    }

    private OutboxRow merged(OutboxRow due) {
      List<OutboxRow> waiting =
          due.notice().incidentId().isEmpty()
              ? List.of(due)
              : database.read(transaction -> outbox.store().siblings(transaction, due));
      if (waiting.size() < 2) {
        return due;
      }
      return database.write(transaction -> mergeAll(transaction, due));
    }

    private OutboxRow mergeAll(Transaction transaction, OutboxRow due) {
      List<OutboxRow> waiting = outbox.store().siblings(transaction, due);
      if (waiting.isEmpty()) {
        return due;
      }
      OutboxRow last = waiting.getLast();
      Notice notice = Merging.merge(waiting.stream().map(OutboxRow::notice).toList());
      long now = clock.millis();
      for (OutboxRow earlier : waiting.subList(0, waiting.size() - 1)) {
        outbox.store().merged(transaction, earlier.key(), last.key(), now);
      }
      outbox.store().rewrite(transaction, last.key(), notice, last.eventAt());
      return new OutboxRow(
          last.key(),
          last.channelId(),
          last.recipient(),
          notice,
          last.eventAt(),
          last.createdAt(),
          last.nextTryAt(),
          Math.max(due.attempts(), last.attempts()),
          last.state(),
          last.answer(),
          last.endedAt(),
          last.fallbackOf(),
          last.fallenBack());
    }

    private void conclude(OutboxRow row, String thread, Delivery delivery) {
      long now = clock.millis();
      String kind = settings.kind().name();
      switch (delivery) {
        case Delivery.Accepted(String answer, String begun) -> {
          failures = 0;
          database.change(transaction -> {
            outbox.store().ended(transaction, row.key(), State.SENT, answer, now);
            if (!begun.equals(thread) && !row.notice().incidentId().isEmpty()) {
              threads.save(transaction, row, begun, now);
            }
          });
          metrics.tried(kind, "accepted");
          metrics.accepted(row.notice().kind(), now - row.eventAt());
        }
        case Delivery.Refused(String answer) -> {
          metrics.tried(kind, "refused");
          LOG.warn("'{}' refused a message for good: {}", settings.name(), answer);
          database.change(transaction -> died(transaction, row, answer));
          Deliveries.this.wake();
        }
        case Delivery.NotNow(String answer, Optional<Duration> asked) -> {
          metrics.tried(kind, "later");
          failures++;
          long wait = jitter(row.attempts());
          long pause = Math.min(jitter(failures - 1), MOST_PAUSE.toMillis());
          long askedMillis = asked.map(Duration::toMillis).orElse(0L);
          pausedUntil = now + Math.max(pause, askedMillis);
          LOG.debug("'{}' took nothing: {}", settings.name(), answer);
          database.change(transaction ->
              outbox
                  .store()
                  .postponed(transaction, row.key(), answer, now + Math.max(wait, askedMillis)));
        }
      }
    }
  }

  /// Full jitter below a bound that doubles with each attempt.
  private long jitter(int attempts) {
    long bound = Math.min(MOST_WAIT.toMillis(), LEAST_WAIT.toMillis() << Math.min(attempts, 20));
    return random.nextLong(bound) + 1;
  }

  /// A message that nobody will get: another channel stands in for it, and the others are told that
  /// this one does not deliver.
  private void died(Transaction transaction, OutboxRow row, String answer) {
    long now = clock.millis();
    outbox.store().ended(transaction, row.key(), State.DEAD, answer, now);
    Optional<ChannelSettings> channel = channels.find(transaction, row.channelId());
    if (row.fallbackOf() == null && !row.fallenBack()) {
      fallBack(transaction, row);
    }
    if (channel.isEmpty()
        || row.notice().kind() == Notice.Kind.DELIVERY_PROBLEM
        || row.notice().kind() == Notice.Kind.TEST
        || !channels.tellProblem(
            transaction, row.channelId(), now, now - PROBLEM_AGAIN.toMillis())) {
      return;
    }
    List<String> others =
        channels.all(transaction).stream()
            .map(ChannelSettings::id)
            .filter(id -> !id.equals(row.channelId()))
            .toList();
    outbox.add(transaction, problem(channel.get(), answer, now), others, now);
  }

  private static Notice problem(ChannelSettings channel, String answer, long now) {
    String name = channel.name();
    return new Notice(
        Notice.Kind.DELIVERY_PROBLEM,
        "delivery-" + channel.id(),
        now,
        "critical",
        name,
        "",
        Map.of("channel", name),
        List.of(),
        0,
        now,
        null,
        "",
        "delivery:" + channel.id(),
        new Notice.Note(
            "The channel '" + name + "' does not deliver: " + answer,
            "通知渠道“" + name + "”无法投递：" + answer));
  }

  private void fallBack(Transaction transaction, OutboxRow row) {
    outbox.store().fallenBack(transaction, row.key());
    Optional<ChannelSettings> other =
        channels
            .find(transaction, row.channelId())
            .flatMap(channel ->
                Optional.ofNullable(channel.fallbackId())
                    .flatMap(id -> channels.find(transaction, id)))
            .filter(ChannelSettings::enabled);
    if (other.isPresent()) {
      List<OutboxRow> rows = new ArrayList<>();
      for (Recipient recipient : other.get().recipients()) {
        rows.add(outbox.row(other.get().id(), recipient, row.notice(), row.eventAt(), row.key()));
      }
      outbox.store().insert(transaction, rows);
    }
  }

  private void sweepOn() {
    while (!closed) {
      try {
        sweep();
        Thread.sleep(SWEEP);
      } catch (InterruptedException e) {
        return;
      } catch (DatabaseException e) {
        LOG.warn("The outbox cannot be looked through: {}", e.getMessage());
        if (!pause()) {
          return;
        }
      } catch (RuntimeException e) {
        LOG.error("The outbox could not be looked through", e);
        if (!pause()) {
          return;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(SWEEP);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /// Lets other channels stand in for messages that wait too long, gives up what is hopeless, and
  /// forgets what is long over.
  void sweep() {
    long now = clock.millis();
    boolean work =
        database.read(transaction ->
            !outbox.store().waitingSince(transaction, now - PATIENCE.toMillis(), 1).isEmpty()
                || !outbox.store().hopeless(transaction, now - HOPE.toMillis(), 1).isEmpty());
    if (work) {
      database.change(transaction -> {
        outbox
            .store()
            .waitingSince(transaction, now - PATIENCE.toMillis(), AT_ONCE)
            .forEach(row -> fallBack(transaction, row));
        for (OutboxRow row : outbox.store().hopeless(transaction, now - HOPE.toMillis(), AT_ONCE)) {
          died(
              transaction,
              row,
              row.answer().isEmpty() ? "not delivered within a day" : row.answer());
        }
      });
      wake();
    }
    if (now / 3_600_000 != forgotAtHour) {
      forgotAtHour = now / 3_600_000;
      database.change(transaction -> {
        outbox.store().forget(transaction, now - KEEP_ENDED.toMillis());
        threads.forget(transaction, now - KEEP_ENDED.toMillis());
      });
    }
  }

  private long forgotAtHour;
}
