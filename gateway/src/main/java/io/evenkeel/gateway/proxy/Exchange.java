package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.config.PoolConfig.HashOn;
import io.evenkeel.gateway.health.RateLimiter;
import io.evenkeel.gateway.policy.KeyHash;
import io.evenkeel.gateway.policy.Policy;
import io.evenkeel.gateway.pool.Backend;
import io.evenkeel.gateway.pool.Ending;
import io.evenkeel.gateway.pool.Pool;
import io.evenkeel.gateway.pool.Waiter;
import io.evenkeel.gateway.stats.AccessLog;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One request and its answer on their way through the gateway. Lives on the client's event loop;
/// only a place at a backend may be granted from another thread.
///
/// It is answered exactly once. It is sent to another backend only when it was not sent yet, or is
/// idempotent and all of its body is kept, and never after a byte of an answer.
final class Exchange implements Waiter, Upstreams.Taker {
  /// Methods that may be sent twice (RFC 9110, section 9.2.2).
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  /// The cookie by which the policy 'sticky' knows a client again.
  private static final String STICKY_COOKIE = "evenkeel-backend";

  private static final String GRPC = "application/grpc";
  private static final String EVENT_STREAM = "text/event-stream";

  private final Core core;
  private final LoopState loop;
  private final FrontHandler front;
  private final HttpMethod method;
  private final boolean version10;
  private final boolean idempotent;
  private final long beganNanos = System.nanoTime();
  private HttpRequest request;
  private RequestCheck check = NOTHING;
  private Routes.@Nullable Route route;
  private RequestBody body = NO_BODY;
  private List<Backend> tried = List.of();
  private @Nullable Backend last;
  private long key;
  private long queueDeadline;
  private int attempts;
  private @Nullable Backend backend;
  private @Nullable Upstream upstream;
  private int load;
  private long sentNanos;
  private long activeNanos = beganNanos;
  private long bodyActiveNanos = beganNanos;
  private long writableNanos = beganNanos;
  private boolean checked;
  private boolean requestComplete;
  private boolean answerBegun;
  private boolean answerChunked;
  private boolean closeAfter;
  private boolean interim;
  private boolean finished;
  private boolean streaming;
  private int status;
  private long tookNanos;
  private long bytesIn;
  private long bytesOut;
  private ResponseCache.@Nullable Recording recording;

  private static final RequestCheck NOTHING =
      new RequestCheck(new RequestTarget("", "", null), null, false, false);
  private static final RequestBody NO_BODY = new RequestBody(false, 0);

  Exchange(Core core, LoopState loop, FrontHandler front, HttpRequest request) {
    this.core = core;
    this.loop = loop;
    this.front = front;
    this.request = request;
    this.method = request.method();
    this.version10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    this.idempotent = IDEMPOTENT.contains(method);
    core.exchanges().incrementAndGet();
  }

  /// Checks the request and sends it on its way.
  void begin() {
    try {
      check = RequestCheck.of(request, front.isHttp2());
      checked = true;
    } catch (RequestCheck.Refused e) {
      refuse(e.refusal(), true);
      return;
    }
    String host = check.host();
    Routes.Route to = core.routes().find(host == null ? "" : host, check.target().path());
    if (to == null) {
      refuse(Refusal.of(404, "no route serves this host and path"), false);
      return;
    }
    route = to;
    RateLimiter limiter = to.limiter();
    if (limiter != null) {
      long wait = limiter.take(front.client().address(), beganNanos);
      if (wait > 0) {
        int seconds = (int) Math.min(3600, 1 + wait / 1_000_000_000L);
        refuse(
            new Refusal(
                HttpResponseStatus.TOO_MANY_REQUESTS,
                "more requests than this route allows one client",
                seconds),
            false);
        return;
      }
    }
    if (answerFromCache(to)) {
      return;
    }
    PoolConfig pool = to.pool().config();
    body = new RequestBody(idempotent, pool.retry().bodyBytes());
    key = affinityKey(to.pool());
    prepare(pool);
    tryBackend(beganNanos);
  }

