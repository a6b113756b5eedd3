package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.pool.Backend;
import io.evenkeel.gateway.pool.Ending;
import io.evenkeel.gateway.pool.Pool;
import io.evenkeel.gateway.pool.Waiter;
import io.evenkeel.gateway.stats.AccessLog;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
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
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One request and its answer on their way through the gateway: checked, routed, sent to a backend,
/// answered. Lives on the client's event loop; only a place at a backend may be granted from
/// another thread.
///
/// It is answered exactly once. It is sent to another backend only when it was not sent yet, or is
/// idempotent and all of its body is kept, and never after a byte of an answer.
final class Exchange implements Waiter, Upstreams.Taker {
  /// Methods that may be sent twice (RFC 9110, section 9.2.2).
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  private static final String GRPC = "application/grpc";
  private static final String EVENT_STREAM = "text/event-stream";

  private static final RequestCheck NOTHING =
      new RequestCheck(new RequestTarget("", "", null), null, false, false);
  private static final RequestBody NO_BODY = new RequestBody(false, 0);

  private final Core core;
  private final LoopState loop;
  private final FrontHandler front;
  private final AnswerFraming framing;
  private final boolean idempotent;
  private final Pace pace = new Pace(System.nanoTime());
  private HttpRequest request;
  private boolean checked;
  private RequestCheck check = NOTHING;
  private Routes.@Nullable Route route;
  private @Nullable Attempts attempts;
  private RequestBody body = NO_BODY;
  private long key;
  private long queueDeadline;
  private @Nullable Upstream upstream;
  private boolean requestComplete;
  private boolean answerBegun;
  private boolean closeAfter;
  private boolean interim;
  private boolean finished;
  private int status;
  private long bytesIn;
  private long bytesOut;
  private ResponseCache.@Nullable Recording recording;

  Exchange(Core core, LoopState loop, FrontHandler front, HttpRequest request) {
    this.core = core;
    this.loop = loop;
    this.front = front;
    this.request = request;
    this.framing =
        new AnswerFraming(
            request.method(),
            request.protocolVersion().equals(HttpVersion.HTTP_1_0),
            front.isHttp2());
    this.idempotent = IDEMPOTENT.contains(request.method());
    core.exchanges().incrementAndGet();
  }

  /// Checks the request and sends it on its way.
  void begin() {
    Client client = front.client();
    switch (Admission.of(request, core, client, framing.http2(), pace.beganNanos())) {
      case Admission.Passed(RequestCheck passed, Routes.Route to) -> {
        checked = true;
        check = passed;
        route = to;
        Pool pool = to.pool();
        attempts = new Attempts(pool, idempotent, pace.beganNanos());
        body = new RequestBody(idempotent, pool.config().retry().bodyBytes());
        key = Affinity.key(pool, request.headers(), client);
        request = ForwardedRequest.of(request, passed, client, pool.config().protocol().http2());
        tryBackend(pace.beganNanos());
      }
      case Admission.Kept(RequestCheck passed, Routes.Route to, ResponseCache.Entry entry) -> {
        checked = true;
        check = passed;
        route = to;
        answer(entry, to.config().compress());
      }
      case Admission.Refused(RequestCheck known, Routes.Route to, Refusal refusal) -> {
        checked = known != null;
        check = known == null ? NOTHING : known;
        route = to;
        refuse(refusal, !checked);
      }
    }
  }

  private void answer(ResponseCache.Entry entry, boolean compress) {
    HttpHeaders headers = entry.headersAt(pace.beganNanos());
    requestComplete = true;
    status = 200;
    answerBegun = true;
    bytesOut = entry.body().length;
    boolean keep = mayKeepConnection();
    framing.sayWhetherKept(headers, keep);
    front.beginAnswer(compress);
    front.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
    front.write(new DefaultLastHttpContent(Unpooled.wrappedBuffer(entry.body())));
    core.traffic().answered(200);
    finish(keep);
  }

