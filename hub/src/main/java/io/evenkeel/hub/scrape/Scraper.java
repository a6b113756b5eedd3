package io.evenkeel.hub.scrape;

import io.evenkeel.hub.ingest.Ingest;
import io.evenkeel.hub.scrape.Target.Relabelled;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.model.Labels;
import io.evenkeel.model.outgoing.AddressRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The front door of scraping: keeps a loop running for each target of each job, and looks every
/// few seconds whether the files of targets have changed. Safe for use by many threads.
public final class Scraper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scraper.class);
  private static final long LOOK_EVERY_SECONDS = 5;

  /// So many dropped targets are remembered for a look; the others are counted.
  private static final int DROPPED_SHOWN = 1_000;

  private final Ingest ingest;
  private final AddressRules rules;
  private final HubMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final List<Pool> pools = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          1, Thread.ofPlatform().daemon().name("scrape-timer").factory());

  /// A target and how it goes.
  public record Active(Target target, TargetStatus status) {}

  /// Addresses that are not scraped.
  ///
  /// @param labels those that are shown, before relabelling
  /// @param count all of them
  public record Dropped(String job, List<Labels> labels, int count) {}

  /// One job with its loops; its lock guards its fields.
  private static final class Pool {
    final ScrapeJob job;
    final ScrapeClient client;
    final Map<String, ScrapeLoop> loops = new LinkedHashMap<>();
    final Map<Path, String> marks = new LinkedHashMap<>();
    final Map<Path, List<TargetGroup>> groups = new LinkedHashMap<>();
    Dropped dropped;

    Pool(ScrapeJob job, ScrapeClient client) {
      this.job = job;
      this.client = client;
      this.dropped = new Dropped(job.name(), List.of(), 0);
    }
  }

  /// @param nanos a clock that is never set
  /// @throws IOException when a job's certificate authorities cannot be read
  public Scraper(
      List<ScrapeJob> jobs,
      Ingest ingest,
      AddressRules rules,
      HubMetrics metrics,
      InstantSource clock,
      LongSupplier nanos)
      throws IOException {
    this.ingest = ingest;
    this.rules = rules;
    this.metrics = metrics;
    this.clock = clock;
    this.nanos = nanos;
    for (ScrapeJob job : jobs) {
      pools.add(new Pool(job, new ScrapeClient(job, this.rules, timer)));
    }
  }

  /// Begins to scrape.
  public void start() {
    look();
    var unused =
        timer.scheduleWithFixedDelay(
            this::look, LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS, TimeUnit.SECONDS);
  }

  /// Looks at the files of targets once, and starts and stops loops as they say.
  void look() {
    for (Pool pool : pools) {
      try {
        synchronized (pool) {
          boolean first = pool.loops.isEmpty() && pool.marks.isEmpty();
          if (readFiles(pool) || first) {
            update(pool);
          }
        }
      } catch (IOException e) {
        LOG.warn(
            "The target files of scrape job '{}' cannot be found: {}",
            pool.job.name(),
            e.getMessage());
      } catch (RuntimeException e) {
        // Else the timer would end without a word.
        LOG.error("The targets of scrape job '{}' could not be updated", pool.job.name(), e);
      }
    }
  }

  /// Reads files that are new or have changed; answers whether there was any change.
  private static boolean readFiles(Pool pool) throws IOException {
    Map<Path, String> present = new LinkedHashMap<>();
    for (TargetFiles files : pool.job.files()) {
      present.putAll(files.present());
    }
    boolean changed = pool.marks.keySet().retainAll(present.keySet());
    pool.groups.keySet().retainAll(present.keySet());
    for (Map.Entry<Path, String> file : present.entrySet()) {
      if (file.getValue().equals(pool.marks.get(file.getKey()))) {
        continue;
      }
      pool.marks.put(file.getKey(), file.getValue());
      switch (TargetFiles.read(file.getKey())) {
        case TargetFiles.Content.Groups(List<TargetGroup> groups) -> {
          pool.groups.put(file.getKey(), groups);
          changed = true;
        }
        case TargetFiles.Content.Unreadable(String problem) ->
            LOG.warn("{}; the targets read from it before stay", problem);
      }
    }
    return changed;
  }

  private void update(Pool pool) {
    Map<String, Target> wanted = new LinkedHashMap<>();
    List<Labels> dropped = new ArrayList<>();
    List<TargetGroup> groups = new ArrayList<>(pool.job.staticTargets());
    pool.groups.values().forEach(groups::addAll);
    for (TargetGroup group : groups) {
      for (String address : group.addresses()) {
        switch (Target.of(pool.job, address, group)) {
          case Relabelled.Kept(Target target) -> wanted.putIfAbsent(target.key(), target);
          case Relabelled.Dropped(Labels labels) -> dropped.add(labels);
          case Relabelled.Invalid(Labels labels, String why) -> {
            dropped.add(labels);
            LOG.warn("A target of scrape job '{}' is left out: {}", pool.job.name(), why);
          }
        }
      }
    }
    String refusal = beyondLimit(pool.job, wanted.size());
    if (!refusal.isEmpty()) {
      LOG.error("{}", refusal);
    }
    pool.dropped =
        new Dropped(
            pool.job.name(),
            dropped.subList(0, Math.min(DROPPED_SHOWN, dropped.size())).stream().toList(),
            dropped.size());
    pool.loops
        .entrySet()
        .removeIf(entry -> {
          Target target = wanted.get(entry.getKey());
          boolean same = entry.getValue().target().isSame(target);
          if (!same) {
            entry.getValue().stop(true);
          }
          return !same;
        });
    wanted.forEach((key, target) ->
        pool.loops.computeIfAbsent(
            key,
            unused -> {
              ScrapeLoop loop = new ScrapeLoop(target, pool.client, ingest, metrics, clock, nanos);
              loop.refuse(refusal);
              loop.start();
              return loop;
            }));
    pool.loops.values().forEach(loop -> loop.refuse(refusal));
  }

  /// Why none of a job's targets is fetched, as Prometheus has it: each is down with this as its
  /// error, so that `up` tells it to whoever watches. Empty when there are not too many.
  private static String beyondLimit(ScrapeJob job, int targets) {
    int limit = job.limits().targets();
    return limit == 0 || targets <= limit
        ? ""
        : "target_limit exceeded: scrape job '"
            + job.name()
            + "' has "
            + targets
            + " targets, its limit is "
            + limit
            + ", so none of them is scraped";
  }

  /// Every target that is scraped, by job and address.
  public List<Active> active() {
    List<Active> all = new ArrayList<>();
    for (Pool pool : pools) {
      synchronized (pool) {
        pool.loops.values().stream()
            .map(loop -> new Active(loop.target(), loop.status()))
            .sorted(Comparator.comparing(active -> active.target().key()))
            .forEach(all::add);
      }
    }
    return all;
  }

  /// What is not scraped, by job.
  public List<Dropped> dropped() {
    List<Dropped> all = new ArrayList<>();
    for (Pool pool : pools) {
      synchronized (pool) {
        all.add(pool.dropped);
      }
    }
    return all;
  }

  /// Stops every loop; series stay as they are.
  @Override
  public void close() throws InterruptedException {
    timer.shutdownNow();
    List<ScrapeLoop> loops = new ArrayList<>();
    for (Pool pool : pools) {
      synchronized (pool) {
        loops.addAll(pool.loops.values());
      }
    }
    loops.forEach(loop -> loop.stop(false));
    for (Pool pool : pools) {
      try {
        // A fetch that waits for its target ends with its connections.
        pool.client.close();
      } catch (IOException e) {
        LOG.debug("Connections of scrape job '{}' did not close", pool.job.name(), e);
      }
    }
    for (ScrapeLoop loop : loops) {
      loop.join();
    }
  }
}
