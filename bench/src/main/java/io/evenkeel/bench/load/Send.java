package io.evenkeel.bench.load;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Sends what [MakeLoad] made, each file over a connection of its own, and prints one line of JSON:
/// samples, seconds, and how long answers took.
///
/// Arguments: folder, address such as http://127.0.0.1:9595/api/v1/write, seconds between rounds (0
/// = as fast as answers come), the most rounds (0 = all), and perhaps a bearer token. Files may be
/// more than connections are wanted; each is a connection.
public final class Send {
  private static final AtomicLong COMPLAINTS = new AtomicLong();

  private Send() {}

  public static void main(String[] arguments) throws Exception {
    URI target = URI.create(arguments[1]);
    double period = Double.parseDouble(arguments[2]);
    int rounds = Integer.parseInt(arguments[3]);
    String token = arguments.length > 4 ? arguments[4] : null;
    List<Path> files;
    try (var entries = Files.list(Path.of(arguments[0]))) {
      files = entries.sorted().toList();
    }
    AtomicLong samples = new AtomicLong();
    AtomicLong refused = new AtomicLong();
    List<long[]> latencies = new ArrayList<>();
    CyclicBarrier start = new CyclicBarrier(files.size() + 1);
    List<Thread> threads = new ArrayList<>();
    for (Path file : files) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  long[] took = send(file, target, token, period, rounds, start, samples, refused);
                  synchronized (latencies) {
                    latencies.add(took);
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(file + ": " + e, e);
                }
              }));
    }
    start.await();
    long begun = System.nanoTime();
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    long[] all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "{\"samples\": %d, \"seconds\": %.3f, \"perSecond\": %.0f, \"requests\": %d, \"refused\": %d,"
            + " \"p50Millis\": %.2f, \"p99Millis\": %.2f, \"maxMillis\": %.2f}%n",
        samples.get(),
        seconds,
        samples.get() / seconds,
        all.length,
        refused.get(),
        at(all, 0.5),
        at(all, 0.99),
        at(all, 1));
  }

  private static double at(long[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * share)] / 1e6;
  }

  private static long[] send(
      Path file,
      URI target,
      @Nullable String token,
      double period,
      int rounds,
      CyclicBarrier start,
      AtomicLong samples,
      AtomicLong refused)
      throws Exception {
    long[] took = new long[1024];
    int requests = 0;
    try (Socket socket = new Socket(target.getHost(), target.getPort());
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream answers = new BufferedInputStream(socket.getInputStream());
      start.await();
      long begun = System.nanoTime();
      int first = -1;
      int inRound = 0;
      int round = -1;
      while (true) {
        int next;
        try {
          next = in.readInt();
        } catch (EOFException _) {
          break;
        }
        first = first < 0 ? next : first;
        if (rounds > 0 && next - first >= rounds) {
          break;
        }
        inRound = next == round ? inRound + 1 : 0;
        round = next;
        int count = in.readInt();
        byte[] body = in.readNBytes(in.readInt());
        if (period > 0) {
          // Spread over the round, as many agents' pushes are.
          long due = begun + (long) ((round - first + inRound / 64.0 % 1) * period * 1e9);
          while (System.nanoTime() < due) {
            Thread.sleep(Math.max(1, (due - System.nanoTime()) / 1_000_000));
          }
        }
        long sent = System.nanoTime();
        int status = exchange(target, token, body, out, answers);
        if (requests == took.length) {
          took = Arrays.copyOf(took, 2 * requests);
        }
        took[requests++] = System.nanoTime() - sent;
        if (status / 100 == 2) {
          samples.addAndGet(count);
        } else {
          refused.addAndGet(count);
        }
      }
    }
    return Arrays.copyOf(took, requests);
  }

  private static int exchange(
      URI target, @Nullable String token, byte[] body, OutputStream out, InputStream answers)
      throws IOException {
    byte[] head =
        ("POST "
                + target.getPath()
                + " HTTP/1.1\r\nHost: "
                + target.getAuthority()
                + "\r\nContent-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n"
                + "X-Prometheus-Remote-Write-Version: 0.1.0\r\n"
                + (token == null ? "" : "Authorization: Bearer " + token + "\r\n")
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] request = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    out.write(request);
    int status = -1;
    int length = 0;
    for (String line = line(answers); !line.isEmpty(); line = line(answers)) {
      if (status < 0) {
        status = Integer.parseInt(line.substring(9, 12));
      } else if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    byte[] text = answers.readNBytes(length);
    if (status / 100 != 2 && COMPLAINTS.incrementAndGet() <= 10) {
      System.err.println(status + " " + new String(text, StandardCharsets.UTF_8).strip());
    }
    return status;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
