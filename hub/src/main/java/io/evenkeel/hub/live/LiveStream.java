package io.evenkeel.hub.live;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One browser's stream: what it watches, and what it has been sent.
///
/// A frame is put together when the connection can take it, from the newest values: a slow browser
/// misses frames but is never behind. A stream outlives its connection for a while; a browser that
/// comes back with the id of the last frame it got is sent the ones it missed. Safe for use by many
/// threads; one connection at a time reads it.
public final class LiveStream {
  private static final byte[] HEARTBEAT = utf8(": heartbeat\n\n");
  private static final int SENT_FRAMES = 128;

  private final String id;
  private final String owner;
  private final InstantSource clock;
  private final Map<HostFeed, List<Subscription>> subscriptions = new HashMap<>();
  private final Set<HostFeed> dirty = new HashSet<>();
  private final Map<HostFeed, Long> missedAfter = new HashMap<>();
  private final Deque<SentFrame> sent = new ArrayDeque<>();
  private byte @Nullable [] hosts;
  private long sequence;
  private long connection;
  private boolean connected;
  private boolean closed;
  private long disconnectedAtNanos;

  /// One expression under the browser's name for it.
  static final class Subscription {
    final String id;
    final String text;
    final HostFeed feed;
    final SharedExpression expression;
    long sentMillis = Long.MIN_VALUE;
    int sentRevision;

    Subscription(String id, String text, HostFeed feed, SharedExpression expression) {
      this.id = id;
      this.text = text;
      this.feed = feed;
      this.expression = expression;
    }
  }

  private record SentFrame(long sequence, HostFeed feed, long timeMillis) {}

  LiveStream(String id, String owner, InstantSource clock) {
    this.id = id;
    this.owner = owner;
    this.clock = clock;
  }

  /// The stream's name.
  public String id() {
    return id;
  }

  String owner() {
    return owner;
  }

  /// Takes the stream for a connection; one that had it before ends.
  ///
  /// @param lastSequence the last frame that the browser got, −1 when it is new
  synchronized long connect(long lastSequence) {
    connected = true;
    connection++;
    if (lastSequence >= 0) {
      goBack(lastSequence);
    }
    notifyAll();
    return connection;
  }

  /// Marks everything after a frame as not sent.
  private void goBack(long lastSequence) {
    missedAfter.clear();
    for (Map.Entry<HostFeed, List<Subscription>> entry : subscriptions.entrySet()) {
      long got = Long.MIN_VALUE;
      for (SentFrame frame : sent) {
        if (frame.feed == entry.getKey() && frame.sequence <= lastSequence) {
          got = Math.max(got, frame.timeMillis);
        }
      }
      missedAfter.put(entry.getKey(), got);
      dirty.add(entry.getKey());
      for (Subscription subscription : entry.getValue()) {
        subscription.sentRevision = 0;
      }
    }
  }

  /// Gives the stream back when the connection has ended.
  synchronized void disconnect(long ended, long nowNanos) {
    if (ended == connection) {
      connected = false;
      disconnectedAtNanos = nowNanos;
    }
  }

