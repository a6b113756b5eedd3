package io.evenkeel.hub.clean;

import io.evenkeel.model.InvalidLabelsException;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.Utilisation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Checks the samples of one host against those before and against each other.
///
/// Samples are taken one by one with [#take]; what can only be judged beside others (a part and its
/// whole, the golden signals) is judged in [#finish]. One thread at a time: callers hold [#lock].
final class HostCheck {
  /// How much more busy time than time may pass: the kernel counts in ticks of up to 10 ms and the
  /// moment of reading is uncertain by a few more.
  private static final double SHARE_ROUNDING = 0.05;

  private static final double SHARE_ROUNDING_SECONDS = 0.05;

  /// A part may exceed its whole by what doubles of sums are rounded.
  private static final double PART_ROUNDING = 1e-9;

  private static final byte PLAIN = 0;
  private static final byte IDLE = 1;
  private static final byte WAITING = 2;
  private static final byte USED = 3;
  private static final byte IGNORED = 4;

  /// File systems that are made of memory or never written to: full is how they are.
  private static final Set<String> OF_MEMORY =
      Set.of("tmpfs", "devtmpfs", "ramfs", "squashfs", "iso9660", "efivarfs");

  private static final int PENDING_TICKS = 4;

  final ReentrantLock lock = new ReentrantLock();
  private final String instance;
  private final String job;
  private final CleanCounts counts;
  private final SeriesMemory memory = new SeriesMemory();
  private final Map<GoldenSignal, HampelFilter> filters = new EnumMap<>(GoldenSignal.class);
  private final List<Tick> ticks = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private long judgedUpTo = Long.MIN_VALUE;

  private boolean touched;
  private long newestMillis;
  private OptionalDouble memoryBytes = OptionalDouble.empty();
  private OptionalDouble bootTimeSeconds = OptionalDouble.empty();
  private @Nullable Labels uname;
  private HostSignals signals = HostSignals.NONE;

  /// A part whose whole is perhaps still to come in this batch.
  private record Part(int sample, SeriesKind kind, long wholeKey, long timeMillis, double value) {}

  /// The sums of one moment, from which the golden signals are made.
  private static final class Tick {
    final long timeMillis;
    double cpuUsed;
    double cpuAll;
    int cores;
    double memoryTotal = Double.NaN;
    double memoryAvailable = Double.NaN;
    double diskBusy = Double.NaN;
    double networkBytesPerSecond = Double.NaN;

    Tick(long timeMillis) {
      this.timeMillis = timeMillis;
    }

    double value(GoldenSignal signal) {
      return switch (signal) {
        case CPU -> Utilisation.cpu(cpuUsed, cpuAll).orElse(Double.NaN);
        case MEMORY -> Utilisation.memory(memoryTotal, memoryAvailable).orElse(Double.NaN);
        case DISK -> diskBusy;
        case NETWORK -> networkBytesPerSecond;
      };
    }
  }

  HostCheck(String instance, String job, CleanCounts counts) {
    this.instance = instance;
    this.job = job;
    this.counts = counts;
    for (GoldenSignal signal : GoldenSignal.values()) {
      filters.put(signal, new HampelFilter(signal.smallestStep()));
    }
  }

  /// The host's name.
  String instance() {
    return instance;
  }

  /// Whether a batch has brought samples since the last [#finish].
  boolean isTouched() {
    return touched;
  }

  /// Takes a sample whose value is finite; false refuses it.
  ///
  /// @param number its series' in a table of what is known
  boolean take(SampleBatch batch, int sample, KnownSeries.Table known, int number) {
    SeriesKind kind = known.kind(number);
    long timeMillis = batch.time(sample);
    double value = Double.longBitsToDouble(batch.valueBits(sample));
    newestMillis = touched ? Math.max(newestMillis, timeMillis) : timeMillis;
    touched = true;
    if (kind.isCounter()) {
      return counter(batch, sample, known, number, timeMillis, value);
    }
    if (kind.isWhole()) {
      whole(batch, sample, kind, timeMillis, value);
    } else if (kind.whole() != null) {
      parts.add(new Part(sample, kind, key(batch, sample, kind.whole()), timeMillis, value));
      if (kind == SeriesKind.MEMORY_AVAILABLE) {
        tick(timeMillis).memoryAvailable = value;
      }
    } else if (kind == SeriesKind.BOOT_TIME) {
      bootTimeSeconds = OptionalDouble.of(value);
    } else if (kind == SeriesKind.UNAME) {
      uname(batch, sample, timeMillis, value);
    }
    return true;
  }

