package io.evenkeel.model.otlp;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.model.exposition.TextWriter;
import io.evenkeel.model.wire.HistogramParts;
import io.evenkeel.model.wire.ProtoCursor;
import io.evenkeel.model.wire.RequestLimits;
import io.evenkeel.model.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns data points into series and samples. Not thread-safe.
///
/// A resource's service becomes `job` and `instance` of its series (its host the instance when it
/// names none), its other attributes a `target_info` series beside them. A point that says that
/// nothing was recorded ends its series by a stale marker.
final class OtlpPoints {
  private static final String SERVICE_NAME = "service.name";
  private static final String SERVICE_NAMESPACE = "service.namespace";
  private static final String SERVICE_INSTANCE = "service.instance.id";
  private static final String HOST_NAME = "host.name";
  private static final Set<String> IDENTITY =
      Set.of(SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_INSTANCE);
  private static final long NO_RECORDED_VALUE = 1;
  private static final int MAX_DETAILS = 5;

  /// OpenMetrics's bound for the labels of an exemplar, in characters.
  private static final int EXEMPLAR_CHARACTERS = 128;

  private final ProtoCursor cursor;
  private final RequestLimits limits;
  private final SampleBatch batch;
  private final Attributes attributes;
  private final ExponentialBuckets buckets;

  private Labels identity = Labels.empty();
  private Labels target = Labels.empty();
  private long newestMillis;
  private String metric = "";
  private int points;
  private int refused;
  private final Set<String> details = new LinkedHashSet<>();

  private long startMillis;
  private long timeMillis;
  private boolean stale;
  private final List<Exemplar> exemplars = new ArrayList<>();

  OtlpPoints(ProtoCursor cursor, RequestLimits limits, SampleBatch batch) {
    this.cursor = cursor;
    this.limits = limits;
    this.batch = batch;
    this.attributes = new Attributes(cursor);
    this.buckets = new ExponentialBuckets(cursor, limits.buckets());
  }

  DecodedOtlp outcome() {
    return new DecodedOtlp(refused, List.copyOf(details));
  }

  /// Refuses points, with one reason.
  void refuse(int count, String why) {
    refused += count;
    if (count > 0 && details.size() < MAX_DETAILS) {
      details.add(why);
    }
  }

  /// Says whose points follow.
  void resource(Attributes resource) {
    String service = resource.value(SERVICE_NAME);
    String namespace = resource.value(SERVICE_NAMESPACE);
    Labels.Builder who = new Labels.Builder();
    who.set(Label.JOB, namespace.isEmpty() ? service : namespace + "/" + service);
    // A collector of a host's own metrics is no service; without a name of its own, the series of
    // all hosts would be one.
    String instance = resource.value(SERVICE_INSTANCE);
    who.set(Label.INSTANCE, instance.isEmpty() ? resource.value(HOST_NAME) : instance);
    identity = who.build();
    Labels.Builder all = new Labels.Builder();
    resource.into(all, IDENTITY);
    Labels others = all.build();
    target =
        identity.isEmpty() || others.isEmpty()
            ? Labels.empty()
            : merged(others.toBuilder(), identity, "target_info");
    newestMillis = Long.MIN_VALUE;
  }

  private static Labels merged(Labels.Builder labels, Labels over, String name) {
    for (int i = 0; i < over.size(); i++) {
      labels.set(over.name(i), over.value(i));
    }
    return labels.set(Label.METRIC_NAME, name).build();
  }

  /// Tells what else is known of the resource, at the time of its newest point.
  void targetInfo() {
    if (!target.isEmpty() && newestMillis != Long.MIN_VALUE) {
      String problem = problem(target);
      if (problem == null) {
        batch.addSample(batch.addSeries(target), newestMillis, 1.0);
      } else {
        refuse(1, "target_info: " + problem);
      }
    }
  }

  /// Says which metric's points follow, by its name for Prometheus.
  void metric(String name) {
    metric = name;
  }

  private void begin() throws WireException {
    if (++points > limits.samples()) {
      throw WireException.tooLarge(
          "more than " + limits.samples() + " data points: send smaller requests");
    }
    attributes.clear();
    exemplars.clear();
    startMillis = 0;
    timeMillis = 0;
    stale = false;
  }

