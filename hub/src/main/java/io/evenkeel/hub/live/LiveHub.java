package io.evenkeel.hub.live;

import io.evenkeel.hub.chart.ChartGrid;
import io.evenkeel.hub.chart.WindowVariable;
import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.live.LiveRefusal.Reason;
import io.evenkeel.hub.live.LiveStream.Subscription;
import io.evenkeel.hub.telemetry.HubMetrics;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Text;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.tsdb.storage.Queryable;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The live streams of all browsers and the feeds of the hosts they watch.
///
/// When samples of a host are stored, what is watched on it is evaluated once, and every stream
/// that watches is woken. Concurrency: this object's lock guards which streams and feeds exist and
/// who watches what; a feed's lock guards its arrivals; a stream's lock what it was sent. They are
/// taken in that order, and none is held during an evaluation or a write to a connection.
public final class LiveHub implements AutoCloseable {
  /// The feed of expressions that are about no single host.
  private static final String ALL_HOSTS = "";

  private static final long DEFAULT_PERIOD_MILLIS = 1_000;
  private static final long LONGEST_WINDOW_PERIOD_MILLIS = 60_000;

  /// How long more requests with the same moment may be on their way from a sender that splits.
  private static final long SETTLE_MILLIS = 150;

  private final QueryEngine engine;
  private final CpuPool pool;
  private final HostRegistry hosts;
  private final HubMetrics metrics;
  private final InstantSource clock;
  private final LiveLimits limits;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, LiveStream> streams = new HashMap<>();
  private final Map<String, HostFeed> feeds = new ConcurrentHashMap<>();
  private final Map<String, Long> lastArrivals = new ConcurrentHashMap<>();
  private volatile byte @Nullable [] lastHosts;
  private boolean closed;

  /// One wish of a browser.
  ///
  /// @param id the browser's name for it
  /// @param expr the expression, in which `$window` stands for a fitting duration
  /// @param host the id of the host whose arrivals it is evaluated on; null for any host's
  public record Wish(String id, String expr, @Nullable String host) {}

  public LiveHub(
      Queryable store,
      CpuPool pool,
      HostRegistry hosts,
      HubMetrics metrics,
      InstantSource clock,
      LiveLimits limits) {
    this.engine = new QueryEngine(store, LiveLimits.QUERY);
    this.pool = pool;
    this.hosts = hosts;
    this.metrics = metrics;
    this.clock = clock;
    this.limits = limits;
  }

  /// Samples of a host up to a time are stored.
  ///
  /// @param complete whether no more of the same moment is on its way
  public void arrived(String hostId, long timeMillis, boolean complete) {
    long settle = complete ? 0 : SETTLE_MILLIS;
    lastArrivals.merge(hostId, timeMillis, Math::max);
    lastArrivals.merge(ALL_HOSTS, timeMillis, Math::max);
    HostFeed feed = feeds.get(hostId);
    if (feed != null) {
      feed.arrived(timeMillis, settle);
    }
    HostFeed all = feeds.get(ALL_HOSTS);
    if (all != null) {
      all.arrived(timeMillis, SETTLE_MILLIS);
    }
  }

  /// The state of the hosts, for every stream.
  public void hosts(List<Host> all) {
    StringBuilder out = new StringBuilder("event: hosts\ndata: {\"hosts\":[");
    for (int i = 0; i < all.size(); i++) {
      Host host = all.get(i);
      out.append(i == 0 ? "{\"id\":" : ",{\"id\":");
      JsonText.string(out, host.id());
      out.append(",\"status\":\"").append(host.status().name().toLowerCase(Locale.ROOT));
      out.append("\",\"lastSampleAt\":").append(host.lastSampleAt()).append('}');
    }
    byte[] event = LiveStream.utf8(out.append("]}\n\n").toString());
    lastHosts = event;
    for (LiveStream stream : openStreams()) {
      stream.hosts(event);
    }
  }

  private synchronized List<LiveStream> openStreams() {
    return List.copyOf(streams.values());
  }

  /// Serves a connection until it ends: a new stream, or the one that the browser had, when it
  /// comes back in time with the id of the last frame it got.
  ///
  /// @throws LiveRefusal when there are too many streams
  public void serve(String owner, Optional<String> lastEventId, LiveConnection connection)
      throws InterruptedException {
    LastEvent last = LastEvent.parse(lastEventId.orElse(""));
    Connected connected = connect(owner, last);
    LiveStream stream = connected.stream;
    long ticket = connected.ticket;
    metrics.liveStreamOpened();
    long begun = System.nanoTime();
    try (OutputStream out = connection.begin()) {
      out.write(hello(stream));
      byte[] state = lastHosts;
      if (state != null) {
        out.write(state);
      }
      out.flush();
      long askAgain = begun + limits.heartbeat().toNanos();
      while (System.nanoTime() - begun < limits.connectionAge().toNanos()) {
        if (System.nanoTime() - askAgain > 0) {
          if (!connection.admitted()) {
            return;
          }
          askAgain = System.nanoTime() + limits.heartbeat().toNanos();
        }
        byte[] event = stream.next(ticket, limits.heartbeat().toMillis());
        if (event == null) {
          return;
        }
        out.write(event);
        out.flush();
        metrics.liveFrame();
      }
    } catch (IOException e) {
      // The browser went away; its stream waits for it for a while.
      connection.ended(e);
    } finally {
      metrics.liveStreamClosed();
      stream.disconnect(ticket, System.nanoTime());
    }
  }