  private boolean counter(
      SampleBatch batch,
      int sample,
      KnownSeries.Table known,
      int number,
      long timeMillis,
      double value) {
    if (value < 0) {
      counts.doubt(instance, Doubt.NEGATIVE_COUNTER, 1);
      return false;
    }
    SeriesKind kind = known.kind(number);
    int series = batch.series(sample);
    long key = fingerprint(batch, series);
    int row = memory.find(key, known.row(number));
    if (row < 0) {
      row = memory.insert(key, trait(batch, series, kind), timeMillis, value);
      known.row(number, row);
      countCore(kind, row, timeMillis);
      return true;
    }
    known.row(number, row);
    countCore(kind, row, timeMillis);
    long elapsedMillis = timeMillis - memory.time(row);
    if (elapsedMillis <= 0) {
      return true;
    }
    double growth = value - memory.value(row);
    memory.update(row, timeMillis, value);
    if (growth < 0) {
      counts.reset(instance);
      return true;
    }
    double seconds = elapsedMillis / 1000.0;
    if (kind.isBusyTime() && growth > seconds * (1 + SHARE_ROUNDING) + SHARE_ROUNDING_SECONDS) {
      counts.doubt(instance, Doubt.SHARE_ABOVE_ONE, 1);
    }
    addToTick(kind, memory.trait(row), timeMillis, growth, seconds);
    return true;
  }

  private void countCore(SeriesKind kind, int row, long timeMillis) {
    if (kind == SeriesKind.CPU_SECONDS && row >= 0 && memory.trait(row) == IDLE) {
      tick(timeMillis).cores++;
    }
  }

  private void addToTick(
      SeriesKind kind, byte trait, long timeMillis, double growth, double seconds) {
    if (kind == SeriesKind.CPU_SECONDS) {
      Tick tick = tick(timeMillis);
      tick.cpuAll += growth;
      if (trait == USED) {
        tick.cpuUsed += growth;
      }
    } else if (kind == SeriesKind.DISK_BUSY_SECONDS) {
      Tick tick = tick(timeMillis);
      double busy = growth / seconds;
      tick.diskBusy = Double.isNaN(tick.diskBusy) ? busy : Math.max(tick.diskBusy, busy);
    } else if (trait != IGNORED
        && (kind == SeriesKind.NETWORK_RECEIVED || kind == SeriesKind.NETWORK_SENT)) {
      Tick tick = tick(timeMillis);
      double sum = Double.isNaN(tick.networkBytesPerSecond) ? 0 : tick.networkBytesPerSecond;
      tick.networkBytesPerSecond = sum + growth / seconds;
    }
  }

  private void whole(
      SampleBatch batch, int sample, SeriesKind kind, long timeMillis, double value) {
    long key = key(batch, sample, kind);
    int row = memory.find(key, -1);
    if (row < 0) {
      memory.insert(key, trait(batch, batch.series(sample), kind), timeMillis, value);
    } else if (timeMillis >= memory.time(row)) {
      memory.update(row, timeMillis, value);
    }
    if (kind == SeriesKind.MEMORY_TOTAL) {
      tick(timeMillis).memoryTotal = value;
      memoryBytes = OptionalDouble.of(value);
    }
  }

  private void uname(SampleBatch batch, int sample, long timeMillis, double value) {
    long key = fingerprint(batch, batch.series(sample));
    int row = memory.find(key, -1);
    if (row < 0) {
      memory.insert(key, PLAIN, timeMillis, value);
      uname = decode(batch, batch.series(sample));
    } else {
      memory.update(row, timeMillis, value);
    }
  }

  /// Judges what needs several samples, adds marks to the batch and reports the host's news.
  ///
  /// @param complete whether the batch holds all of its newest moment; else the golden signals of a
  ///   moment are judged when a later one has begun
  /// @param refused gets the samples that are taken out
  HostTick finish(SampleBatch batch, boolean complete, BitSet refused) {
    for (Part part : parts) {
      int row = memory.find(part.wholeKey(), -1);
      if (row >= 0
          && memory.time(row) == part.timeMillis()
          && part.value() > memory.value(row) * (1 + PART_ROUNDING)) {
        refused.set(part.sample());
        counts.doubt(instance, Doubt.PART_ABOVE_WHOLE, 1);
      }
    }
    fullestFileSystem(batch, refused);
    parts.clear();
    OptionalInt cores = OptionalInt.empty();
    for (int i = 0; i < ticks.size(); i++) {
      Tick tick = ticks.get(i);
      if (tick.cores > 0) {
        cores = OptionalInt.of(tick.cores);
      }
      if (complete || tick.timeMillis < newestMillis) {
        judge(tick, batch);
        judgedUpTo = Math.max(judgedUpTo, tick.timeMillis);
        ticks.remove(i--);
      }
    }
    HostTick news =
        new HostTick(instance, newestMillis, memoryBytes, bootTimeSeconds, cores, uname, signals);
    touched = false;
    memoryBytes = OptionalDouble.empty();
    bootTimeSeconds = OptionalDouble.empty();
    uname = null;
    signals = HostSignals.NONE;
    return news;
  }

