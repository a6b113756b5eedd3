package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.RouteConfig;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Answers kept in memory for a route (RFC 9111, a shared cache): only whole 200 answers to GET
/// without Authorization, without Set-Cookie, that do not forbid it; found by host, target and what
/// `Vary` names. The least recently used go first. Thread-safe.
final class ResponseCache {
  /// What an entry costs beside its body.
  private static final int OVERHEAD_BYTES = 1024;

  private final RouteConfig.Cache config;
  private final LinkedHashMap<String, List<Entry>> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private long bytes;

  ResponseCache(RouteConfig.Cache config) {
    this.config = config;
  }

  /// A kept answer.
  record Entry(
      HttpHeaders headers, byte[] body, Map<String, String> vary, long storedAt, long freshUntil) {
    /// The header as it is sent now: with its length and age (RFC 9111, section 5.1).
    HttpHeaders headersAt(long nowNanos) {
      return headers
          .copy()
          .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
          .set(HttpHeaderNames.AGE, (nowNanos - storedAt) / 1_000_000_000L);
    }

    private boolean fits(HttpHeaders request) {
      return vary.entrySet().stream()
          .allMatch(e -> e.getValue().equals(joined(request, e.getKey())));
    }
  }

  long hits() {
    return hits.sum();
  }

  long misses() {
    return misses.sum();
  }

  /// Whether a request may be answered from here at all.
  static boolean mayServe(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String control = joined(headers, "cache-control").toLowerCase(Locale.ROOT);
    return request.method().equals(HttpMethod.GET)
        && !headers.contains(HttpHeaderNames.AUTHORIZATION)
        && !headers.contains(HttpHeaderNames.RANGE)
        && !control.contains("no-cache")
        && !control.contains("no-store")
        && !joined(headers, "pragma").contains("no-cache");
  }

  /// The fresh answer for a request; nothing when there is none.
  @Nullable Entry find(String site, HttpRequest request, String target, long nowNanos) {
    synchronized (entries) {
      for (Entry entry : entries.getOrDefault(site + target, List.of())) {
        if (nowNanos - entry.freshUntil < 0 && entry.fits(request.headers())) {
          hits.increment();
          return entry;
        }
      }
    }
    misses.increment();
    return null;
  }

  /// Starts to keep an answer; nothing when it may not be kept.
  @Nullable Recording record(
      String site, String target, HttpHeaders request, HttpResponse response, long nowNanos) {
    HttpHeaders headers = response.headers();
    String control = joined(headers, "cache-control").toLowerCase(Locale.ROOT);
    String varies = joined(headers, "vary");
    if (response.status().code() != 200
        || headers.contains(HttpHeaderNames.SET_COOKIE)
        || control.contains("no-store")
        || control.contains("no-cache")
        || control.contains("private")
        || varies.contains("*")) {
      return null;
    }
    long seconds = maxAge(control);
    if (seconds < 0) {
      seconds = config.keep().toSeconds();
    }
    if (seconds <= 0) {
      return null;
    }
    Map<String, String> vary = new LinkedHashMap<>();
    for (String name : varies.split(",", -1)) {
      String bare = name.strip().toLowerCase(Locale.ROOT);
      if (!bare.isEmpty()) {
        vary.put(bare, joined(request, bare));
      }
    }
    HttpHeaders kept = new DefaultHttpHeaders().add(headers);
    return new Recording(site + target, kept, vary, nowNanos, nowNanos + seconds * 1_000_000_000L);
  }

  private static long maxAge(String control) {
    long found = -1;
    for (String directive : control.split(",", -1)) {
      String bare = directive.strip();
      boolean shared = bare.startsWith("s-maxage=");
      if (shared || bare.startsWith("max-age=") && found < 0) {
        String number = bare.substring(bare.indexOf('=') + 1).replace("\"", "");
        if (number.matches("\\d{1,9}")) {
          found = Long.parseLong(number);
        }
        if (shared) {
          return found;
        }
      }
    }
    return found;
  }

  private static String joined(HttpHeaders headers, String name) {
    return String.join(", ", headers.getAll(name));
  }

  /// An answer that is being kept; used by one event loop.
  final class Recording {
    private final String key;
    private final HttpHeaders headers;
    private final Map<String, String> vary;
    private final long storedAt;
    private final long freshUntil;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private boolean tooLarge;

    private Recording(
        String key, HttpHeaders headers, Map<String, String> vary, long storedAt, long freshUntil) {
      this.key = key;
      this.headers = headers;
      this.vary = vary;
      this.storedAt = storedAt;
      this.freshUntil = freshUntil;
    }

    void add(ByteBuf content) {
      if (body.size() + content.readableBytes() > config.maxAnswerBytes()) {
        tooLarge = true;
        return;
      }
      byte[] copy = new byte[content.readableBytes()];
      content.getBytes(content.readerIndex(), copy);
      body.writeBytes(copy);
    }

    /// Keeps it: the answer was whole.
    void complete() {
      if (!tooLarge) {
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        put(key, new Entry(headers, body.toByteArray(), vary, storedAt, freshUntil));
      }
    }
  }

  private void put(String key, Entry entry) {
    synchronized (entries) {
      List<Entry> same = new ArrayList<>(entries.getOrDefault(key, List.of()));
      for (Entry old : same) {
        bytes -= cost(old);
      }
      same.removeIf(old -> old.vary.equals(entry.vary) || entry.storedAt - old.freshUntil >= 0);
      same.add(entry);
      for (Entry kept : same) {
        bytes += cost(kept);
      }
      entries.put(key, same);
      var oldest = entries.entrySet().iterator();
      while (bytes > config.maxBytes() && oldest.hasNext()) {
        for (Entry dropped : oldest.next().getValue()) {
          bytes -= cost(dropped);
        }
        oldest.remove();
      }
    }
  }

  private static long cost(Entry entry) {
    return (long) entry.body.length + OVERHEAD_BYTES;
  }
}
