package io.evenkeel.hub.hosts;

import io.evenkeel.hub.clean.HostSignals;
import io.evenkeel.hub.clean.HostTick;
import io.evenkeel.hub.db.Database;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Every host that ever reported, with what is known of it and how its reports come in. Safe for
/// use by many threads.
///
/// A host is known by the name in its `instance` label and gets an id at its first report. Silence
/// is measured on the hub's monotonic clock, from the arrival of reports, so that no clock that is
/// set makes or hides it. What rarely changes is saved when it changes, the rest once a minute.
public final class HostRegistry implements AutoCloseable {
  /// After this time without a report the rule about hosts that are down has fired, where there is
  /// one.
  private static final Duration DOUBT = Duration.ofMinutes(5);

  /// More hosts than this are not taken in: an invented `instance` per sample must not fill the
  /// settings.
  static final int MAX_HOSTS = 20_000;

  private static final long UNKNOWN_PERIOD_MILLIS = 15_000;
  private static final Duration SAVE_EVERY = Duration.ofMinutes(1);

  private final Database database;
  private final HostStore store = new HostStore();
  private final InstantSource clock;
  private final LongSupplier monotonicNanos;
  private final SecureRandom random = new SecureRandom();

  /// In order, since all hosts are looked at each second.
  private final Map<String, Entry> byName = new ConcurrentSkipListMap<>();

  private final Map<String, Entry> byId = new ConcurrentHashMap<>();
  private final Map<String, Entry> byFormerName = new ConcurrentHashMap<>();
  private long savedAtNanos;

  /// One host; its lock guards its fields.
  private static final class Entry {
    final String id;
    volatile String name;
    final ReportPeriod measured = new ReportPeriod();
    HostFacts facts;
    boolean self;
    boolean pushes;
    boolean unsaved;
    OptionalLong toldPeriodMillis = OptionalLong.empty();
    @Nullable Long lastSampleAtMillis;
    long arrivedAtNanos;
    HostSignals signals = HostSignals.NONE;

    Entry(String id, String name, HostFacts facts, long nowNanos) {
      this.id = id;
      this.name = name;
      this.facts = facts;
      this.arrivedAtNanos = nowNanos;
    }

    OptionalLong knownPeriodMillis() {
      return toldPeriodMillis.isPresent() ? toldPeriodMillis : measured.millis();
    }

    long periodMillis() {
      return knownPeriodMillis().orElse(UNKNOWN_PERIOD_MILLIS);
    }

    HostStatus status(long nowNanos) {
      return HostStatus.after((nowNanos - arrivedAtNanos) / 1_000_000, periodMillis());
    }
  }

  /// @param monotonicNanos a clock that is never set, such as `System::nanoTime`
  public HostRegistry(Database database, InstantSource clock, LongSupplier monotonicNanos) {
    this.database = database;
    this.clock = clock;
    this.monotonicNanos = monotonicNanos;
    long now = monotonicNanos.getAsLong();
    savedAtNanos = now;
    for (HostStore.Row row : database.read(store::all)) {
      // A host that reported before the hub's stop gets as long as it would from a report now.
      Entry entry = new Entry(row.id(), row.name(), row.facts(), now);
      entry.lastSampleAtMillis = row.lastSampleAtMillis();
      entry.self = row.self();
      entry.pushes = row.facts().agentVersion() != null;
      add(entry);
    }
  }

  private void add(Entry entry) {
    byName.put(entry.name, entry);
    byId.put(entry.id, entry);
  }

  /// Notes that samples of a host were stored; answers the host's id, nothing when the hub knows
  /// too many hosts already.
  public Optional<String> reported(Report report) {
    HostTick tick = report.tick();
    Entry entry = entry(tick.instance());
    if (entry == null) {
      return Optional.empty();
    }
    synchronized (entry) {
      entry.arrivedAtNanos = monotonicNanos.getAsLong();
      Long last = entry.lastSampleAtMillis;
      entry.lastSampleAtMillis =
          last == null ? tick.timeMillis() : Math.max(last, tick.timeMillis());
      entry.signals = entry.signals.updated(tick.signals());
      entry.measured.note(tick.timeMillis());
      entry.toldPeriodMillis = report.periodMillis();
      entry.pushes |= report.agentVersion() != null;
      HostFacts facts = entry.facts.updated(tick, report.agentVersion(), report.os());
      entry.unsaved |= !facts.equals(entry.facts) || entry.self != report.self();
      entry.facts = facts;
      entry.self |= report.self();
    }
    return Optional.of(entry.id);
  }

  /// The id of a host with a name, which gets one when it has none yet; nothing when the hub knows
  /// too many hosts already.
  public Optional<String> idFor(String name) {
    Entry entry = entry(name);
    return entry == null ? Optional.empty() : Optional.of(entry.id);
  }

