package io.evenkeel.hub.probe;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.ingest.Ingest;
import io.evenkeel.hub.outgoing.AddressRules;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The front door of probing: the probes of the settings file and of the database, each with its
/// loop. Safe for use by many threads.
public final class Probes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);
  private static final int MOST = 2_000;
  private static final int AT_ONCE = 64;
  private static final int TRIALS_AT_ONCE = 4;

  /// Where a probe is kept.
  public enum Origin {
    /// In the settings file, where it is changed, too.
    FILE,
    /// In the settings database.
    SETTINGS,
    /// In the database, but the settings file has one of the same name, which runs instead.
    SHADOWED
  }

  /// A probe and how it goes.
  ///
  /// @param last null before the first attempt
  public record Known(String id, Origin origin, ProbeForm form, @Nullable ProbeResult last) {}

  private record Entry(Origin origin, ProbeForm form, @Nullable ProbeLoop loop) {
    Known known(String id) {
      return new Known(id, origin, form, loop == null ? null : loop.last());
    }
  }

  private final Database database;
  private final ProbeStore store = new ProbeStore();
  private final AuditStore audit;
  private final Ingest ingest;
  private final Prober prober;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Semaphore room = new Semaphore(AT_ONCE, true);
  private final Semaphore trials = new Semaphore(TRIALS_AT_ONCE);
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private boolean running;

  /// @param fromFile the probes of the settings file
  /// @param nanos a clock that is never set
  public Probes(
      Database database,
      AuditStore audit,
      List<Probe> fromFile,
      Ingest ingest,
      AddressRules rules,
      InstantSource clock,
      LongSupplier nanos) {
    this.database = database;
    this.audit = audit;
    this.ingest = ingest;
    this.prober = new Prober(rules, clock, nanos);
    this.clock = clock;
    this.nanos = nanos;
    for (Probe probe : fromFile) {
      entries.put("file-" + probe.name(), new Entry(Origin.FILE, ProbeForm.of(probe), loop(probe)));
    }
    database.read(store::all).forEach(this::addStored);
  }

  private void addStored(String id, ProbeForm form) {
    if (isTaken(form.name(), id)) {
      LOG.warn(
          "The probe '{}' of the settings does not run: the settings file has one of that name",
          form.name());
      entries.put(id, new Entry(Origin.SHADOWED, form, null));
      return;
    }
    switch (form.probe()) {
      case Outcome.Done<Probe>(Probe probe) ->
          entries.put(id, new Entry(Origin.SETTINGS, form, loop(probe)));
      case Outcome.Refused<Probe> refused -> {
        LOG.warn("The stored probe '{}' does not run: {}", form.name(), refused.message());
        entries.put(id, new Entry(Origin.SETTINGS, form, null));
      }
    }
  }

  private ProbeLoop loop(Probe probe) {
    return new ProbeLoop(probe, prober, room, ingest, clock, nanos);
  }

  /// Begins to ask.
  public synchronized void start() {
    running = true;
    entries
        .values()
        .forEach(entry -> {
          if (entry.loop != null) {
            entry.loop.start();
          }
        });
  }

  /// All probes by name.
  public synchronized List<Known> all() {
    return entries.entrySet().stream()
        .map(one -> one.getValue().known(one.getKey()))
        .sorted(Comparator.comparing(known -> known.form().name()))
        .toList();
  }

  /// Adds a probe, which runs from now on.
  public synchronized Outcome<Known> add(ProbeForm form, String actor) {
    return entries.size() >= MOST
        ? Outcome.refused(Reason.CONFLICT, "There are " + MOST + " probes, which is the most.")
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
          yield Outcome.invalid("name", "Another probe is named '" + form.name() + "' too.");
        }
        database.change(transaction -> {
          store.put(transaction, id, form);
          audit.append(transaction, actor, action, form.name(), probe.check().target());
        });
        Entry entry = new Entry(Origin.SETTINGS, form, loop(probe));
        Entry old = entries.put(id, entry);
        if (old != null && old.loop != null) {
          old.loop.stop(true);
        }
        if (running && entry.loop != null) {
          entry.loop.start();
        }
        yield Outcome.done(entry.known(id));
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
        if (entry.loop != null) {
          entry.loop.stop(true);
        }
        yield Outcome.done(entry.known(id));
      }
    };
  }

  private Outcome<Entry> own(String id) {
    Entry entry = entries.get(id);
    if (entry == null) {
      return Outcome.refused(Reason.NOT_FOUND, "There is no probe with the id '" + id + "'.");
    }
    return entry.origin == Origin.FILE
        ? Outcome.refused(
            Reason.CONFLICT,
            "The probe '" + entry.form.name() + "' stands in the settings file: change it there.")
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
              TRIALS_AT_ONCE + " attempts by hand run already.", Duration.ofSeconds(1));
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
            if (entry.loop != null) {
              loops.add(entry.loop);
            }
          });
    }
    loops.forEach(loop -> loop.stop(false));
    // What is still open is closed at once, which ends the attempts.
    prober.close();
    for (ProbeLoop loop : loops) {
      loop.join();
    }
  }
}
