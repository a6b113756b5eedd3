package io.evenkeel.bench.micro;

import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.LabelHash;
import io.evenkeel.model.Labels;
import io.evenkeel.tsdb.engine.disk.LocalDisk;
import io.evenkeel.tsdb.engine.head.Head;
import io.evenkeel.tsdb.engine.head.SealedWindows;
import io.evenkeel.tsdb.engine.index.Postings;
import io.evenkeel.tsdb.storage.Matcher;
import io.evenkeel.tsdb.storage.Matcher.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Label bytes → series, append, and postings intersection in a head of 25,000 series.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
public class HeadBenchmark {
  private static final int SERIES = 25_000;
  private static final int HOST = 500;

  private final byte[][] names = new byte[SERIES][];
  private final long[] hashes = new long[SERIES];
  private final int[] rows = new int[SERIES];
  private Head head =
      new Head(
          new LocalDisk(),
          java.nio.file.Path.of(""),
          1,
          new SealedWindows(7_200_000, Map.of()),
          (_, _, _, _) -> {});
  private long time = 1_763_856_000_000L;

  @Setup
  public void fill() throws IOException {
    head =
        new Head(
            new LocalDisk(),
            Files.createTempDirectory("evenkeel-bench"),
            1,
            new SealedWindows(7_200_000, Map.of()),
            (_, _, _, _) -> {});
    for (int i = 0; i < SERIES; i++) {
      Labels labels =
          Labels.of(
              "__name__",
              "node_metric_" + i % 250,
              "instance",
              "host-%05d.example.org:9100".formatted(i / HOST),
              "job",
              "node",
              "device",
              "dev" + i % HOST / 250);
      names[i] = LabelBytes.encode(labels);
      hashes[i] = LabelHash.of(names[i], 0, names[i].length);
      rows[i] = head.add(labels, names[i], 0);
    }
  }

  @Benchmark
  @OperationsPerInvocation(SERIES)
  public long label_bytes_to_series_in_the_order_of_last_time() {
    long sum = 0;
    int before = Head.UNKNOWN;
    for (int i = 0; i < SERIES; i++) {
      long hash = LabelHash.of(names[i], 0, names[i].length);
      before = head.row(names[i], 0, names[i].length, hash, before);
      sum += before;
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(SERIES)
  public long label_bytes_to_series_in_any_order() {
    long sum = 0;
    for (int i = 0, at = 0; i < SERIES; i++, at = (at + 7_919) % SERIES) {
      sum += head.row(names[at], 0, names[at].length, hashes[at], Head.UNKNOWN);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(SERIES)
  public long append() throws IOException {
    time += 15_000;
    for (int i = 0; i < SERIES; i++) {
      double value = i % 3 == 0 ? 42 : i % 3 == 1 ? time / 1000 + i : (time % 9_973 + i) / 100.0;
      head.append(rows[i], time, Double.doubleToRawLongBits(value), null, 0);
    }
    if (head.chunkBytesInMemory() > 32 << 20) {
      head.rollFile();
      head.writeFiles();
    }
    return time;
  }

  @Benchmark
  public int intersection_of_a_metric_and_a_tenth_of_the_hosts() {
    List<Matcher> matchers =
        List.of(
            Matcher.equal("__name__", "node_metric_7"),
            new Matcher("instance", Operator.MATCHES, "host-0000..*"),
            new Matcher("device", Operator.NOT_EQUAL, "dev1"));
    return head.readIndex(index -> Postings.select(index, matchers).getCardinality());
  }
}