  private @Nullable Entry entry(String name) {
    Entry known = byName.get(name);
    Entry former = known == null ? byFormerName.get(name) : null;
    return known != null ? known : former != null ? former : take(name);
  }

  private synchronized @Nullable Entry take(String name) {
    Entry known = byName.get(name);
    if (known != null || byName.size() >= MAX_HOSTS) {
      return known;
    }
    byte[] id = new byte[6];
    random.nextBytes(id);
    Entry entry =
        new Entry(
            HexFormat.of().formatHex(id), name, HostFacts.UNKNOWN, monotonicNanos.getAsLong());
    entry.unsaved = true;
    add(entry);
    return entry;
  }

  /// Every host, by name.
  public List<Host> all() {
    long now = monotonicNanos.getAsLong();
    return byName.values().stream().map(entry -> view(entry, now)).toList();
  }

  /// The host with an id.
  public Optional<Host> find(String id) {
    Entry entry = byId.get(id);
    return entry == null ? Optional.empty() : Optional.of(view(entry, monotonicNanos.getAsLong()));
  }

  /// The id of the host with a name.
  public Optional<String> idOf(String name) {
    Entry entry = byName.get(name);
    return entry == null ? Optional.empty() : Optional.of(entry.id);
  }

  /// Whether it is in doubt that the host with a name lives: its agent has missed reports, but not
  /// for longer than it takes to be sure.
  public boolean isInDoubt(String name) {
    Entry entry = byName.get(name);
    if (entry == null) {
      return false;
    }
    long now = monotonicNanos.getAsLong();
    synchronized (entry) {
      return entry.pushes
          && entry.status(now) != HostStatus.OK
          && now - entry.arrivedAtNanos < DOUBT.toNanos();
    }
  }

  /// Gives a host another name, under which it reports from now on; nothing when there is no such
  /// host.
  public synchronized void rename(String id, String name) {
    Entry entry = byId.get(id);
    if (entry == null || byName.containsKey(name)) {
      return;
    }
    database.change(transaction -> store.rename(transaction, id, name));
    byName.put(name, entry);
    byName.remove(entry.name);
    byFormerName.put(entry.name, entry);
    entry.name = name;
  }

  /// Takes reports under a name that a host had before for that host's.
  public void formerly(String id, String name) {
    Entry entry = byId.get(id);
    if (entry != null) {
      byFormerName.putIfAbsent(name, entry);
    }
  }

  /// Forgets a host; it is taken in again when it reports again.
  public synchronized void remove(String id) {
    Entry entry = byId.remove(id);
    if (entry != null) {
      byName.remove(entry.name);
      byFormerName.values().removeIf(one -> one == entry);
      database.change(transaction -> store.delete(transaction, id));
    }
  }

  private static Host view(Entry entry, long nowNanos) {
    synchronized (entry) {
      HostFacts facts = entry.facts;
      OptionalLong period = entry.knownPeriodMillis();
      return new Host(
          entry.id,
          entry.name,
          facts.os(),
          facts.kernel(),
          facts.arch(),
          facts.cores(),
          facts.memoryBytes(),
          facts.bootedAtMillis(),
          facts.agentVersion(),
          period.isPresent() ? Long.valueOf(period.getAsLong()) : null,
          entry.lastSampleAtMillis,
          entry.status(nowNanos),
          entry.signals,
          entry.self);
    }
  }

  /// The hosts with an agent that are silent, for which `up` is 0.
  List<SilentHost> silentAgents() {
    long now = monotonicNanos.getAsLong();
    List<SilentHost> silent = new ArrayList<>();
    for (Entry entry : byName.values()) {
      synchronized (entry) {
        if (entry.pushes && entry.status(now) == HostStatus.SILENT) {
          silent.add(new SilentHost(entry.name, entry.periodMillis()));
        }
      }
    }
    return silent;
  }

  /// A host whose agent does not report, and how often it should.
  record SilentHost(String name, long periodMillis) {}

  /// Saves what has changed: new hosts and facts at once, the times of the last samples once a
  /// minute.
  public void save() {
    long now = monotonicNanos.getAsLong();
    boolean all = now - savedAtNanos >= SAVE_EVERY.toNanos();
    save(all);
    if (all) {
      savedAtNanos = now;
    }
  }

  private synchronized void save(boolean all) {
    List<HostStore.Row> rows = new ArrayList<>();
    for (Entry entry : byName.values()) {
      synchronized (entry) {
        if (all || entry.unsaved) {
          rows.add(
              new HostStore.Row(
                  entry.id, entry.name, entry.facts, entry.lastSampleAtMillis, entry.self));
          entry.unsaved = false;
        }
      }
    }
    if (!rows.isEmpty()) {
      long now = clock.millis();
      database.change(transaction -> rows.forEach(row -> store.save(transaction, row, now)));
    }
  }

  /// Saves everything.
  @Override
  public void close() {
    save(true);
  }
}