  /// Reads a NumberDataPoint.
  ///
  /// @param counted whether it is a sum, whose start time means something
  void number(boolean counted) throws WireException {
    begin();
    int outer = cursor.enter();
    long bits = 0;
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 2 -> startMillis = counted ? nanosAsMillis(tag) : skipped(tag);
        case 3 -> timeMillis = nanosAsMillis(tag);
        case 4 -> bits = fixed(tag);
        case 5 -> exemplar(tag);
        case 6 -> bits = Double.doubleToRawLongBits((double) fixed(tag));
        case 7 -> attributes.read(tag);
        case 8 -> flags(tag);
        default -> cursor.skip(tag);
      }
    }
    cursor.leave(outer);
    Labels labels = labels();
    String problem = problem(labels);
    if (problem != null) {
      refuse(1, problem);
      return;
    }
    int series = sample(labels, metric, bits);
    exemplars.forEach(exemplar -> batch.addExemplar(series, exemplar));
  }

  private long skipped(int tag) throws WireException {
    cursor.skip(tag);
    return 0;
  }

  /// Reads a HistogramDataPoint.
  void histogram() throws WireException {
    begin();
    int outer = cursor.enter();
    long count = 0;
    Long sumBits = null;
    LongList counts = new LongList();
    LongList bounds = new LongList();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 2 -> startMillis = nanosAsMillis(tag);
        case 3 -> timeMillis = nanosAsMillis(tag);
        case 4 -> count = fixed(tag);
        case 5 -> sumBits = fixed(tag);
        case 6 -> counts.readFixed(cursor, tag, limits.buckets());
        case 7 -> bounds.readFixed(cursor, tag, limits.buckets());
        case 8 -> exemplar(tag);
        case 9 -> attributes.read(tag);
        case 10 -> flags(tag);
        default -> cursor.skip(tag);
      }
    }
    cursor.leave(outer);
    Labels labels = labels();
    String problem = problem(labels.with("le", "+Inf"));
    if (problem == null && counts.size() > 0 && counts.size() != bounds.size() + 1) {
      problem =
          "a histogram has "
              + counts.size()
              + " buckets for "
              + bounds.size()
              + " bounds, one more than bounds is expected";
    }
    if (problem != null) {
      refuse(1, problem);
      return;
    }
    if (sumBits != null) {
      sample(labels, metric + "_sum", sumBits);
    }
    sample(labels, metric + "_count", bits(count));
    long cumulative = 0;
    int exemplar = 0;
    exemplars.sort((a, b) -> Double.compare(a.value(), b.value()));
    for (int i = 0; i <= bounds.size(); i++) {
      boolean last = i == bounds.size();
      double bound = last ? Double.POSITIVE_INFINITY : Double.longBitsToDouble(bounds.get(i));
      if (last && bounds.size() > 0 && isPositiveInfinity(bounds.get(i - 1))) {
        break;
      }
      cumulative += i < counts.size() ? counts.get(i) : 0;
      boolean all = bound == Double.POSITIVE_INFINITY;
      int series =
          sample(
              labels.with("le", plain(bound)), metric + "_bucket", bits(all ? count : cumulative));
      for (; exemplar < exemplars.size() && exemplars.get(exemplar).value() <= bound; exemplar++) {
        batch.addExemplar(series, exemplars.get(exemplar));
      }
    }
  }

  private static boolean isPositiveInfinity(long bits) {
    return Double.longBitsToDouble(bits) == Double.POSITIVE_INFINITY;
  }

  /// Reads an ExponentialHistogramDataPoint.
  void exponentialHistogram() throws WireException {
    begin();
    buckets.clear();
    int outer = cursor.enter();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 1 -> attributes.read(tag);
        case 2 -> startMillis = nanosAsMillis(tag);
        case 3 -> timeMillis = nanosAsMillis(tag);
        case 4 -> buckets.count(fixed(tag));
        case 5 -> buckets.sum(Double.longBitsToDouble(fixed(tag)));
        case 6 -> {
          cursor.expect(tag, ProtoCursor.VARINT);
          buckets.scale((int) cursor.zigzag());
        }
        case 7 -> buckets.zeroCount(fixed(tag));
        case 8 -> buckets.positive(tag);
        case 9 -> buckets.negative(tag);
        case 10 -> flags(tag);
        case 11 -> exemplar(tag);
        case 14 -> buckets.zeroThreshold(Double.longBitsToDouble(fixed(tag)));
        default -> cursor.skip(tag);
      }
    }
    cursor.leave(outer);
    Labels labels = labels().with(Label.METRIC_NAME, metric);
    String problem = problem(labels);
    if (problem == null) {
      problem = buckets.problem();
    }
    if (problem != null) {
      refuse(1, problem);
      return;
    }
    newestMillis = Math.max(newestMillis, timeMillis);
    int series = batch.addSeries(labels);
    batch.addHistogram(series, timeMillis, buckets.histogram(stale), startMillis);
    exemplars.forEach(exemplar -> batch.addExemplar(series, exemplar));
  }

  /// Reads a SummaryDataPoint.
  void summary() throws WireException {
    begin();
    int outer = cursor.enter();
    long count = 0;
    long sumBits = 0;
    List<long[]> quantiles = new ArrayList<>();
    while (cursor.hasMore()) {
      int tag = cursor.tag();
      switch (tag >>> 3) {
        case 2 -> startMillis = nanosAsMillis(tag);
        case 3 -> timeMillis = nanosAsMillis(tag);
        case 4 -> count = fixed(tag);
        case 5 -> sumBits = fixed(tag);
        case 6 -> quantiles.add(quantile(tag));
        case 7 -> attributes.read(tag);
        case 8 -> flags(tag);
        default -> cursor.skip(tag);
      }
    }
    cursor.leave(outer);
    Labels labels = labels();
    String problem = problem(labels.with("quantile", "1"));
    if (problem != null) {
      refuse(1, problem);
      return;
    }
    sample(labels, metric + "_sum", sumBits);
    sample(labels, metric + "_count", bits(count));
    for (long[] quantile : quantiles) {
      String text = plain(Double.longBitsToDouble(quantile[0]));
      sample(labels.with("quantile", text), metric, quantile[1]);
    }
  }

  private long[] quantile(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    long[] quantile = {0, 0};
    while (cursor.hasMore()) {
      int field = cursor.tag();
      switch (field >>> 3) {
        case 1 -> quantile[0] = fixed(field);
        case 2 -> quantile[1] = fixed(field);
        default -> cursor.skip(field);
      }
    }
    cursor.leave(outer);
    return quantile;
  }

  private void exemplar(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    int outer = cursor.enter();
    Attributes filtered = new Attributes(cursor);
    Labels.Builder labels = new Labels.Builder();
    double value = 0;
    long millis = 0;
    while (cursor.hasMore()) {
      int field = cursor.tag();
      switch (field >>> 3) {
        case 2 -> millis = nanosAsMillis(field);
        case 3 -> value = Double.longBitsToDouble(fixed(field));
        case 4 -> labels.set("span_id", hex(field));
        case 5 -> labels.set("trace_id", hex(field));
        case 6 -> value = (double) fixed(field);
        case 7 -> filtered.read(field);
        default -> cursor.skip(field);
      }
    }
    cursor.leave(outer);
    Labels trace = labels.build();
    filtered.into(labels, Set.of());
    Labels all = labels.build();
    exemplars.add(
        new Exemplar(characters(all) <= EXEMPLAR_CHARACTERS ? all : trace, value, millis));
  }

  private static int characters(Labels labels) {
    int characters = 0;
    for (int i = 0; i < labels.size(); i++) {
      characters += labels.name(i).length() + labels.value(i).length();
    }
    return characters;
  }

  private String hex(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.BYTES);
    int length = cursor.length();
    int from = cursor.position();
    cursor.position(from + length);
    // Ids have 8 or 16 bytes.
    return length > 32 ? "" : HexFormat.of().formatHex(cursor.array(), from, from + length);
  }

  private Labels labels() {
    Labels.Builder labels = new Labels.Builder();
    attributes.into(labels, Set.of());
    return merged(labels, identity, metric);
  }

  private int sample(Labels labels, String name, long valueBits) {
    newestMillis = Math.max(newestMillis, timeMillis);
    byte[] bytes = LabelBytes.encode(labels.with(Label.METRIC_NAME, name));
    int series = batch.addSeries(bytes, 0, bytes.length);
    batch.addSample(series, timeMillis, stale ? StaleMarker.BITS : valueBits, startMillis);
    return series;
  }

  private @Nullable String problem(Labels labels) {
    if (labels.size() > limits.labels()) {
      return "metric '"
          + metric
          + "': "
          + labels.size()
          + " labels, at most "
          + limits.labels()
          + " are accepted";
    }
    for (int i = 0; i < labels.size(); i++) {
      if (bytes(labels.name(i)) > limits.labelNameBytes()
          || bytes(labels.value(i)) > limits.labelValueBytes()) {
        return "metric '"
            + metric.substring(0, Math.min(64, metric.length()))
            + "': a label's name has more than "
            + limits.labelNameBytes()
            + " bytes or its value more than "
            + limits.labelValueBytes();
      }
    }
    return null;
  }

  private static int bytes(String text) {
    return text.length() < 32 ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
  }

  private void flags(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.VARINT);
    stale = (cursor.varint() & NO_RECORDED_VALUE) != 0;
  }

  private long nanosAsMillis(int tag) throws WireException {
    return Long.divideUnsigned(fixed(tag), 1_000_000);
  }

  private long fixed(int tag) throws WireException {
    cursor.expect(tag, ProtoCursor.FIXED64);
    return cursor.fixed64();
  }

  private static long bits(long unsigned) {
    return Double.doubleToRawLongBits(HistogramParts.unsigned(unsigned));
  }

  private static String plain(double value) {
    StringBuilder text = new StringBuilder();
    TextWriter.appendNumber(text, value);
    return text.toString();
  }
}