  /// Makes the request what the backend is to see: same header map, without what is not its
  /// business.
  private void prepare(PoolConfig pool) {
    HttpHeaders headers = request.headers();
    boolean chunked = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    boolean trailers =
        pool.protocol().http2()
            && headers.contains(HttpHeaderNames.TE)
            && headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
    HopByHop.strip(headers);
    if (front.isHttp2()) {
      stripHttp2Extensions(headers);
    }
    String host = check.host();
    ForwardedFields.write(headers, front.client(), host);
    if (chunked) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (trailers) {
      headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
    }
    if (check.webSocket()) {
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    }
    if (version10) {
      headers.remove(HttpHeaderNames.EXPECT);
    }
    if (host != null && check.target().authority() != null) {
      headers.set(HttpHeaderNames.HOST, host);
    }
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.getClass() == DefaultHttpRequest.class) {
      if (!request.uri().equals(check.target().target())) {
        request.setUri(check.target().target());
      }
    } else {
      request =
          new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, check.target().target(), headers);
    }
  }

  /// Netty tells stream and scheme as fields of its own.
  private static void stripHttp2Extensions(HttpHeaders headers) {
    headers.remove("x-http2-stream-id");
    headers.remove("x-http2-scheme");
    headers.remove("x-http2-path");
    headers.remove("x-http2-stream-weight");
    headers.remove("x-http2-stream-dependency-id");
    headers.remove("x-http2-stream-promise-id");
  }

  private long affinityKey(Pool pool) {
    return switch (pool.policy().affinity()) {
      case NONE -> 0;
      case COOKIE -> cookieKey();
      case HASH -> KeyHash.of(hashedValue(pool.config().hashOn()));
    };
  }

  private long cookieKey() {
    String value = cookie(STICKY_COOKIE);
    try {
      return value == null ? 0 : Long.parseUnsignedLong(value, 16);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private @Nullable String cookie(String name) {
    for (String field : request.headers().getAll(HttpHeaderNames.COOKIE)) {
      for (String pair : field.split(";", -1)) {
        String bare = pair.strip();
        if (bare.startsWith(name)
            && bare.length() > name.length()
            && bare.charAt(name.length()) == '=') {
          return bare.substring(name.length() + 1);
        }
      }
    }
    return null;
  }

  private String hashedValue(HashOn on) {
    String value =
        switch (on) {
          case HashOn.ClientAddress() -> null;
          case HashOn.Header(String name) -> request.headers().get(name);
          case HashOn.Cookie(String name) -> cookie(name);
        };
    return value == null ? front.client().addressText() : value;
  }

  private boolean answerFromCache(Routes.Route to) {
    ResponseCache cache = to.cache();
    if (cache == null || check.hasBody() || !ResponseCache.mayServe(request)) {
      return false;
    }
    ResponseCache.Entry entry =
        cache.find(cacheHost(), request, check.target().target(), beganNanos);
    if (entry == null) {
      return false;
    }
    HttpHeaders headers = entry.headers().copy();
    headers.set(HttpHeaderNames.CONTENT_LENGTH, entry.body().length);
    headers.set(HttpHeaderNames.AGE, (beganNanos - entry.storedAt()) / 1_000_000_000L);
    requestComplete = true;
    status = 200;
    answerBegun = true;
    bytesOut = entry.body().length;
    boolean keep = keepsAlive();
    frameConnection(headers, keep);
    front.beginAnswer(to.config().compress());
    front.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
    front.write(new DefaultLastHttpContent(Unpooled.wrappedBuffer(entry.body())));
    core.traffic().answered(200);
    finish(keep);
    return true;
  }

  private String cacheHost() {
    String host = check.host();
    String scheme = front.client().scheme();
    return scheme + "://" + (host == null ? "" : host.toLowerCase(Locale.ROOT));
  }

  private Pool pool() {
    Routes.Route to = route;
    if (to == null) {
      throw new IllegalStateException("no route yet");
    }
    return to.pool();
  }

  private void tryBackend(long now) {
    Pool pool = pool();
    Backend found = pool.acquire(key, tried, now);
    if (found != null) {
      connectTo(found, now);
      return;
    }
    queueDeadline = now + pool.config().queue().within().toNanos();
    if (pool.await(this, now)) {
      front.updateReading();
    } else {
      refuse(
          Refusal.unavailable(
              pool.members().isEmpty()
                  ? "the pool has no backend"
                  : "no backend can take the request now"),
          false);
    }
  }

  @Override
  public long key() {
    return key;
  }

  @Override
  public long deadlineNanos() {
    return queueDeadline;
  }

  @Override
  public boolean granted(Backend to) {
    front
        .context()
        .executor()
        .execute(() -> {
          long now = System.nanoTime();
          if (finished) {
            pool().release(to, 0, now, 0, Ending.ABANDONED, now);
          } else {
            connectTo(to, now);
            flushRequest();
          }
        });
    return true;
  }

  @Override
  public void expired() {
    front
        .context()
        .executor()
        .execute(() -> {
          if (!finished) {
            refuse(Refusal.unavailable("every backend was busy for too long"), false);
          }
        });
  }

  private void connectTo(Backend to, long now) {
    backend = to;
    attempts++;
    load = Math.max(0, to.inFlight() - 1);
    sentNanos = now;
    activeNanos = now;
    if (attempts > 1) {
      to.traffic().retried();
    }
    Upstream used =
        pool().config().protocol().http2() ? null : loop.upstreams().takeIdle(to, idempotent, now);
    if (used != null) {
      connected(used);
    } else {
      loop.upstreams().connect(to, pool().config(), this);
      front.updateReading();
    }
  }

  @Override
  public void connected(Upstream to) {
    if (finished || backend != to.backend() || upstream != null) {
      // The client left meanwhile.
      to.discard();
      return;
    }
    upstream = to;
    to.use(this);
    to.write(request);
    if (!body.isEmpty()) {
      body.sendAll(to);
    }
    to.flush();
    front.updateReading();
  }

  @Override
  public void refused(Throwable cause) {
    if (!finished && upstream == null) {
      attemptFailed(Ending.UNREACHABLE, Refusal.of(502, "the backend cannot be connected to"));
    }
  }

  /// Takes a part of the request's body. Takes over the reference.
  void requestContent(HttpContent part) {
    bodyActiveNanos = System.nanoTime();
    if (finished) {
      part.release();
      return;
    }
    if (part.decoderResult().isFailure()) {
      part.release();
      refuse(Refusal.of(400, "the body is not framed as announced"), true);
      return;
    }
    HttpContent own = part;
    bytesIn += part.content().readableBytes();
    if (part instanceof LastHttpContent last) {
      requestComplete = true;
      own = allowedTrailers(last);
    }
    Upstream to = upstream;
    if (to == null) {
      body.hold(own);
    } else {
      body.send(own, to);
    }
    front.updateReading();
  }

  /// Only trailers that the pool lists go on: the others could mean something in a header.
  private HttpContent allowedTrailers(LastHttpContent last) {
    HttpHeaders trailers = last.trailingHeaders();
    if (trailers.isEmpty()) {
      return last;
    }
    Set<String> allowed = pool().config().trailers();
    for (String name : Set.copyOf(trailers.names())) {
      if (!allowed.contains(name.toLowerCase(Locale.ROOT))) {
        trailers.remove(name);
      }
    }
    return last;
  }

  /// Sends what was written to the backend.
  void flushRequest() {
    Upstream to = upstream;
    if (to != null) {
      to.flush();
    }
  }

  boolean isRequestComplete() {
    return requestComplete;
  }

  /// Whether more of the body may be read: a first part always, more only while the backend takes
  /// it.
  boolean wantsContent() {
    if (requestComplete || finished) {
      return true;
    }
    Upstream to = upstream;
    return to == null ? body.isEmpty() : to.channel().isWritable();
  }

  void upstreamWritabilityChanged() {
    front.updateReading();
  }

  ChannelHandlerContext clientContext() {
    return front.context();
  }

  /// Takes the head of an answer.
  void responseHead(Upstream from, HttpResponse response) {
    activeNanos = System.nanoTime();
    if (response.decoderResult().isFailure()) {
      from.discard();
      attemptFailed(Ending.FAILED, Refusal.of(502, "the backend's answer is not HTTP"));
      return;
    }
    int code = response.status().code();
    if (code < 200) {
      informational(from, response, code);
      return;
    }
    PoolConfig pool = pool().config();
    if (pool.retry().statuses().contains(code) && mayRetry(true, activeNanos)) {
      upstream = null;
      from.discard();
      endAttempt(Ending.ANSWERED, code, activeNanos);
      retry(activeNanos);
      return;
    }
    beginAnswer(response, code);
  }

  private void informational(Upstream from, HttpResponse response, int code) {
    if (code == 101) {
      if (check.webSocket() && !answerBegun) {
        tunnel(from, response);
      } else {
        from.discard();
        attemptFailed(Ending.FAILED, Refusal.of(502, "the backend switched protocols unasked"));
      }
      return;
    }
    interim = true;
    if (!version10) {
      HttpHeaders headers = response.headers();
      HopByHop.strip(headers);
      front.writeInterim(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              response.status(),
              Unpooled.EMPTY_BUFFER,
              headers,
              LastHttpContent.EMPTY_LAST_CONTENT.trailingHeaders()));
    }
  }

  private void beginAnswer(HttpResponse response, int code) {
    Routes.Route to = route;
    HttpHeaders headers = response.headers();
    boolean upstreamKeeps =
        HttpUtil.isKeepAlive(response)
            && (headers.contains(HttpHeaderNames.CONTENT_LENGTH)
                || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || hasNoBody(code));
    closeAfter = !upstreamKeeps;
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    streaming = type != null && (type.startsWith(GRPC) || type.startsWith(EVENT_STREAM));
    tookNanos = activeNanos - sentNanos;
    HopByHop.strip(headers);
    boolean keep = keepsAlive();
    if (code == 204) {
      headers.remove(HttpHeaderNames.CONTENT_LENGTH);
    } else if (!front.isHttp2()
        && !hasNoBody(code)
        && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      if (version10) {
        keep = false;
      } else {
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        answerChunked = true;
      }
    }
    ResponseCache cache = to == null ? null : to.cache();
    if (cache != null && !check.hasBody() && ResponseCache.mayServe(request)) {
      headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
      recording =
          cache.record(
              cacheHost(), check.target().target(), request.headers(), response, activeNanos);
      if (answerChunked) {
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      }
    }
    stick(headers);
    frameConnection(headers, keep);
    front.setKeepAlive(keep);
    if (!response.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      response.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
    status = code;
    answerBegun = true;
    body.release();
    front.beginAnswer(to != null && to.config().compress());
    front.write(withoutBody(response));
  }

  /// A full answer (HTTP/2 without a body) comes apart: its end follows as content.
  private static HttpResponse withoutBody(HttpResponse response) {
    return response.getClass() == DefaultHttpResponse.class
        ? response
        : new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status(), response.headers());
  }

  private boolean hasNoBody(int code) {
    return code == 204 || code == 304 || method.equals(HttpMethod.HEAD);
  }

  private boolean keepsAlive() {
    return front.clientKeepsAlive() && requestComplete && !core.isStopping();
  }

  private void frameConnection(HttpHeaders headers, boolean keep) {
    if (front.isHttp2()) {
      return;
    }
    if (!keep) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (version10) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  private void stick(HttpHeaders headers) {
    Backend by = backend;
    if (by != null && pool().policy().affinity() == Policy.Affinity.COOKIE && key != by.id()) {
      headers.add(
          HttpHeaderNames.SET_COOKIE,
          STICKY_COOKIE
              + "="
              + Long.toHexString(by.id())
              + "; Path=/; HttpOnly; SameSite=Lax"
              + (front.client().secure() ? "; Secure" : ""));
    }
  }

  /// Takes a part of an answer's body. Takes over the reference.
  void responseContent(Upstream from, HttpContent part) {
    boolean last = part instanceof LastHttpContent;
    if (interim && last) {
      // The end of an informational answer.
      interim = false;
      part.release();
      return;
    }
    if (!answerBegun) {
      part.release();
      return;
    }
    long now = System.nanoTime();
    activeNanos = now;
    if (part.decoderResult().isFailure()) {
      part.release();
      from.discard();
      cutShort(Ending.FAILED, now);
      return;
    }
    bytesOut += part.content().readableBytes();
    ResponseCache.Recording kept = recording;
    if (kept != null) {
      kept.add(part.content());
    }
    if (!last) {
      front.write(part);
      if (!front.isWritable()) {
        from.channel().config().setAutoRead(false);
      }
      return;
    }
    allowedTrailers((LastHttpContent) part);
    front.write(part);
    if (kept != null) {
      kept.complete();
    }
    answered(from, now);
  }

  private void answered(Upstream from, long now) {
    upstream = null;
    endAttempt(Ending.ANSWERED, status, now);
    if (from.isStream() && requestComplete) {
      from.use(this);
    } else if (closeAfter || !requestComplete || from.isStream()) {
      from.discard();
    } else {
      loop.upstreams().giveBack(from, pool().config().timeouts().idleUpstream().toNanos(), now);
    }
    finish(front.keepsAlive() && requestComplete);
  }

  /// Reads on from the backend: the client took what was written.
  void clientWritabilityChanged() {
    writableNanos = System.nanoTime();
    Upstream from = upstream;
    if (from != null && front.isWritable() && !from.channel().config().isAutoRead()) {
      activeNanos = writableNanos;
      from.channel().config().setAutoRead(true);
    }
  }

  /// The connection to the backend ended before its answer did.
  void upstreamClosed(Upstream from) {
    if (finished || upstream != from) {
      return;
    }
    attemptFailed(Ending.FAILED, Refusal.of(502, "the backend closed the connection"));
  }

  private void attemptFailed(Ending ending, Refusal refusal) {
    long now = System.nanoTime();
    upstream = null;
    boolean unsent = ending == Ending.UNREACHABLE;
    if (answerBegun) {
      cutShort(ending, now);
      return;
    }
    boolean again = mayRetry(!unsent, now);
    endAttempt(ending, 0, now);
    if (again) {
      retry(now);
    } else {
      refuse(refusal, false);
    }
  }

  private boolean mayRetry(boolean wasSent, long now) {
    PoolConfig pool = pool().config();
    return attempts < pool.retry().attempts()
        && now - beganNanos < pool.timeouts().request().toNanos()
        && (!wasSent || idempotent)
        && body.isWhole()
        && pool().retryBudget().tryTake(now);
  }

  private void retry(long now) {
    interim = false;
    Backend failed = last;
    if (failed != null) {
      List<Backend> before = new ArrayList<>(tried);
      before.add(failed);
      tried = before;
    }
    tryBackend(now);
    flushRequest();
  }

  private void endAttempt(Ending ending, int code, long now) {
    Backend by = backend;
    if (by == null) {
      return;
    }
    backend = null;
    by.traffic().received(bytesIn);
    by.traffic().sent(bytesOut);
    long from = streaming ? now - tookNanos : sentNanos;
    pool().release(by, load, from, code, ending, now);
    last = by;
  }

  /// The answer cannot be completed and has begun: its client must see that it is cut short.
  private void cutShort(Ending ending, long now) {
    endAttempt(ending, 0, now);
    finished = true;
    body.release();
    log();
    front.abort();
  }

  /// Answers in the backend's place.
  void refuse(Refusal refusal, boolean close) {
    if (finished) {
      return;
    }
    Upstream to = upstream;
    upstream = null;
    if (to != null) {
      to.discard();
    }
    long now = System.nanoTime();
    endAttempt(Ending.ABANDONED, 0, now);
    if (answerBegun) {
      cutShort(Ending.ABANDONED, now);
      return;
    }
    answerBegun = true;
    status = refusal.status().code();
    boolean keep = !close && front.clientKeepsAlive() && !core.isStopping() && !hasBodyLeft();
    DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, refusal.status());
    byte[] text = refusal.body();
    bytesOut = text.length;
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, text.length)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    if (refusal.retryAfterSeconds() > 0) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, refusal.retryAfterSeconds());
    }
    frameConnection(response.headers(), keep);
    core.traffic().answered(status);
    front.beginAnswer(false);
    front.write(response);
    front.write(
        method.equals(HttpMethod.HEAD)
            ? LastHttpContent.EMPTY_LAST_CONTENT
            : new DefaultLastHttpContent(Unpooled.wrappedBuffer(text)));
    finish(keep);
  }

  /// Whether a part of the request's body is still to come.
  private boolean hasBodyLeft() {
    return !requestComplete && (!checked || check.hasBody() || front.isHttp2());
  }

  private void finish(boolean keep) {
    finished = true;
    body.release();
    log();
    front.exchangeDone(this, keep);
  }

  /// The client left.
  void clientGone() {
    if (finished) {
      return;
    }
    finished = true;
    Upstream to = upstream;
    upstream = null;
    if (to != null) {
      to.discard();
    }
    endAttempt(Ending.ABANDONED, 0, System.nanoTime());
    body.release();
    status = status == 0 ? 499 : status;
    log();
  }

  private void tunnel(Upstream from, HttpResponse response) {
    long now = System.nanoTime();
    HttpHeaders headers = response.headers();
    HopByHop.strip(headers);
    headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    stick(headers);
    status = 101;
    answerBegun = true;
    streaming = true;
    tookNanos = now - sentNanos;
    Upstream to = upstream;
    if (to != from) {
      return;
    }
    from.use(this);
    front.openTunnel(
        response,
        from,
        () -> {
          if (!finished) {
            finished = true;
            upstream = null;
            endAttempt(Ending.ANSWERED, 101, System.nanoTime());
            log();
          }
        });
  }

  /// Looks whether somebody is too slow. Called several times a second.
  void check(long now) {
    if (finished || status == 101) {
      return;
    }
    PoolConfig.Timeouts timeouts = pool().config().timeouts();
    long bodyTimeout = core.limits().bodyTimeout().toNanos();
    if (!requestComplete && wantsContent() && now - bodyActiveNanos > bodyTimeout) {
      if (answerBegun) {
        clientGone();
        front.abort();
      } else {
        refuse(Refusal.of(408, "the body did not come in time"), true);
      }
      return;
    }
    if (answerBegun && !front.isWritable()) {
      if (now - Math.max(writableNanos, activeNanos) > bodyTimeout) {
        clientGone();
        front.abort();
      }
      return;
    }
    Upstream to = upstream;
    if (to == null) {
      return;
    }
    boolean waitsForBackend = requestComplete || !to.channel().isWritable();
    boolean late = waitsForBackend && now - activeNanos > timeouts.response().toNanos();
    boolean over = !answerBegun && now - beganNanos > timeouts.request().toNanos();
    if (late && waitsForBackend && bodyActiveNanos + timeouts.response().toNanos() < now || over) {
      upstream = null;
      to.discard();
      attemptFailed(Ending.FAILED, Refusal.of(504, "the backend did not answer in time"));
    }
  }

  private void log() {
    core.exchanges().decrementAndGet();
    AccessLog log = core.accessLog();
    if (log == null) {
      return;
    }
    Routes.Route to = route;
    String host = check.host();
    Backend by = last;
    String agent = request.headers().get(HttpHeaderNames.USER_AGENT);
    log.add(
        new AccessLog.Entry(
            core.clock().instant(),
            front.client().addressText(),
            method.name(),
            host == null ? "" : host,
            checked ? check.target().target() : request.uri(),
            front.isHttp2() ? "HTTP/2" : version10 ? "HTTP/1.0" : "HTTP/1.1",
            status,
            bytesIn,
            bytesOut,
            (System.nanoTime() - beganNanos) / 1e9,
            to == null ? "" : to.config().name(),
            by == null ? "" : by.name(),
            attempts,
            agent == null ? "" : agent));
  }
}