  /// A connection to a browser.
  public interface LiveConnection {
    /// Begins the answer.
    OutputStream begin() throws IOException;

    /// Whether the browser's user may still have the stream: asked now and then.
    boolean admitted();

    /// Is told how the connection ended when the browser ended it.
    void ended(Exception e);
  }

  private record LastEvent(String stream, long sequence) {
    static LastEvent parse(String text) {
      int dot = text.indexOf('.');
      try {
        return dot < 0
            ? new LastEvent("", -1)
            : new LastEvent(text.substring(0, dot), Long.parseLong(text.substring(dot + 1)));
      } catch (NumberFormatException e) {
        return new LastEvent("", -1);
      }
    }
  }

  private byte[] hello(LiveStream stream) {
    return LiveStream.utf8(
        "retry: 500\nevent: hello\ndata: {\"stream\":\""
            + stream.id()
            + "\",\"periodMillis\":"
            + ownPeriod()
            + ",\"serverTime\":"
            + clock.millis()
            + "}\n\n");
  }

  private long ownPeriod() {
    for (Host host : hosts.all()) {
      Long period = host.periodMillis();
      if (host.self() && period != null) {
        return period;
      }
    }
    return DEFAULT_PERIOD_MILLIS;
  }

  /// A stream in the hands of one connection.
  private record Connected(LiveStream stream, long ticket) {}

  /// Both under one lock: a stream that nobody is connected to yet would count as abandoned.
  private synchronized Connected connect(String owner, LastEvent last) {
    LiveStream stream = resumable(owner, last);
    return new Connected(
        stream, stream.connect(stream.id().equals(last.stream) ? last.sequence : -1));
  }

  private LiveStream resumable(String owner, LastEvent last) {
    if (closed) {
      throw new LiveRefusal(Reason.TOO_MANY, Text.of("the hub is stopping", "中心正在停止"), "", -1);
    }
    removeAbandoned();
    LiveStream known = streams.get(last.stream);
    if (known != null && known.owner().equals(owner)) {
      return known;
    }
    List<LiveStream> own =
        streams.values().stream().filter(stream -> stream.owner().equals(owner)).toList();
    if (own.size() >= limits.streamsPerOwner() || streams.size() >= limits.streams()) {
      // A page that was closed or loaded anew leaves its stream behind for a while.
      LiveStream left =
          own.stream()
              .filter(stream -> stream.isAbandoned(System.nanoTime(), 0))
              .findFirst()
              .orElseThrow(() ->
                  new LiveRefusal(
                      Reason.TOO_MANY,
                      Text.of(
                          "there are "
                              + own.size()
                              + " live streams of yours already: close some of the pages",
                          "您已有 " + own.size() + " 个实时流：请关闭一些页面"),
                      "",
                      -1));
      remove(left);
    }
    byte[] id = new byte[12];
    random.nextBytes(id);
    LiveStream stream = new LiveStream(HexFormat.of().formatHex(id), owner, clock);
    streams.put(stream.id(), stream);
    return stream;
  }

  private void removeAbandoned() {
    long now = System.nanoTime();
    long after = limits.resumeWithin().toNanos();
    List<LiveStream> abandoned =
        streams.values().stream().filter(stream -> stream.isAbandoned(now, after)).toList();
    abandoned.forEach(this::remove);
  }

  private void remove(LiveStream stream) {
    streams.remove(stream.id());
    stream.close();
    release(stream.replace(List.of()));
  }

  /// Replaces what a stream watches; its first values come at once.
  ///
  /// @return false when the owner has no such stream
  /// @throws LiveRefusal when a wish cannot be fulfilled; nothing has changed then
  public boolean subscribe(String owner, String streamId, List<Wish> wishes) {
    check(wishes);
    Set<HostFeed> touched;
    synchronized (this) {
      removeAbandoned();
      LiveStream stream = streams.get(streamId);
      if (stream == null || !stream.owner().equals(owner)) {
        return false;
      }
      if (expressionCount() + wishes.size() > limits.expressions()) {
        throw new LiveRefusal(
            Reason.TOO_MANY,
            Text.of(
                "the hub follows "
                    + limits.expressions()
                    + " live expressions already: try again when other pages are closed",
                "中心已在跟踪 " + limits.expressions() + " 个实时表达式：请在其他页面关闭后重试"),
            "subs",
            -1);
      }
      List<Subscription> next = new ArrayList<>(wishes.size());
      for (Wish wish : wishes) {
        HostFeed feed = feed(wish.host() == null ? ALL_HOSTS : wish.host());
        SharedExpression expression = feed.watch(wish.expr(), limits);
        next.add(new Subscription(wish.id(), wish.expr(), feed, expression));
      }
      release(stream.replace(next));
      touched = next.stream().map(subscription -> subscription.feed).collect(Collectors.toSet());
      touched.forEach(stream::evaluated);
    }
    feeds.forEach((host, feed) -> {
      if (touched.contains(feed)) {
        feed.refresh(lastArrivals.getOrDefault(host, Long.MIN_VALUE));
      }
    });
    return true;
  }