  private Pool pool() {
    Routes.Route to = route;
    if (to == null) {
      throw new IllegalStateException("no route yet");
    }
    return to.pool();
  }

  private Attempts attempts() {
    Attempts own = attempts;
    if (own == null) {
      throw new IllegalStateException("no route yet");
    }
    return own;
  }

  private void tryBackend(long now) {
    Pool pool = pool();
    Backend found = pool.acquire(key, attempts().failed(), now);
    if (found != null) {
      connectTo(found, now);
      return;
    }
    queueDeadline = now + pool.config().load().queue().within().toNanos();
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
    attempts().begin(to, now);
    pace.backendMoved(now);
    PoolConfig pool = pool().config();
    Upstream used = pool.protocol().http2() ? null : loop.upstreams().takeIdle(to, idempotent, now);
    if (used != null) {
      connected(used);
    } else {
      loop.upstreams().connect(to, pool, this);
      front.updateReading();
    }
  }

  @Override
  public void connected(Upstream to) {
    if (finished || attempts().current() != to.backend() || upstream != null) {
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
    pace.bodyMoved(System.nanoTime());
    if (finished) {
      part.release();
      return;
    }
    if (part.decoderResult().isFailure()) {
      part.release();
      refuse(Refusal.of(400, "the body is not framed as announced"), true);
      return;
    }
    bytesIn += part.content().readableBytes();
    if (part instanceof LastHttpContent last) {
      requestComplete = true;
      Trailers.keepOnly(pool().config().trailers(), last);
    }
    Upstream to = upstream;
    if (to == null) {
      body.hold(part);
    } else {
      body.send(part, to);
    }
    front.updateReading();
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
    long now = System.nanoTime();
    pace.backendMoved(now);
    if (response.decoderResult().isFailure()) {
      from.discard();
      attemptFailed(Ending.FAILED, Refusal.of(502, "the backend's answer is not HTTP"));
      return;
    }
    int code = response.status().code();
    if (code == 101) {
      switchProtocols(from, response, now);
    } else if (code < 200) {
      passInterim(response);
    } else if (pool().config().retry().statuses().contains(code)
        && attempts().mayRepeat(true, body.isWhole(), now)) {
      upstream = null;
      from.discard();
      endAttempt(Ending.ANSWERED, code, now);
      retry(now);
    } else {
      beginAnswer(response, code, now);
    }
  }

  private void passInterim(HttpResponse response) {
    interim = true;
    if (!framing.version10()) {
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

  private void beginAnswer(HttpResponse response, int code, long now) {
    HttpHeaders headers = response.headers();
    closeAfter = !framing.backendKeepsAlive(response);
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    attempts()
        .answerBegan(now, type != null && (type.startsWith(GRPC) || type.startsWith(EVENT_STREAM)));
    HopByHop.strip(headers);
    Routes.Route to = route;
    ResponseCache cache = to == null ? null : to.cache();
    if (cache != null && !check.hasBody() && ResponseCache.mayServe(request)) {
      recording =
          cache.record(
              front.client().site(check.host()),
              check.target().target(),
              request.headers(),
              response,
              now);
    }
    stick(headers);
    front.setKeepAlive(framing.frame(response, mayKeepConnection()));
    status = code;
    answerBegun = true;
    body.release();
    front.beginAnswer(to != null && to.config().compress());
    front.write(AnswerFraming.withoutBody(response));
  }

  private boolean mayKeepConnection() {
    return front.clientKeepsAlive() && requestComplete && !core.isLeaving();
  }

  private void stick(HttpHeaders headers) {
    Backend by = attempts().current();
    if (by != null) {
      Affinity.stick(headers, pool(), by, key, front.client());
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
    pace.backendMoved(now);
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
    Trailers.keepOnly(pool().config().trailers(), (LastHttpContent) part);
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
    Upstream from = upstream;
    boolean held = from != null && front.isWritable() && !from.channel().config().isAutoRead();
    pace.clientMoved(System.nanoTime(), held);
    if (from != null && held) {
      from.channel().config().setAutoRead(true);
    }
  }

  private void switchProtocols(Upstream from, HttpResponse response, long now) {
    if (!check.webSocket() || answerBegun) {
      from.discard();
      attemptFailed(Ending.FAILED, Refusal.of(502, "the backend switched protocols unasked"));
      return;
    }
    HttpHeaders headers = response.headers();
    HopByHop.strip(headers);
    headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    stick(headers);
    status = 101;
    answerBegun = true;
    attempts().answerBegan(now, true);
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
    if (answerBegun) {
      cutShort(ending, now);
      return;
    }
    boolean again = attempts().mayRepeat(ending != Ending.UNREACHABLE, body.isWhole(), now);
    endAttempt(ending, 0, now);
    if (again) {
      retry(now);
    } else {
      refuse(refusal, false);
    }
  }

  private void retry(long now) {
    interim = false;
    attempts().avoidLast();
    tryBackend(now);
    flushRequest();
  }

  private void endAttempt(Ending ending, int code, long now) {
    Attempts own = attempts;
    if (own != null) {
      own.end(ending, code, bytesIn, bytesOut, now);
    }
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
    discardUpstream();
    long now = System.nanoTime();
    endAttempt(Ending.ABANDONED, 0, now);
    if (answerBegun) {
      cutShort(Ending.ABANDONED, now);
      return;
    }
    answerBegun = true;
    status = refusal.status().code();
    boolean keep = !close && front.clientKeepsAlive() && !core.isLeaving() && !hasBodyLeft();
    byte[] text = refusal.body();
    bytesOut = text.length;
    HttpResponse response = refusal.head(text.length);
    framing.sayWhetherKept(response.headers(), keep);
    core.traffic().answered(status);
    front.beginAnswer(false);
    front.write(response);
    front.write(
        framing.method().equals(HttpMethod.HEAD)
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
    discardUpstream();
    endAttempt(Ending.ABANDONED, 0, System.nanoTime());
    body.release();
    status = status == 0 ? 499 : status;
    log();
  }

  private void discardUpstream() {
    Upstream to = upstream;
    upstream = null;
    if (to != null) {
      to.discard();
    }
  }

  /// Looks whether somebody is too slow. Called several times a second.
  void check(long now) {
    if (finished || status == 101) {
      return;
    }
    long bodyTimeout = core.limits().bodyTimeout().toNanos();
    if (!requestComplete && wantsContent() && pace.isBodyLate(now, bodyTimeout)) {
      if (answerBegun) {
        clientGone();
        front.abort();
      } else {
        refuse(Refusal.of(408, "the body did not come in time"), true);
      }
      return;
    }
    if (answerBegun && !front.isWritable()) {
      if (pace.isClientLate(now, bodyTimeout)) {
        clientGone();
        front.abort();
      }
      return;
    }
    Upstream to = upstream;
    if (to == null) {
      return;
    }
    PoolConfig.Timeouts timeouts = pool().config().timeouts();
    boolean hasAll = requestComplete || !to.channel().isWritable();
    if (hasAll && pace.isBackendLate(now, timeouts.response().toNanos())
        || !answerBegun && pace.isRequestLate(now, timeouts.request().toNanos())) {
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
    Attempts own = attempts;
    Backend by = own == null ? null : own.last();
    String host = check.host();
    String agent = request.headers().get(HttpHeaderNames.USER_AGENT);
    log.add(
        new AccessLog.Entry(
            core.clock().instant(),
            front.client().addressText(),
            framing.method().name(),
            host == null ? "" : host,
            checked ? check.target().target() : request.uri(),
            framing.http2() ? "HTTP/2" : framing.version10() ? "HTTP/1.0" : "HTTP/1.1",
            status,
            bytesIn,
            bytesOut,
            (System.nanoTime() - pace.beganNanos()) / 1e9,
            to == null ? "" : to.config().name(),
            by == null ? "" : by.name(),
            own == null ? 0 : own.count(),
            agent == null ? "" : agent));
  }
}
