package io.evenkeel.hub.probe;

import io.evenkeel.agent.probe.Probe;
import io.evenkeel.agent.probe.ProbeLoop;
import io.evenkeel.agent.probe.ProbeResult;
import io.evenkeel.agent.probe.Prober;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.ingest.Ingest;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.model.Text;
import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The front door of probing: the probes of the settings file and of the database, each with its
/// loop where the hub asks itself, and those that agents run. Safe for use by many threads.
public final class Probes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);
  private static final int MOST = 2_000;
  private static final int AT_ONCE = 64;
  private static final int TRIALS_AT_ONCE = 4;
  private static final int BODY_BYTES = 1 << 20;

  /// Where a probe is kept.
  public enum Origin {
    /// In the settings file, where it is changed, too.
    FILE,
    /// In the settings database.
    SETTINGS,
    /// In the database, but the settings file has one of the same name, which runs instead.
    SHADOWED
  }

  /// How a probe goes from one place.
  ///
  /// @param server the server whose agent asks; empty for the hub
  /// @param last null before the first attempt
  public record Seen(String server, @Nullable ProbeResult last) {
    static Seen of(ProbeTrack track) {
      return new Seen(track.from(), track.last());
    }
  }

  /// A probe and how it goes, from the hub first.
  public record Known(String id, Origin origin, ProbeForm form, List<Seen> seen) {}

  /// What the hub does for a probe itself.
  private record Own(ProbeLoop loop, ProbeTrack track) {}

  /// @param probe null when it does not run
  /// @param own null when the hub does not ask
  private record Entry(Origin origin, ProbeForm form, @Nullable Probe probe, @Nullable Own own) {}

  private final Database database;
  private final ProbeStore store = new ProbeStore();
  private final AuditStore audit;
  private final Ingest ingest;
  private final Prober prober;
  private final ServerProbes onServers;
  private final Predicate<String> watched;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Semaphore room = new Semaphore(AT_ONCE, true);
  private final Semaphore trials = new Semaphore(TRIALS_AT_ONCE);
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private boolean running;

  /// @param fromFile the probes of the settings file
  /// @param watched whether a host, by its id, is watched still
  /// @param nanos a clock that is never set
  public Probes(
      Database database,
      AuditStore audit,
      List<ProbeForm> fromFile,
      Ingest ingest,
      AddressRules rules,
      Predicate<String> watched,
      InstantSource clock,
      LongSupplier nanos) {
    this.database = database;
    this.audit = audit;
    this.ingest = ingest;
    this.prober = new Prober(rules, Reach.PRIVATE_TOO, BODY_BYTES, clock, nanos);
    this.onServers = new ServerProbes(ingest, clock);
    this.watched = watched;
    this.clock = clock;
    this.nanos = nanos;
    for (ProbeForm form : fromFile) {
      entries.put("file-" + form.name(), entry(Origin.FILE, form));
    }
    database.read(store::all).forEach(this::addStored);
    tellServers();
  }

  private void addStored(String id, ProbeForm form) {
    if (isTaken(form.name(), id)) {
      LOG.warn(
          "The probe '{}' of the settings does not run: the settings file has one of that name",
          form.name());
      entries.put(id, new Entry(Origin.SHADOWED, form, null, null));
      return;
    }
    entries.put(id, entry(Origin.SETTINGS, form));
  }

  private Entry entry(Origin origin, ProbeForm form) {
    return switch (form.probe()) {
      case Outcome.Done<Probe>(Probe probe) ->
          new Entry(origin, form, probe, form.places().contains(Place.HUB) ? own(probe) : null);
      case Outcome.Refused<Probe> refused -> {
        LOG.warn("The stored probe '{}' does not run: {}", form.name(), refused.message().en());
        yield new Entry(origin, form, null, null);
      }
    };
  }

  private Own own(Probe probe) {
    ProbeTrack track = new ProbeTrack(probe, null, ingest, clock);
    return new Own(new ProbeLoop(probe, prober, room, track::take, nanos), track);
  }

  /// The probes that agents run.
  public ServerProbes onServers() {
    return onServers;
  }

  private void tellServers() {
    List<ServerProbes.Given> given = new ArrayList<>();
    entries.forEach((id, entry) -> {
      if (entry.probe != null && entry.form.places().stream().anyMatch(p -> !p.equals(Place.HUB))) {
        given.add(ServerProbes.Given.of(id, entry.probe, entry.form.places()));
      }
    });
    given.sort(Comparator.comparing(one -> one.probe().name()));
    onServers.set(given);
  }

  private Known known(String id, Entry entry) {
    List<Seen> seen = new ArrayList<>();
    if (entry.own != null) {
      seen.add(Seen.of(entry.own.track));
    }
    onServers.tracks(id, watched).forEach(track -> seen.add(Seen.of(track)));
    return new Known(id, entry.origin, entry.form, List.copyOf(seen));
  }

  /// Begins to ask.
  public synchronized void start() {
    running = true;
    entries
        .values()
        .forEach(entry -> {
          if (entry.own != null) {
            entry.own.loop.start();
          }
        });
  }

  /// All probes by name.
  public synchronized List<Known> all() {
    return entries.entrySet().stream()
        .map(one -> known(one.getKey(), one.getValue()))
        .sorted(Comparator.comparing(known -> known.form().name()))
        .toList();
  }

  /// Adds a probe, which runs from now on.
  public synchronized Outcome<Known> add(ProbeForm form, String actor) {
    return entries.size() >= MOST
        ? Outcome.refused(
            Reason.CONFLICT,
            Text.of(
                "There are " + MOST + " probes, which is the most.", "已有 " + MOST + " 个拨测，达到上限。"))
        : put(UUID.randomUUID().toString(), form, actor, "probe.add");
  }

  /// Changes a probe of the database.
  public synchronized Outcome<Known> change(String id, ProbeForm form, String actor) {
    Outcome<Entry> old = own(id);
    return old instanceof Outcome.Refused<Entry>(var reason, var message, var _, var _)
        ? Outcome.refused(reason, message)
        : put(id, form, actor, "probe.change");
  }

  private Outcome<Known> put(String id, ProbeForm form, String actor, String action) {
    return switch (form.probe()) {
      case Outcome.Refused<Probe> refused ->
          new Outcome.Refused<>(
              refused.reason(), refused.message(), refused.field(), Duration.ZERO);
      case Outcome.Done<Probe>(Probe probe) -> {
        if (isTaken(form.name(), id)) {
          yield Outcome.invalid(
              "name",
              Text.of(
                  "Another probe is named '" + form.name() + "' too.",
                  "另一个拨测也名为“" + form.name() + "”。"));
        }
        database.change(transaction -> {
          store.put(transaction, id, form);
          audit.append(transaction, actor, action, form.name(), probe.check().target());
        });
        Entry entry = entry(Origin.SETTINGS, form);
        end(entries.put(id, entry));
        if (running && entry.own != null) {
          entry.own.loop.start();
        }
        tellServers();
        yield Outcome.done(known(id, entry));
      }
    };
  }

  /// Removes a probe of the database; its series end, their history stays.
  public synchronized Outcome<Known> delete(String id, String actor) {
    return switch (own(id)) {
      case Outcome.Refused<Entry>(var reason, var message, var _, var _) ->
          Outcome.refused(reason, message);
      case Outcome.Done<Entry>(Entry entry) -> {
        database.change(transaction -> {
          store.delete(transaction, id);
          audit.append(transaction, actor, "probe.delete", entry.form.name(), "");
        });
        entries.remove(id);
        end(entry);
        tellServers();
        yield Outcome.done(known(id, entry));
      }
    };
  }

  private static void end(@Nullable Entry entry) {
    if (entry != null && entry.own != null) {
      entry.own.loop.stop();
      entry.own.track.end();
    }
  }

  private Outcome<Entry> own(String id) {
    Entry entry = entries.get(id);
    if (entry == null) {
      return Outcome.refused(
          Reason.NOT_FOUND,
          Text.of("There is no probe with the id '" + id + "'.", "没有 ID 为“" + id + "”的拨测。"));
    }
    return entry.origin == Origin.FILE
        ? Outcome.refused(
            Reason.CONFLICT,
            Text.of(
                "The probe '"
                    + entry.form.name()
                    + "' stands in the settings file: change it there.",
                "拨测“" + entry.form.name() + "”写在设置文件中，请在该文件中修改。"))
        : Outcome.done(entry);
  }

  private boolean isTaken(String name, String id) {
    return entries.entrySet().stream()
        .anyMatch(one -> !one.getKey().equals(id) && one.getValue().form.name().equals(name));
  }

  /// Makes one attempt of a probe as it is entered, without keeping anything. Blocks up to the
  /// probe's timeout.
  public Outcome<ProbeResult> attempt(ProbeForm form) {
    return switch (form.probe()) {
      case Outcome.Refused<Probe> refused ->
          new Outcome.Refused<>(
              refused.reason(), refused.message(), refused.field(), Duration.ZERO);
      case Outcome.Done<Probe>(Probe probe) -> {
        if (!trials.tryAcquire()) {
          yield Outcome.tooMany(
              Text.of(
                  TRIALS_AT_ONCE + " attempts by hand run already.",
                  "已有 " + TRIALS_AT_ONCE + " 次手动尝试在进行。"),
              Duration.ofSeconds(1));
        }
        try {
          yield Outcome.done(prober.attempt(probe));
        } finally {
          trials.release();
        }
      }
    };
  }

  /// Stops asking, and waits for attempts that run.
  @Override
  public void close() throws InterruptedException {
    List<ProbeLoop> loops = new ArrayList<>();
    synchronized (this) {
      running = false;
      entries
          .values()
          .forEach(entry -> {
            if (entry.own != null) {
              loops.add(entry.own.loop);
            }
          });
    }
    loops.forEach(ProbeLoop::stop);
    // What is still open is closed at once, which ends the attempts.
    prober.close();
    for (ProbeLoop loop : loops) {
      loop.join();
    }
  }
}
