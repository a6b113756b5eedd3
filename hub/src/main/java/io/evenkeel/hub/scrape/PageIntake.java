package io.evenkeel.hub.scrape;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.exposition.PageSeries;
import io.evenkeel.model.exposition.PageSink;
import io.evenkeel.model.wire.WireException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Puts a page's samples into a batch: with the target's labels, relabelled, within the job's
/// limits. Used by one thread.
final class PageIntake implements PageSink {
  private static final String EXPORTED = "exported_";

  private final ScrapeJob job;
  private final Labels targetLabels;
  private final SeriesCache cache;
  private final SampleBatch batch;
  private final long timeMillis;
  private int scraped;
  private int kept;

  /// @param timeMillis of samples that say no time
  PageIntake(Target target, SeriesCache cache, SampleBatch batch, long timeMillis) {
    this.job = target.job();
    this.targetLabels = target.labels();
    this.cache = cache;
    this.batch = batch;
    this.timeMillis = timeMillis;
  }

  /// How many samples the page held so far.
  int scraped() {
    return scraped;
  }

  /// How many of them relabelling left.
  int kept() {
    return kept;
  }

  @Override
  public void sample(
      PageSeries series,
      long timestampMillis,
      long valueBits,
      long startMillis,
      @Nullable Exemplar exemplar)
      throws InvalidLabelsException, WireException {
    int number = series(series, timestampMillis);
    if (number >= 0) {
      batch.addSample(number, time(timestampMillis), valueBits, startMillis);
      exemplar(number, exemplar);
    }
  }

  @Override
  public void histogram(
      PageSeries series,
      long timestampMillis,
      NativeHistogram histogram,
      long startMillis,
      @Nullable Exemplar exemplar)
      throws InvalidLabelsException, WireException {
    int number = series(series, timestampMillis);
    if (number >= 0) {
      batch.addHistogram(number, time(timestampMillis), histogram, startMillis);
      exemplar(number, exemplar);
    }
  }

  @Override
  public void metadata(MetricMetadata metadata) {
    batch.addMetadata(metadata);
  }

  private void exemplar(int series, @Nullable Exemplar exemplar) {
    if (exemplar != null) {
      boolean timeless = exemplar.timestampMillis() == NO_TIME;
      batch.addExemplar(
          series,
          timeless ? new Exemplar(exemplar.labels(), exemplar.value(), timeMillis) : exemplar);
    }
  }

  private long time(long timestampMillis) {
    return timestampMillis == NO_TIME || !job.honorTimestamps() ? timeMillis : timestampMillis;
  }

  /// The number of a series in the batch, or −1 when relabelling drops it.
  private int series(PageSeries series, long timestampMillis)
      throws InvalidLabelsException, WireException {
    scraped++;
    SeriesCache.Entry entry = cache.find(series);
    if (entry == null) {
      entry = cache.add(series, relabelled(series.labels()));
    }
    cache.seen(entry, timestampMillis == NO_TIME || !job.honorTimestamps());
    byte[] labels = entry.labels;
    if (labels == null) {
      return -1;
    }
    int limit = job.limits().samples();
    kept++;
    if (limit > 0 && kept > limit) {
      throw WireException.tooLarge("more than " + limit + " samples (sample_limit)");
    }
    return batch.addSeries(labels, 0, labels.length);
  }

  private byte @Nullable [] relabelled(Labels scrapedLabels) throws WireException {
    Labels labels = RelabelRule.apply(job.metricRelabel(), withTarget(scrapedLabels));
    if (labels == null || labels.isEmpty()) {
      return null;
    }
    if (labels.metricName().isEmpty()) {
      throw WireException.malformed(
          "relabelling took the name of the series " + scrapedLabels + " away");
    }
    checkLimits(labels);
    return LabelBytes.encode(labels);
  }

  private Labels withTarget(Labels scrapedLabels) {
    Labels.Builder labels = scrapedLabels.toBuilder();
    for (int i = 0; i < targetLabels.size(); i++) {
      String name = targetLabels.name(i);
      String own = scrapedLabels.get(name);
      if (own == null) {
        labels.set(name, targetLabels.value(i));
      } else if (!job.honorLabels()) {
        String exported = EXPORTED + name;
        while (labels.has(exported)) {
          exported = EXPORTED + exported;
        }
        labels.set(exported, own);
        labels.set(name, targetLabels.value(i));
      }
    }
    return labels.build();
  }

  private void checkLimits(Labels labels) throws WireException {
    ScrapeJob.Limits limits = job.limits();
    if (limits.labels() > 0 && labels.size() > limits.labels()) {
      throw WireException.tooLarge(
          describe(labels) + " has " + labels.size() + " labels (label_limit)");
    }
    for (int i = 0; i < labels.size(); i++) {
      if (beyond(labels.name(i), limits.labelNameBytes())) {
        throw WireException.tooLarge(
            describe(labels) + " has a label of a longer name (label_name_length_limit)");
      }
      if (beyond(labels.value(i), limits.labelValueBytes())) {
        throw WireException.tooLarge(
            describe(labels)
                + ": the value of label '"
                + labels.name(i)
                + "' is longer (label_value_length_limit)");
      }
    }
  }

  private static String describe(Labels labels) {
    String name = labels.valueOrEmpty(Label.METRIC_NAME);
    return "a series of '" + name.substring(0, Math.min(80, name.length())) + "'";
  }

  private static boolean beyond(String text, int limit) {
    return limit > 0 && text.getBytes(StandardCharsets.UTF_8).length > limit;
  }
}
