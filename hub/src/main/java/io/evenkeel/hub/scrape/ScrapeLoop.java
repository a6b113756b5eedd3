package io.evenkeel.hub.scrape;

import io.evenkeel.hub.ingest.Ingest;
import io.evenkeel.hub.ingest.Source;
import io.evenkeel.hub.scrape.ScrapeClient.Page;
import io.evenkeel.hub.scrape.TargetStatus.Health;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.model.exposition.ProtobufPage;
import io.evenkeel.model.exposition.TextPage;
import io.evenkeel.model.wire.WireException;
import io.evenkeel.model.work.LoopThread;
import io.evenkeel.tsdb.storage.StorageException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Scrapes one target again and again, on a virtual thread of its own.
///
/// Each scrape is one batch: the page's samples, stale markers for series that it does not bring
/// any more, and the series about the scrape itself. A scrape that fails in any way brings none of
/// its page: all series of the target end, and `up` is 0. A target that goes ends all its series; a
/// hub that stops ends none, so that nothing gapes when it starts again.
final class ScrapeLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ScrapeLoop.class);

  /// What families mean is stored now and then, not with each scrape.
  private static final long METADATA_EVERY_NANOS = 600_000_000_000L;

  private final Target target;
  private final ScrapeClient client;
  private final Ingest ingest;
  private final HubMetrics metrics;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Source source;
  private final SeriesCache cache = new SeriesCache();
  private final SampleBatch batch = new SampleBatch();
  private final LoopThread loop;
  private final byte[] up;
  private final byte[] duration;
  private final byte[] samplesScraped;
  private final byte[] samplesKept;
  private final byte[] seriesAdded;
  private long metadataAtNanos;
  private boolean reported;
  private volatile TargetStatus status = TargetStatus.NEW;
  private volatile boolean ended;
  private volatile String refusal = "";

  /// @param nanos a clock that is never set
  ScrapeLoop(
      Target target,
      ScrapeClient client,
      Ingest ingest,
      HubMetrics metrics,
      InstantSource clock,
      LongSupplier nanos) {
    this.target = target;
    this.client = client;
    this.ingest = ingest;
    this.metrics = metrics;
    this.clock = clock;
    this.nanos = nanos;
    this.loop = new LoopThread(nanos);
    this.source =
        Source.scrape(
            "scrape:" + target.job().name() + ":" + target.uri().getAuthority(),
            target.interval().toMillis());
    this.up = reportLabels("up");
    this.duration = reportLabels("scrape_duration_seconds");
    this.samplesScraped = reportLabels("scrape_samples_scraped");
    this.samplesKept = reportLabels("scrape_samples_post_metric_relabeling");
    this.seriesAdded = reportLabels("scrape_series_added");
    this.metadataAtNanos = nanos.getAsLong() - METADATA_EVERY_NANOS;
  }

  private byte[] reportLabels(String name) {
    return LabelBytes.encode(target.labels().with(Label.METRIC_NAME, name));
  }

  Target target() {
    return target;
  }

  TargetStatus status() {
    return status;
  }

  /// Begins, at a moment of the interval that spreads the targets.
  void start() {
    loop.start("scrape-" + target.uri().getAuthority(), this);
  }

  /// Says why the target is not to be fetched: until it is said otherwise each scrape fails with
  /// that.
  ///
  /// @param why empty when it may be fetched
  void refuse(String why) {
    refusal = why;
  }

  /// Stops after a running scrape.
  ///
  /// @param gone whether the target is gone, so that its series end
  void stop(boolean gone) {
    ended = gone;
    loop.stop();
  }

  /// Waits until a stopped loop has come to its end.
  void join() throws InterruptedException {
    loop.join();
  }

  @Override
  public void run() {
    long interval = target.interval().toNanos();
    long next =
        nanos.getAsLong() + Math.floorMod(target.key().hashCode() * 0x9E3779B97F4A7C15L, interval);
    while (loop.waitUntil(next)) {
      try {
        scrape();
      } catch (RuntimeException e) {
        // Else the target would not be scraped any more without a word.
        LOG.error("The scrape of {} failed unexpectedly", target.uri(), e);
      }
      next += interval;
      long late = nanos.getAsLong() - next;
      if (late > 0) {
        next += (late / interval + 1) * interval;
      }
    }
    if (ended) {
      end();
    }
  }

  /// Scrapes once.
  void scrape() {
    long begun = nanos.getAsLong();
    long time = clock.millis();
    batch.clear();
    cache.begin();
    PageIntake intake = new PageIntake(target, cache, batch, time);
    String problem = refusal;
    try {
      if (problem.isEmpty()) {
        read(client.fetch(target), intake);
      }
    } catch (WireException e) {
      problem = String.valueOf(e.getMessage());
      count(e.reason() == WireException.Reason.TOO_LARGE ? "too_large" : "malformed");
    } catch (IOException e) {
      problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      count("not_fetched");
    }
    if (loop.isStopped() && !ended) {
      return;
    }
    boolean well = problem.isEmpty();
    double seconds = (nanos.getAsLong() - begun) / 1e9;
    if (well) {
      cache.endScrape(gone -> stale(gone, time));
    } else {
      batch.clear();
      cache.endAll(gone -> stale(gone, time));
    }
    report(up, time, well ? 1 : 0);
    report(duration, time, seconds);
    report(samplesScraped, time, intake.scraped());
    report(samplesKept, time, well ? intake.kept() : 0);
    report(seriesAdded, time, well ? cache.added() : 0);
    String refused = store();
    status =
        new TargetStatus(
            well ? Health.UP : Health.DOWN,
            well ? refused : problem,
            OptionalLong.of(time),
            seconds,
            intake.scraped());
  }

  private void count(String reason) {
    metrics.refusedDelivery("scrape", reason);
  }

  private void read(Page page, PageIntake intake) throws WireException {
    boolean metadata = nanos.getAsLong() - metadataAtNanos >= METADATA_EVERY_NANOS;
    switch (page.format()) {
      case TEXT -> TextPage.read(page.bytes(), page.length(), false, metadata, intake);
      case OPEN_METRICS -> TextPage.read(page.bytes(), page.length(), true, metadata, intake);
      case PROTOBUF -> ProtobufPage.read(page.bytes(), page.length(), metadata, intake);
    }
    if (metadata) {
      metadataAtNanos = nanos.getAsLong();
    }
  }

  private void report(byte[] labels, long time, double value) {
    batch.addSample(batch.addSeries(labels, 0, labels.length), time, value);
  }

  private void stale(byte[] labels, long time) {
    batch.addSample(batch.addSeries(labels, 0, labels.length), time, StaleMarker.BITS);
  }

  /// Stores the batch; answers what of it was refused, for people.
  private String store() {
    try {
      Ingest.Outcome outcome = ingest.accept(source, batch);
      reported = true;
      return outcome.refused() == 0
          ? ""
          : outcome.refused()
              + " of its samples were refused "
              + outcome.stored().rejected()
              + String.join("; ", outcome.stored().details());
    } catch (StorageException e) {
      return "not stored: " + e.getMessage();
    }
  }

  /// Ends every series of a target that is gone.
  private void end() {
    long time = clock.millis();
    batch.clear();
    cache.endAll(gone -> stale(gone, time));
    if (reported) {
      stale(up, time);
      stale(duration, time);
      stale(samplesScraped, time);
      stale(samplesKept, time);
      stale(seriesAdded, time);
    }
    String refused = store();
    if (!refused.isEmpty()) {
      LOG.warn("The series of {} could not all be ended: {}", target.uri(), refused);
    }
  }
}
