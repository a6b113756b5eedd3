package io.evenkeel.hub.diagnose;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.diagnose.evidence.StoredEvidence;
import io.evenkeel.hub.diagnose.finding.Finding;
import io.evenkeel.hub.diagnose.finding.Tier;
import io.evenkeel.hub.diagnose.finding.Verdict;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.hosts.HostStatus;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.tsdb.storage.Queryable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Diagnoses every host again and again, over the last minute of its samples, and keeps what was
/// found with its beginning and end.
///
/// An error is a finding at once; what is slow must be there in two turns, so that a moment makes
/// none. A finding ends when four turns did not see it. Turns follow each other so far apart that
/// they take at most a twentieth of one processor, but not more often than each 15 seconds. One
/// thread watches; questions may come from any.
public final class FindingWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("diagnose");
  private static final Duration WINDOW = Duration.ofSeconds(60);
  private static final Duration KEPT = Duration.ofDays(90);
  private static final long LEAST_PERIOD_NANOS = 15_000_000_000L;
  private static final int SHARE = 20;
  private static final int TURNS_TO_END = 4;

  private final Database database;
  private final FindingStore store = new FindingStore();
  private final Queryable samples;
  private final HostRegistry hosts;
  private final CpuPool pool;
  private final InstantSource clock;
  private final Thread thread;

  /// What the last turn saw that was not there before, by host.
  private Map<String, Set<String>> sawOnce = new HashMap<>();

  /// How many turns did not see an open finding, by its id.
  private final Map<String, Integer> missed = new HashMap<>();

  private volatile boolean closing;

  public FindingWatch(
      Database database, Queryable samples, HostRegistry hosts, CpuPool pool, InstantSource clock) {
    this.database = database;
    this.samples = samples;
    this.hosts = hosts;
    this.pool = pool;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("diagnose").unstarted(this::run);
  }

  /// Begins to watch.
  public void start() {
    thread.start();
  }

  private void run() {
    while (!closing) {
      long begun = System.nanoTime();
      try {
        turn();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (Exception e) {
        // Else the watch would end without a word.
        LOG.error("The hosts could not be diagnosed", e);
      }
      long took = System.nanoTime() - begun;
      long until = begun + Math.max(LEAST_PERIOD_NANOS, SHARE * took);
      while (!closing && System.nanoTime() - until < 0) {
        LockSupport.parkNanos(this, until - System.nanoTime());
      }
    }
  }

  /// Diagnoses every host that reports, once.
  void turn() throws Exception {
    Map<String, Verdict> verdicts = new HashMap<>();
    for (Host host : hosts.all()) {
      if (host.status() != HostStatus.SILENT && !closing) {
        verdicts.put(host.name(), now(host.name()));
      }
    }
    long now = clock.millis();
    database.change(transaction -> {
      List<HostFinding> open = store.open(transaction);
      Map<String, Set<String>> sawNow = new HashMap<>();
      verdicts.forEach((host, verdict) -> {
        for (Finding finding : verdict.findings()) {
          Optional<HostFinding> known =
              open.stream().filter(one -> one.isOf(host, finding)).findFirst();
          if (known.isPresent()) {
            String id = known.get().id();
            missed.put(id, 0);
            store.seen(transaction, id, now);
            if (finding.confidence() > known.get().finding().confidence()) {
              store.clearer(transaction, id, finding, verdict);
            }
            continue;
          }
          String key = finding.cause() + " " + finding.subject();
          boolean again = sawOnce.getOrDefault(host, Set.of()).contains(key);
          if (again || finding.tier() == Tier.ERRORS) {
            String id = UUID.randomUUID().toString();
            store.insert(transaction, new HostFinding(id, host, now, now, null, finding), verdict);
          } else {
            sawNow.computeIfAbsent(host, name -> new HashSet<>()).add(key);
          }
        }
      });
      sawOnce = sawNow;
      for (HostFinding one : open) {
        Verdict verdict = verdicts.get(one.host());
        boolean seen =
            verdict != null
                && verdict.findings().stream().anyMatch(found -> one.isOf(one.host(), found));
        if (!seen && missed.merge(one.id(), 1, Integer::sum) >= TURNS_TO_END) {
          missed.remove(one.id());
          store.end(transaction, one.id(), one.seenAt());
        }
      }
      store.forgetEndedBefore(transaction, now - KEPT.toMillis());
    });
  }

  /// The verdict over a host's last minute.
  public Verdict now(String host) throws Exception {
    long to = clock.millis();
    return pool.compute(
        () -> Diagnosis.of(StoredEvidence.of(samples, host, to - WINDOW.toMillis(), to)));
  }

  /// Findings that were there at some time of a closed interval, those that still are first, then
  /// the newest.
  ///
  /// @param host empty for every host
  public List<HostFinding> search(
      String host, boolean openOnly, long fromMillis, long toMillis, int limit) {
    return database.read(transaction ->
        new ArrayList<>(
            store.search(
                transaction,
                new FindingStore.Filter(host, openOnly, fromMillis, toMillis, limit))));
  }

  /// Whether a host has now what a finding, of another host perhaps, says.
  public boolean hasSame(String id, String host) {
    return find(id)
        .map(one -> one.finding().finding())
        .filter(said -> database.read(store::open).stream().anyMatch(now -> now.isOf(host, said)))
        .isPresent();
  }

  public Optional<HostFinding.Detail> find(String id) {
    return database.read(transaction -> store.find(transaction, id));
  }

  @Override
  public void close() {
    closing = true;
    if (thread.getState() == Thread.State.NEW) {
      // A start that failed half-way closes what it had made.
      return;
    }
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