  private void fullestFileSystem(SampleBatch batch, BitSet refused) {
    double most = -1;
    int sample = -1;
    for (Part part : parts) {
      int row =
          part.kind() == SeriesKind.FILESYSTEM_AVAILABLE ? memory.find(part.wholeKey(), -1) : -1;
      if (row >= 0
          && memory.trait(row) != IGNORED
          && memory.value(row) > 0
          && !refused.get(part.sample())) {
        double used = 1 - part.value() / memory.value(row);
        if (used > most) {
          most = used;
          sample = part.sample();
        }
      }
    }
    if (sample >= 0) {
      String mount = label(batch, batch.series(sample), "mountpoint");
      signals = signals.updated(new HostSignals(null, null, most, mount, null));
    }
  }

  private void judge(Tick tick, SampleBatch batch) {
    signals =
        signals.updated(
            new HostSignals(
                known(tick.value(GoldenSignal.CPU)),
                known(tick.value(GoldenSignal.MEMORY)),
                null,
                null,
                known(tick.value(GoldenSignal.NETWORK))));
    for (GoldenSignal signal : GoldenSignal.values()) {
      double value = tick.value(signal);
      HampelFilter filter = filters.get(signal);
      if (filter == null || !Double.isFinite(value)) {
        continue;
      }
      OptionalDouble median = filter.accept(value);
      if (median.isPresent()) {
        counts.suspect(instance, signal);
        mark(batch, SuspectSeries.VALUE, signal, tick.timeMillis, value);
        mark(batch, SuspectSeries.MEDIAN, signal, tick.timeMillis, median.getAsDouble());
      }
    }
  }

  private static @Nullable Double known(double value) {
    return Double.isFinite(value) ? Double.valueOf(value) : null;
  }

  private void mark(
      SampleBatch batch, String metric, GoldenSignal signal, long timeMillis, double value) {
    int series = batch.addSeries(SuspectSeries.labels(metric, instance, job, signal));
    batch.addSample(series, timeMillis, value);
  }

  /// The sums of a moment. Late moments, which were judged already, go into a tick that is not
  /// kept.
  private Tick tick(long timeMillis) {
    for (int i = ticks.size() - 1; i >= 0; i--) {
      if (ticks.get(i).timeMillis == timeMillis) {
        return ticks.get(i);
      }
    }
    Tick tick = new Tick(timeMillis);
    if (timeMillis > judgedUpTo) {
      if (ticks.size() == PENDING_TICKS) {
        ticks.removeFirst();
      }
      ticks.add(tick);
    }
    return tick;
  }

  private static long fingerprint(SampleBatch batch, int series) {
    long hash = batch.labelHash(series);
    return hash == 0 ? 1 : hash;
  }

  /// A key that a whole and its parts share: the whole's kind and the labels without the name.
  private static long key(SampleBatch batch, int sample, SeriesKind whole) {
    int series = batch.series(sample);
    byte[] bytes = batch.labelBytes(series);
    int from = batch.labelOffset(series);
    int end = from + batch.labelLength(series);
    LabelScan scan = new LabelScan();
    scan.scanName(bytes, from, end - from);
    long before = LabelScan.hash(bytes, from, scan.nameLabelStart - from);
    long after = LabelScan.hash(bytes, scan.nameLabelEnd, end - scan.nameLabelEnd);
    long key = LabelScan.mix(LabelScan.mix(before + whole.ordinal()) ^ after);
    return key == 0 ? 1 : key;
  }

  /// What must be known of a series besides its kind, told once, when it is first seen.
  private static byte trait(SampleBatch batch, int series, SeriesKind kind) {
    if (kind == SeriesKind.CPU_SECONDS) {
      return switch (label(batch, series, "mode")) {
        case "idle" -> IDLE;
        case "iowait" -> WAITING;
        default -> USED;
      };
    }
    if (kind == SeriesKind.FILESYSTEM_SIZE) {
      return OF_MEMORY.contains(label(batch, series, "fstype")) ? IGNORED : PLAIN;
    }
    boolean network = kind == SeriesKind.NETWORK_RECEIVED || kind == SeriesKind.NETWORK_SENT;
    return network && label(batch, series, "device").equals("lo") ? IGNORED : PLAIN;
  }

  private static String label(SampleBatch batch, int series, String name) {
    Labels labels = decode(batch, series);
    return labels == null ? "" : labels.valueOrEmpty(name);
  }

  private static @Nullable Labels decode(SampleBatch batch, int series) {
    try {
      return LabelBytes.decode(
          batch.labelBytes(series), batch.labelOffset(series), batch.labelLength(series));
    } catch (InvalidLabelsException e) {
      // The store refuses and counts such a series; here it only means that nothing is known.
      return null;
    }
  }
}
