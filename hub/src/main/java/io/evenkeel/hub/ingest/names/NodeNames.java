package io.evenkeel.hub.ingest.names;

import io.evenkeel.hub.ingest.names.Table.Part;
import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Adds node_exporter's series beside those of other collectors, so that pages, rules and diagnosis
/// work on servers without an agent of ours. The others' own series stay: their boards ask for
/// them.
///
/// A whole whose parts come in several requests is left out: missing, never wrong. Cost: a series
/// whose name begins as none of the tables' does is a look at two of its bytes, any other one into
/// a map of hashes. Safe for use by many threads.
public final class NodeNames {
  private static final List<Table> TABLES =
      List.of(OtelHostmetrics.TABLE, Telegraf.TABLE, WindowsExporter.TABLE);
  private static final String COUNTED_BESIDE_SHARES = "cpu_time_";
  private static final int MOST_REMEMBERED = 100_000;

  /// How the tables' names begin, two letters each.
  private static final boolean[] BEGINS = new boolean[1 << 16];

  static {
    TABLES.forEach(table ->
        table
            .rows()
            .keySet()
            .forEach(metric -> BEGINS[metric.charAt(0) << 8 | metric.charAt(1)] = true));
  }

  /// Where a series' name begins, when it is the first label and shorter than 110 bytes: behind the
  /// tags and lengths of the label, its name and its value.
  private static final int NAME_OFFSET = 14;

  private static final byte[] NAME_LABEL = "\n\b__name__\u0012".getBytes(StandardCharsets.US_ASCII);

  private final Map<Long, List<Part>> known = new ConcurrentHashMap<>();
  private final BusyShares shares = new BusyShares();

  /// The targets that a collector counts itself, where percentages beside them add nothing.
  private final Set<Labels> counted = ConcurrentHashMap.newKeySet();

  /// A value that grows from its parts.
  private static final class Sum {
    final Row row;
    double value;
    int seen;
    boolean stale;

    Sum(Row row) {
      this.row = row;
    }

    void add(Row part, long bits) {
      if ((seen & part.part()) != 0 && !part.sums()) {
        return;
      }
      seen |= part.part();
      stale |= StaleMarker.is(bits);
      value += Double.longBitsToDouble(bits) * part.factor() + part.plus();
    }

    boolean isWhole() {
      return (seen & row.whole()) == row.whole();
    }
  }

  private record Moment(Labels target, long timeMillis) {}

  /// Adds to a batch what its series are in node_exporter's names; answers how many samples.
  public int translate(SampleBatch batch) {
    List<List<Part>> parts = new ArrayList<>(batch.seriesCount());
    boolean any = false;
    for (int series = 0; series < batch.seriesCount(); series++) {
      List<Part> found = parts(batch, series);
      parts.add(found);
      any |= !found.isEmpty();
    }
    return any ? add(batch, sums(batch, parts)) : 0;
  }

  private List<Part> parts(SampleBatch batch, int series) {
    if (!mayBeKnown(
        batch.labelBytes(series), batch.labelOffset(series), batch.labelLength(series))) {
      return List.of();
    }
    long hash = batch.labelHash(series);
    List<Part> found = known.get(hash);
    if (found == null) {
      found = look(batch, series);
      if (known.size() >= MOST_REMEMBERED) {
        known.clear();
        counted.clear();
      }
      known.put(hash, found);
      found.stream()
          .filter(part -> part.row().metric().startsWith(COUNTED_BESIDE_SHARES))
          .forEach(part -> counted.add(part.target()));
    }
    return found;
  }

  private static boolean mayBeKnown(byte[] bytes, int offset, int length) {
    int label = offset + 2;
    boolean nameFirst =
        length > NAME_OFFSET + 1
            && bytes[offset + 1] > 0
            && Arrays.equals(
                bytes, label, label + NAME_LABEL.length, NAME_LABEL, 0, NAME_LABEL.length);
    int name = offset + NAME_OFFSET;
    return !nameFirst || BEGINS[(bytes[name] & 0xFF) << 8 | bytes[name + 1] & 0xFF];
  }

  private static List<Part> look(SampleBatch batch, int series) {
    try {
      Labels labels = batch.labels(series);
      return TABLES.stream()
          .map(table -> table.parts(labels))
          .filter(parts -> !parts.isEmpty())
          .findFirst()
          .orElse(List.of());
    } catch (InvalidLabelsException e) {
      // The store refuses it, and counts that.
      return List.of();
    }
  }

  private Map<Moment, Sum> sums(SampleBatch batch, List<List<Part>> parts) {
    Map<Moment, Sum> sums = new LinkedHashMap<>();
    for (int sample = 0; sample < batch.sampleCount(); sample++) {
      if (batch.histogram(sample) == null) {
        for (Part part : parts.get(batch.series(sample))) {
          Long bits = bits(part, batch.time(sample), batch.valueBits(sample));
          if (bits != null) {
            sums.computeIfAbsent(
                    new Moment(part.target(), batch.time(sample)), unused -> new Sum(part.row()))
                .add(part.row(), bits);
          }
        }
      }
    }
    return sums;
  }

  /// What a sample is worth for its target; null when it adds nothing.
  private @Nullable Long bits(Part part, long timeMillis, long bits) {
    if (!part.row().share()) {
      return bits;
    }
    if (counted.contains(part.target())) {
      return null;
    }
    if (StaleMarker.is(bits)) {
      return bits;
    }
    OptionalDouble seconds = shares.add(part.target(), timeMillis, Double.longBitsToDouble(bits));
    return seconds.isEmpty() ? null : Double.doubleToRawLongBits(seconds.getAsDouble());
  }

  private static int add(SampleBatch batch, Map<Moment, Sum> sums) {
    Map<Labels, Integer> numbers = new HashMap<>();
    int added = 0;
    for (Map.Entry<Moment, Sum> one : sums.entrySet()) {
      Sum sum = one.getValue();
      if (sum.isWhole()) {
        int series =
            numbers.computeIfAbsent(
                one.getKey().target(),
                labels -> {
                  byte[] bytes = LabelBytes.encode(labels);
                  return batch.addSeries(bytes, 0, bytes.length);
                });
        long time = one.getKey().timeMillis();
        if (sum.stale) {
          batch.addSample(series, time, StaleMarker.BITS);
        } else {
          batch.addSample(series, time, sum.value);
        }
        added++;
      }
    }
    return added;
  }
}
