package io.evenkeel.agent.collect.kernel;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.agent.collect.SmallFiles;
import io.evenkeel.model.Exemplar;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.NativeHistogram;
import io.evenkeel.model.exposition.PageSeries;
import io.evenkeel.model.exposition.PageSink;
import io.evenkeel.model.exposition.TextPage;
import io.evenkeel.model.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `*.prom` files that the administrator's own scripts write, in the text exposition format. A file
/// with a fault gives nothing and is named; the others go on. The agent has a heap of megabytes, so
/// a file that is too large, or has more series than all may have together, is left out and named
/// too: whatever a script writes, the server stays watched.
public final class TextfileCollector implements Collector {
  private static final int MOST_BYTES = 512 << 10;
  private static final int MOST_SERIES = 2_000;

  private final Optional<Path> folder;

  public TextfileCollector(Surroundings surroundings) {
    folder = surroundings.settings().textfiles();
  }

  @Override
  public String name() {
    return "textfile";
  }

  @Override
  public int seconds() {
    return 5;
  }

  @Override
  public void collect(Samples out) throws IOException {
    Path from =
        folder.orElseThrow(() ->
            new NotAvailableException(
                "no folder of text files is configured (collection.textfiles)"));
    List<String> broken = new ArrayList<>();
    int taken = 0;
    for (Path file : SmallFiles.entries(from, "")) {
      if (SmallFiles.nameOf(file).endsWith(".prom")) {
        try {
          taken += put(file, MOST_SERIES - taken, out);
        } catch (IOException | InvalidLabelsException | WireException e) {
          broken.add(SmallFiles.nameOf(file) + ": " + e.getMessage());
        }
      }
    }
    out.gauge(
            "node_textfile_scrape_error",
            "1 if there was an error opening or reading a file, 0 otherwise")
        .set(broken.isEmpty() ? 0 : 1);
    if (!broken.isEmpty()) {
      throw new IOException("left out: " + String.join("; ", broken));
    }
  }

  /// Puts a file's samples out and answers how many there are.
  private static int put(Path file, int room, Samples out)
      throws IOException, InvalidLabelsException, WireException {
    byte[] page = read(file);
    Page read = new Page(room);
    TextPage.read(page, page.length, false, false, read);
    for (Sample sample : read.samples) {
      put(sample, out);
    }
    out.gauge(
            "node_textfile_mtime_seconds", "Unixtime mtime of textfiles successfully read.", "file")
        .set(Files.getLastModifiedTime(file).toMillis() / 1000.0, file.toString());
    return read.samples.size();
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] page = in.readNBytes(MOST_BYTES + 1);
      if (page.length > MOST_BYTES) {
        throw new IOException("it is larger than " + (MOST_BYTES >> 10) + " KiB");
      }
      return page;
    }
  }

  private static void put(Sample sample, Samples out) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    String metric = "";
    for (int i = 0; i < sample.labels.size(); i++) {
      if (sample.labels.name(i).equals(Label.METRIC_NAME)) {
        metric = sample.labels.value(i);
      } else {
        names.add(sample.labels.name(i));
        values.add(sample.labels.value(i));
      }
    }
    out.untyped(metric, "Metric read from a text file.", names.toArray(String[]::new))
        .set(sample.value, values.toArray(String[]::new));
  }

  private record Sample(Labels labels, double value) {}

  /// The samples of one file. Those with a time of their own are refused, as node_exporter does: a
  /// file that nobody writes any more would tell the past for ever.
  private static final class Page implements PageSink {
    final List<Sample> samples = new ArrayList<>();
    private final int room;

    Page(int room) {
      this.room = room;
    }

    @Override
    public void sample(
        PageSeries series,
        long timestampMillis,
        long valueBits,
        long startMillis,
        @Nullable Exemplar exemplar)
        throws InvalidLabelsException, WireException {
      if (timestampMillis != NO_TIME) {
        throw WireException.malformed(series.labels() + " has a time of its own: leave it out");
      }
      if (samples.size() == room) {
        throw WireException.malformed(
            "with it there would be more than " + MOST_SERIES + " series in text files");
      }
      samples.add(new Sample(series.labels(), Double.longBitsToDouble(valueBits)));
    }

    @Override
    public void histogram(
        PageSeries series,
        long timestampMillis,
        NativeHistogram histogram,
        long startMillis,
        @Nullable Exemplar exemplar) {
      // The text format has none.
    }

    @Override
    public void metadata(MetricMetadata metadata) {
      // Not asked for.
    }
  }
}
