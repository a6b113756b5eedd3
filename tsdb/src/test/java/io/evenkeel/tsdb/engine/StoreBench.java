package io.evenkeel.tsdb.engine;

import com.sun.management.OperatingSystemMXBean;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.SampleColumns;
import io.evenkeel.tsdb.storage.SampleCursor;
import io.evenkeel.tsdb.storage.Series;
import io.evenkeel.tsdb.storage.StoreReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Measures the engine alone: appending as many hosts do, memory, reading, and restart.
///
/// Arguments: directory, hosts, samples in all, period in milliseconds. The values are shaped like
/// a node's: a third does not change, a third are counters of whole numbers, the rest seconds in
/// hundredths and gauges with all digits; none equals another host's. Run it with the heap of a
/// hub.
final class StoreBench {
  private static final int SERIES_PER_HOST = 500;
  private static final int THREADS = 4;

  private StoreBench() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int hosts = Integer.parseInt(arguments[1]);
    long samples = Long.parseLong(arguments[2]);
    long period = Long.parseLong(arguments[3]);
    long t0 = 1_763_856_000_000L;
    AtomicLong now = new AtomicLong(t0);
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    LocalStore store = LocalStore.open(directory, StoreSettings.DEFAULT, clock);
    long wall = System.nanoTime();
    long cpu = cpuNanos();
    long rounds = samples / hosts / SERIES_PER_HOST;
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int number = t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                List<Host> mine = new ArrayList<>();
                for (int h = number; h < hosts; h += THREADS) {
                  mine.add(new Host(h));
                }
                SampleBatch batch = new SampleBatch();
                for (long round = 0; round < rounds; round++) {
                  long time = t0 + round * period;
                  now.accumulateAndGet(time, Math::max);
                  for (Host host : mine) {
                    host.fill(batch, time);
                    store.append(batch);
                    batch.clear();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - wall) / 1e9;
    double cpuSeconds = (cpuNanos() - cpu) / 1e9;
    long done = rounds * hosts * SERIES_PER_HOST;
    say("appended %,d samples of %,d series", done, (long) hosts * SERIES_PER_HOST);
    say("  %,.0f samples/s, %,.0f samples per CPU second", done / seconds, done / cpuSeconds);
    say("  statistics %s", store.statistics());
    memory();
    disk(directory, done);
    read(store, t0 + Math.max(0, rounds * period - 3_600_000), now.get());
    memory();
    if (arguments.length > 4 && arguments[4].equals("halt")) {
      Runtime.getRuntime().halt(0);
    }
    long closing = System.nanoTime();
    store.close();
    say("closed in %d ms", (System.nanoTime() - closing) / 1_000_000);
    disk(directory, done);
  }

  /// Opens what a run that ended with `halt` left.
  static final class Restart {
    private Restart() {}

    public static void main(String[] arguments) {
      long begin = System.nanoTime();
      InstantSource clock = () -> Instant.ofEpochMilli(Long.parseLong(arguments[1]));
      try (LocalStore store =
          LocalStore.open(
              Path.of(arguments[0]), StoreSettings.DEFAULT.withoutMaintenance(), clock)) {
        say(
            "opened in %d ms: %s %s",
            (System.nanoTime() - begin) / 1_000_000, store.statistics(), store.problems());
        memory();
      }
    }
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static void memory() {
    System.gc();
    say(
        "  heap in use %,d bytes",
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("RssAnon") || line.startsWith("VmHWM") || line.startsWith("RssFile")) {
          say("  %s", line);
        }
      }
    } catch (IOException e) {
      say("  no figures of memory: %s", e);
    }
  }

  private static void disk(Path directory, long samples) throws IOException {
    LocalDisk disk = new LocalDisk();
    for (String part : List.of("log", "chunks", "blocks")) {
      long bytes = disk.bytes(directory.resolve(part));
      say("  %s: %,d bytes, %.2f per sample", part, bytes, (double) bytes / samples);
    }
  }

  private static void read(LocalStore store, long from, long to) {
    for (int round = 0; round < 5; round++) {
      long begin = System.nanoTime();
      long count = 0;
      int series = 0;
      try (StoreReader reader = store.reader(from, to)) {
        SampleColumns columns = new SampleColumns(4096);
        for (Series one :
            reader.select(List.of(Matcher.equal("__name__", "node_metric_" + 8 * round)))) {
          SampleCursor cursor = one.samples(from, to);
          columns.clear();
          while (cursor.read(columns, 4_096) > 0) {
            count += columns.size();
            columns.clear();
          }
          series++;
        }
      }
      long nanos = System.nanoTime() - begin;
      say("  read %,d samples of %d series in %.1f ms", count, series, nanos / 1e6);
    }
  }

  /// The series of one host and where their values stand.
  private static final class Host {
    private final byte[][] labels = new byte[SERIES_PER_HOST][];
    private final double[] values = new double[SERIES_PER_HOST];
    private final long[] counts = new long[SERIES_PER_HOST];
    private final SplittableRandom random;

    Host(int number) {
      random = new SplittableRandom(number);
      for (int i = 0; i < SERIES_PER_HOST; i++) {
        labels[i] =
            LabelBytes.encode(
                Labels.of(
                    "__name__",
                    "node_metric_" + i % 250,
                    "instance",
                    "host-%05d.example.org".formatted(number),
                    "job",
                    "node",
                    "device",
                    "dev" + i / 250,
                    "mode",
                    i % 2 == 0 ? "idle" : "user"));
        counts[i] = random.nextInt(1_000_000_000);
        values[i] = random.nextDouble() * 1e6;
      }
    }

    void fill(SampleBatch batch, long time) {
      for (int i = 0; i < SERIES_PER_HOST; i++) {
        int series = batch.addSeries(labels[i], 0, labels[i].length);
        double value =
            switch (i % 6) {
              case 0, 1 -> values[i];
              case 2, 3 -> counts[i] += random.nextInt(5_000);
              case 4 -> (counts[i] += random.nextInt(101)) / 100.0;
              default -> values[i] += random.nextDouble() - 0.5;
            };
        batch.addSample(series, time, value);
      }
    }
  }
}
