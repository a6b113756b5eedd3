package io.evenkeel.bench.load;

import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.remotewrite.RemoteWriteEncoder;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Makes files of ready remote write 1.0 requests, one file per connection, so that sending them
/// costs next to nothing beside the server that is measured.
///
/// Arguments: folder of the recording, folder for the files, hosts, series per host, rounds, period
/// in milliseconds, hosts per request, connections, time of the newest round in epoch milliseconds.
/// A file is a row of requests: rounds count from 0; round (int), samples (int), length (int),
/// bytes.
public final class MakeLoad {
  private MakeLoad() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Recording recording = Recording.read(Path.of(arguments[0]));
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    int hosts = Integer.parseInt(arguments[2]);
    int series = Integer.parseInt(arguments[3]);
    int rounds = Integer.parseInt(arguments[4]);
    long period = Long.parseLong(arguments[5]);
    int perRequest = Integer.parseInt(arguments[6]);
    int connections = Integer.parseInt(arguments[7]);
    long begin = Long.parseLong(arguments[8]) / period * period - rounds * period;
    List<Thread> threads = new ArrayList<>();
    for (int c = 0; c < connections; c++) {
      int connection = c;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                List<ReplayedHost> mine = new ArrayList<>();
                List<Integer> numbers = new ArrayList<>();
                for (int host = connection; host < hosts; host += connections) {
                  mine.add(new ReplayedHost(recording, host, series));
                  numbers.add(host);
                }
                write(
                    folder.resolve("connection" + connection),
                    mine,
                    numbers,
                    rounds,
                    period,
                    perRequest,
                    begin);
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.printf(
        "%d hosts x %d series x %d rounds from %d pages, %d MB%n",
        hosts, series, rounds, recording.pages(), size(folder) >> 20);
  }

  private static long size(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void write(
      Path file,
      List<ReplayedHost> hosts,
      List<Integer> numbers,
      int rounds,
      long period,
      int perRequest,
      long begin) {
    RemoteWriteEncoder encoder = new RemoteWriteEncoder();
    SampleBatch batch = new SampleBatch();
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
      for (int round = 0; round < rounds; round++) {
        for (int h = 0; h < hosts.size(); h++) {
          // Each host is scraped at its own offset into the period.
          long offset = numbers.get(h) * 7_919L % period;
          hosts.get(h).scrape(batch, begin + round * period + offset);
          if ((h + 1) % perRequest == 0 || h + 1 == hosts.size()) {
            RemoteWriteEncoder.Request request = encoder.encode(batch);
            out.writeInt(round);
            out.writeInt(batch.sampleCount());
            out.writeInt(request.length());
            out.write(request.bytes(), 0, request.length());
            batch.clear();
          }
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
