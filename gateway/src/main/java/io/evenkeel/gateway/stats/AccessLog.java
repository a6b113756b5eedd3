package io.evenkeel.gateway.stats;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// A line of JSON for each request, written by a thread of its own. When the disk cannot keep up,
/// lines are dropped and counted: a log must not slow requests. Thread-safe.
public final class AccessLog implements AutoCloseable {
  private static final int QUEUE = 65_536;
  private static final int LONGEST_TEXT = 4096;

  private final ArrayBlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE);
  private final LongAdder dropped = new LongAdder();
  private final Consumer<String> failures;
  private final Path file;
  private final Thread writer;
  private volatile boolean open = true;

  /// A request that ended.
  ///
  /// @param route the route's name; empty when none fitted
  /// @param backend the backend that answered; empty when none did
  public record Entry(
      Instant at,
      String client,
      String method,
      String host,
      String target,
      String protocol,
      int status,
      long bytesIn,
      long bytesOut,
      double seconds,
      String route,
      String backend,
      int attempts,
      String userAgent) {}

  /// Appends to a file.
  ///
  /// @param failures told when it cannot be written
  /// @throws IOException when it cannot be opened
  public AccessLog(Path file, Consumer<String> failures) throws IOException {
    this.file = file;
    this.failures = failures;
    BufferedWriter out = open(file);
    writer = Thread.ofPlatform().name("gateway-access-log").daemon().start(() -> write(out));
  }

  private static BufferedWriter open(Path file) throws IOException {
    return Files.newBufferedWriter(
        file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// Logs a request.
  public void add(Entry entry) {
    if (!queue.offer(entry)) {
      dropped.increment();
    }
  }

  /// Lines that were dropped.
  public long dropped() {
    return dropped.sum();
  }

  private void write(BufferedWriter first) {
    BufferedWriter out = first;
    List<Entry> batch = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    while (open || !queue.isEmpty()) {
      try {
        Entry next = queue.poll(200, TimeUnit.MILLISECONDS);
        if (next == null) {
          continue;
        }
        batch.add(next);
        queue.drainTo(batch, 1000);
        text.setLength(0);
        batch.forEach(entry -> append(text, entry));
        if (!Files.exists(file)) {
          // Rotated away: the next line begins a new file.
          out.close();
          out = open(file);
        }
        out.append(text);
        out.flush();
      } catch (IOException e) {
        dropped.add(batch.size());
        failures.accept(String.valueOf(e));
      } catch (InterruptedException e) {
        open = false;
      }
      batch.clear();
    }
    try {
      out.close();
    } catch (IOException e) {
      failures.accept(String.valueOf(e));
    }
  }

  static void append(StringBuilder out, Entry entry) {
    out.append("{\"time\":\"").append(entry.at).append('"');
    text(out, "client", entry.client);
    text(out, "method", entry.method);
    text(out, "host", entry.host);
    text(out, "target", entry.target);
    text(out, "protocol", entry.protocol);
    out.append(",\"status\":").append(entry.status);
    out.append(",\"bytesIn\":").append(entry.bytesIn);
    out.append(",\"bytesOut\":").append(entry.bytesOut);
    out.append(",\"seconds\":").append(Math.round(entry.seconds * 1e6) / 1e6);
    text(out, "route", entry.route);
    text(out, "backend", entry.backend);
    out.append(",\"attempts\":").append(entry.attempts);
    text(out, "userAgent", entry.userAgent);
    out.append("}\n");
  }

  private static void text(StringBuilder out, String key, String value) {
    out.append(",\"").append(key).append("\":\"");
    int length = Math.min(value.length(), LONGEST_TEXT);
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c >= 0x7F) {
        // Terminals take some characters above ASCII for commands too.
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /// Writes what is queued, then closes the file.
  @Override
  public void close() {
    open = false;
    try {
      writer.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