  private void check(List<Wish> wishes) {
    if (wishes.size() > limits.subscriptions()) {
      throw new LiveRefusal(
          Reason.TOO_MANY,
          Text.of(
              wishes.size() + " subscriptions, at most " + limits.subscriptions() + " are accepted",
              wishes.size() + " 个订阅，最多接受 " + limits.subscriptions() + " 个"),
          "subs",
          -1);
    }
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < wishes.size(); i++) {
      Wish wish = wishes.get(i);
      String field = "subs[" + i + "].";
      if (wish.id().isEmpty() || wish.id().length() > 100 || !ids.add(wish.id())) {
        throw new LiveRefusal(
            Reason.BAD_EXPRESSION,
            Text.of(
                "each subscription needs an id of its own, of at most 100 characters",
                "每个订阅需要各自的 ID，最多 100 个字符"),
            field + "id",
            -1);
      }
      if (wish.host() != null && hosts.find(wish.host()).isEmpty()) {
        throw new LiveRefusal(
            Reason.UNKNOWN_HOST,
            Text.of("no host has the id '" + wish.host() + "'", "没有 ID 为“" + wish.host() + "”的服务器"),
            field + "host",
            -1);
      }
      if (wish.expr().length() > limits.expressionLength()) {
        throw new LiveRefusal(
            Reason.BAD_EXPRESSION,
            Text.of(
                "the expression is longer than " + limits.expressionLength() + " characters",
                "表达式超过 " + limits.expressionLength() + " 个字符"),
            field + "expr",
            -1);
      }
      try {
        QueryEngine.parse(WindowVariable.expand(wish.expr(), DEFAULT_PERIOD_MILLIS));
      } catch (QueryException.BadQuery e) {
        throw new LiveRefusal(
            Reason.BAD_EXPRESSION,
            Text.of(String.valueOf(e.getMessage()), "表达式有误：" + e.getMessage()),
            field + "expr",
            e.position());
      }
    }
  }

  private int expressionCount() {
    return feeds.values().stream().mapToInt(HostFeed::size).sum();
  }

  private HostFeed feed(String host) {
    HostFeed known = feeds.get(host);
    if (known != null) {
      return known;
    }
    HostFeed feed =
        new HostFeed(
            host,
            pool,
            (expressions, timeMillis) -> evaluate(host, expressions, timeMillis),
            this::wake,
            System::nanoTime);
    feeds.put(host, feed);
    feed.start();
    return feed;
  }

  private void release(List<Subscription> ended) {
    for (Subscription subscription : ended) {
      subscription.feed.release(subscription.text);
    }
    feeds
        .values()
        .removeIf(feed -> {
          if (feed.isIdle()) {
            feed.close();
          }
          return feed.isIdle();
        });
  }

  private void evaluate(String host, List<SharedExpression> expressions, long timeMillis) {
    long window = ChartGrid.liveWindowMillis(period(host));
    for (SharedExpression expression : expressions) {
      expression.evaluate(engine, metrics, timeMillis, window);
    }
  }

  /// How often a host's samples come; of all hosts the slowest's, so that each has enough of them.
  private long period(String host) {
    if (!host.equals(ALL_HOSTS)) {
      Long known = hosts.find(host).map(Host::periodMillis).orElse(null);
      return known == null ? DEFAULT_PERIOD_MILLIS : known;
    }
    long slowest = DEFAULT_PERIOD_MILLIS;
    for (Host each : hosts.all()) {
      Long known = each.periodMillis();
      if (known != null) {
        slowest = Math.max(slowest, Math.min(known, LONGEST_WINDOW_PERIOD_MILLIS));
      }
    }
    return slowest;
  }

  private void wake(HostFeed feed) {
    for (LiveStream stream : openStreams()) {
      stream.evaluated(feed);
    }
  }

  /// When what is watched on a host was evaluated last; Long.MIN_VALUE when nothing is watched.
  long lastEvaluated(String host) {
    HostFeed feed = feeds.get(host);
    return feed == null ? Long.MIN_VALUE : feed.lastTick();
  }

  /// Ends every stream and feed.
  @Override
  public synchronized void close() {
    closed = true;
    streams.values().forEach(LiveStream::close);
    streams.clear();
    feeds.values().forEach(HostFeed::close);
    feeds.clear();
  }
}
