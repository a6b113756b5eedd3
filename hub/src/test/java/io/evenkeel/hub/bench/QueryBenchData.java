package io.evenkeel.hub.bench;

import io.airlift.compress.v3.snappy.SnappyJavaCompressor;
import io.evenkeel.model.Label;
import io.evenkeel.model.LabelBytes;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.StoreSettings;
import io.evenkeel.tsdb.storage.WriteLimits;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Fills a hub's store and its peers with the same samples, shaped like node_exporter's, for
/// `bench/query.mjs`.
///
/// Arguments: the store's folder, hosts, hours of data, the end in epoch milliseconds, and the
/// remote write addresses of the peers. Samples lie every 15 s, 7 s off the quarter minutes, so
/// that no window of a query ends on one.
final class QueryBenchData {
  private static final long PERIOD = 15_000;
  private static final long OFFSET = 7_000;
  private static final int STEPS_PER_REQUEST = 20;

  private QueryBenchData() {}

  /// One series and how its value goes on.
  private static final class Line {
    final byte[] labels;
    final double perStep;
    final double noise;
    final boolean counter;
    final SplittableRandom random;
    double value;

    Line(Labels labels, double start, double perStep, double noise, boolean counter, long seed) {
      this.labels = LabelBytes.encode(labels);
      this.value = start;
      this.perStep = perStep;
      this.noise = noise;
      this.counter = counter;
      this.random = new SplittableRandom(seed);
    }

    double next() {
      double change = perStep + noise * (random.nextDouble() - 0.5);
      value = counter ? value + Math.max(0, change) : Math.max(0, value + change);
      return counter ? Math.rint(value * 100) / 100 : value;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int hosts = Integer.parseInt(arguments[1]);
    long hours = Long.parseLong(arguments[2]);
    long end = Long.parseLong(arguments[3]) / PERIOD * PERIOD + OFFSET;
    List<String> peers = List.of(arguments).subList(4, arguments.length);
    List<Line> lines = lines(hosts);
    AtomicLong now = new AtomicLong(end - Duration.ofHours(hours).toMillis());
    long samples = 0;
    try (LocalStore store =
            LocalStore.open(
                folder,
                StoreSettings.DEFAULT.accepting(WriteLimits.ANY_TIME),
                () -> Instant.ofEpochMilli(now.get()));
        HttpClient http = HttpClient.newHttpClient()) {
      SampleBatch batch = new SampleBatch();
      while (now.get() < end) {
        batch.clear();
        ByteArrayOutputStream request = new ByteArrayOutputStream(1 << 20);
        int steps = (int) Math.min(STEPS_PER_REQUEST, (end - now.get()) / PERIOD);
        if (steps == 0) {
          break;
        }
        for (Line line : lines) {
          int series = batch.addSeries(line.labels, 0, line.labels.length);
          ByteArrayOutputStream body = new ByteArrayOutputStream(512);
          body.writeBytes(line.labels);
          for (int i = 1; i <= steps; i++) {
            long time = now.get() + i * PERIOD;
            double value = line.next();
            batch.addSample(series, time, value);
            sample(body, time, value);
          }
          request.write(0x0A);
          varint(request, body.size());
          request.writeBytes(body.toByteArray());
        }
        now.addAndGet(steps * PERIOD);
        store.append(batch);
        byte[] compressed = compress(request.toByteArray());
        for (String peer : peers) {
          post(http, peer, compressed);
        }
        samples += batch.sampleCount();
      }
    }
    System.out.println(lines.size() + " series, " + samples + " samples");
  }

  private static List<Line> lines(int hosts) {
    List<Line> lines = new ArrayList<>();
    for (int h = 0; h < hosts; h++) {
      SplittableRandom random = new SplittableRandom(1_000 + h);
      String instance = "host-" + h;
      double busy = 0.1 + 0.8 * random.nextDouble();
      for (int cpu = 0; cpu < 2; cpu++) {
        for (String[] mode :
            new String[][] {{"user", "0.7"}, {"system", "0.2"}, {"iowait", "0.1"}, {"idle", "0"}}) {
          double share = mode[0].equals("idle") ? 1 - busy : busy * Double.parseDouble(mode[1]);
          lines.add(
              counter(
                  random,
                  15 * share,
                  name("node_cpu_seconds_total", instance, "cpu", "" + cpu, "mode", mode[0])));
        }
      }
      lines.add(gauge(random, 16e9, 0, name("node_memory_MemTotal_bytes", instance)));
      lines.add(gauge(random, 4e9, 4e7, name("node_memory_MemAvailable_bytes", instance)));
      for (String mount : new String[] {"/", "/var"}) {
        lines.add(
            gauge(
                random,
                6e11,
                4e7,
                name("node_filesystem_avail_bytes", instance, "mountpoint", mount)));
        lines.add(
            gauge(
                random,
                1e12,
                0,
                name("node_filesystem_size_bytes", instance, "mountpoint", mount)));
      }
      for (String way : new String[] {"receive", "transmit"}) {
        lines.add(
            counter(
                random,
                3e6 * random.nextDouble(),
                name("node_network_" + way + "_bytes_total", instance, "device", "eth0")));
      }
      lines.add(gauge(random, 2, 0.2, name("node_load1", instance)));
      lines.add(gauge(random, 1, 0, name("up", instance)));
    }
    return lines;
  }

  private static Labels name(String metric, String instance, String... more) {
    Labels.Builder labels = Labels.of(more).toBuilder();
    return labels
        .set(Label.METRIC_NAME, metric)
        .set(Label.JOB, "node")
        .set(Label.INSTANCE, instance)
        .build();
  }

  private static Line counter(SplittableRandom random, double perStep, Labels labels) {
    return new Line(labels, 1e4 * random.nextDouble(), perStep, perStep, true, random.nextLong());
  }

  private static Line gauge(SplittableRandom random, double start, double noise, Labels labels) {
    return new Line(labels, start, 0, noise, false, random.nextLong());
  }

  private static void sample(ByteArrayOutputStream series, long time, double value) {
    ByteArrayOutputStream sample = new ByteArrayOutputStream(24);
    sample.write(0x09);
    sample.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
    sample.write(0x10);
    varint(sample, time);
    series.write(0x12);
    varint(series, sample.size());
    series.writeBytes(sample.toByteArray());
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static byte[] compress(byte[] plain) {
    SnappyJavaCompressor snappy = new SnappyJavaCompressor();
    byte[] out = new byte[snappy.maxCompressedLength(plain.length)];
    return Arrays.copyOf(out, snappy.compress(plain, 0, plain.length, out, 0, out.length));
  }

  private static void post(HttpClient http, String peer, byte[] body) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(peer))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IllegalStateException(peer + ": " + answer.statusCode() + " " + answer.body());
    }
  }
}
