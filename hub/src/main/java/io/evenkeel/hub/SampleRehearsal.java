package io.evenkeel.hub;

import io.evenkeel.hub.command.EvenkeelCommand;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.remotewrite.RemoteWriteEncoder;
import io.evenkeel.tsdb.engine.LocalStore;
import io.evenkeel.tsdb.engine.Snapshot;
import io.evenkeel.tsdb.engine.StoreSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Samples for the rehearsal of a start: delivered to the hub as a sender does, and read back from
/// its log as after a crash. What the JVM learns of these methods goes into its AOT cache as their
/// profiles (JEP 515), so that a real hub compiles them well at once: while it starts with a full
/// log, and when many senders come back at the same moment.
final class SampleRehearsal {
  private static final int HOSTS = 10;
  private static final int SERIES_PER_HOST = 200;
  private static final long PERIOD_MILLIS = 15_000;

  /// Enough that the methods are compiled by the first compiler and their profile is taken.
  private static final int ROUNDS = 150;

  private final String url;
  private final Path data;
  private final Clock clock;
  private final String token;
  private final RemoteWriteEncoder encoder = new RemoteWriteEncoder();
  private final SplittableRandom random = new SplittableRandom(5);
  private final double[] values = new double[HOSTS * SERIES_PER_HOST];

  /// @param url where the hub answers
  /// @param data the hub's folder
  SampleRehearsal(String url, Path data, Clock clock) throws IOException {
    this.url = url;
    this.data = data;
    this.clock = clock;
    token = token(data, clock);
  }

  private static String token(Path data, Clock clock) throws IOException {
    StringWriter out = new StringWriter();
    int result =
        EvenkeelCommand.all(clock)
            .setOut(new PrintWriter(out))
            .execute(
                "token", "create", "rehearsal", "--scope", "ingest", "--data", data.toString());
    if (result != 0) {
      throw new IOException("no token could be made in " + data);
    }
    return out.toString().strip();
  }

  /// Delivers samples of the last hour by remote write.
  void deliver() throws IOException {
    List<SampleBatch> hosts = new ArrayList<>();
    long end = clock.millis();
    for (int round = 0; round < ROUNDS; round++) {
      long time = end - (ROUNDS - round) * PERIOD_MILLIS;
      for (int host = 0; host < HOSTS; host++) {
        if (round == 0) {
          hosts.add(new SampleBatch());
        }
        SampleBatch batch = hosts.get(host);
        batch.clear();
        for (int i = 0; i < SERIES_PER_HOST; i++) {
          batch.addSample(batch.addSeries(labels(host, i)), time, value(host, i));
        }
        post(encoder.encode(batch));
      }
    }
  }

  /// Reads what a crash would leave of the hub's store.
  void readBack() throws IOException {
    Path copy = data.resolve("after-a-crash");
    Snapshot.take(data.resolve("tsdb"), copy);
    LocalStore.open(copy, StoreSettings.DEFAULT.withoutMaintenance(), clock).close();
  }

  private static Labels labels(int host, int series) {
    return Labels.of(
        "__name__", "rehearsal_metric_" + series / 8 + "_total",
        "device", "device" + series % 8,
        "instance", "host" + host + ":9100",
        "job", "rehearsal");
  }

  /// What servers show: counters that grow, gauges that waver, and much that stays as it is.
  private double value(int host, int series) {
    int at = host * SERIES_PER_HOST + series;
    switch (series % 4) {
      case 0 -> values[at] += random.nextInt(500);
      case 1 -> values[at] = random.nextDouble();
      case 2 -> values[at] = 1_000_000 + random.nextInt(1_000) * 4096;
      default -> {}
    }
    return values[at];
  }

  private void post(RemoteWriteEncoder.Request request) throws IOException {
    HttpURLConnection post =
        (HttpURLConnection) URI.create(url + "/api/v1/write").toURL().openConnection();
    post.setRequestMethod("POST");
    post.setRequestProperty("Content-Type", "application/x-protobuf");
    post.setRequestProperty("Content-Encoding", "snappy");
    post.setRequestProperty("X-Prometheus-Remote-Write-Version", "0.1.0");
    post.setRequestProperty("Authorization", "Bearer " + token);
    post.setFixedLengthStreamingMode(request.length());
    post.setDoOutput(true);
    try (OutputStream out = post.getOutputStream()) {
      out.write(request.bytes(), 0, request.length());
    }
    int status = post.getResponseCode();
    if (status / 100 != 2) {
      throw new IOException("samples were answered with status " + status);
    }
    post.getInputStream().readAllBytes();
  }
}