  /// Whether nobody has come back for it.
  synchronized boolean isAbandoned(long nowNanos, long afterNanos) {
    return !connected && nowNanos - disconnectedAtNanos > afterNanos;
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /// Replaces what is watched; answers the subscriptions that are not needed any more. What was
  /// watched under the same name goes on as it was: a browser that comes back says again what it
  /// wants.
  synchronized List<Subscription> replace(List<Subscription> next) {
    Map<String, Subscription> before = new HashMap<>();
    for (List<Subscription> watched : subscriptions.values()) {
      watched.forEach(subscription -> before.put(subscription.id, subscription));
    }
    List<Subscription> unneeded = new ArrayList<>();
    subscriptions.clear();
    for (Subscription wanted : next) {
      Subscription known = before.get(wanted.id);
      boolean same = known != null && known.expression == wanted.expression;
      Subscription kept = same && known != null ? known : wanted;
      if (same) {
        before.remove(wanted.id);
        unneeded.add(wanted);
      }
      subscriptions.computeIfAbsent(kept.feed, feed -> new ArrayList<>()).add(kept);
    }
    unneeded.addAll(before.values());
    dirty.retainAll(subscriptions.keySet());
    missedAfter.keySet().retainAll(subscriptions.keySet());
    return unneeded;
  }

  /// New values of a host are there.
  synchronized void evaluated(HostFeed feed) {
    if (subscriptions.containsKey(feed)) {
      dirty.add(feed);
      notifyAll();
    }
  }

  /// The state of the hosts has changed; the newest replaces one that was not sent yet.
  synchronized void hosts(byte[] event) {
    hosts = event;
    notifyAll();
  }

  /// The next event's bytes: a frame, the hosts, or a heartbeat when nothing came for a while; null
  /// when the connection has to end.
  synchronized byte @Nullable [] next(long connected, long heartbeatMillis)
      throws InterruptedException {
    long giveUp = System.nanoTime() + heartbeatMillis * 1_000_000;
    while (true) {
      if (closed || connected != connection) {
        return null;
      }
      byte[] state = hosts;
      if (state != null) {
        hosts = null;
        return state;
      }
      byte[] frame = frame();
      if (frame != null) {
        return frame;
      }
      long wait = (giveUp - System.nanoTime()) / 1_000_000;
      if (wait <= 0) {
        return HEARTBEAT.clone();
      }
      wait(wait);
    }
  }

  private byte @Nullable [] frame() {
    while (!dirty.isEmpty()) {
      HostFeed feed = dirty.iterator().next();
      List<Subscription> watched = subscriptions.getOrDefault(feed, List.of());
      byte[] frame =
          missedAfter.containsKey(feed) ? missedFrame(feed, watched) : newestFrame(feed, watched);
      if (frame != null) {
        return frame;
      }
      dirty.remove(feed);
    }
    return null;
  }

  /// The oldest frame that was missed while nobody was connected, null when there are no more.
  private byte @Nullable [] missedFrame(HostFeed feed, List<Subscription> watched) {
    long after = missedAfter.getOrDefault(feed, Long.MIN_VALUE);
    for (long tick = feed.tickAfter(after); tick != Long.MIN_VALUE; tick = feed.tickAfter(tick)) {
      missedAfter.put(feed, tick);
      byte[] frame = write(feed, watched, tick);
      if (frame != null) {
        return frame;
      }
    }
    missedAfter.remove(feed);
    return newestFrame(feed, watched);
  }

  /// A frame of the newest values that were not sent, null when all were.
  private byte @Nullable [] newestFrame(HostFeed feed, List<Subscription> watched) {
    long oldest = Long.MAX_VALUE;
    for (Subscription subscription : watched) {
      Evaluated latest = subscription.expression.latest();
      if (latest != null && latest.timeMillis() > subscription.sentMillis) {
        oldest = Math.min(oldest, latest.timeMillis());
      }
    }
    return oldest == Long.MAX_VALUE ? null : write(feed, watched, oldest);
  }

  /// The frame of one moment, null when nothing was evaluated then.
  private byte @Nullable [] write(HostFeed feed, List<Subscription> watched, long timeMillis) {
    StringBuilder out = new StringBuilder(1024);
    long number = sequence + 1;
    out.append("event: frame\nid: ").append(id).append('.').append(number);
    out.append("\ndata: {\"t\":").append(timeMillis);
    out.append(",\"sent\":").append(clock.millis()).append(",\"subs\":[");
    boolean empty = true;
    for (Subscription subscription : watched) {
      Evaluated latest = subscription.expression.latest();
      Evaluated value =
          latest != null && latest.timeMillis() == timeMillis
              ? latest
              : subscription.expression.at(timeMillis);
      if (value == null) {
        continue;
      }
      out.append(empty ? "" : ",");
      empty = false;
      write(out, subscription, value);
      subscription.sentMillis = Math.max(subscription.sentMillis, timeMillis);
    }
    if (empty) {
      return null;
    }
    sequence = number;
    sent.addLast(new SentFrame(number, feed, timeMillis));
    if (sent.size() > SENT_FRAMES) {
      sent.removeFirst();
    }
    return utf8(out.append("]}\n\n").toString());
  }

  private static void write(StringBuilder out, Subscription subscription, Evaluated value) {
    out.append("{\"id\":");
    JsonText.string(out, subscription.id);
    out.append(",\"rev\":").append(value.revision());
    if (subscription.sentRevision != value.revision()) {
      out.append(",\"series\":").append(value.seriesJson());
      subscription.sentRevision = value.revision();
    }
    out.append(",\"v\":").append(value.valuesJson());
    if (value.error() != null) {
      out.append(",\"error\":");
      JsonText.string(out, value.error());
    }
    out.append('}');
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
