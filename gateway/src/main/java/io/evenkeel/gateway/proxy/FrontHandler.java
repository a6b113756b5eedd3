package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.event.GatewayEvent;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The client's side: a connection of HTTP/1, whose requests are answered one after another in
/// their order, or a stream of HTTP/2, which has one request. Lives on one event loop.
final class FrontHandler extends ChannelInboundHandlerAdapter implements Timed {
  /// How long bytes of a refused body are thrown away before the connection is closed: closing with
  /// unread bytes would reset it, and the client might never see the answer.
  private static final long DRAIN_NANOS = 2_000_000_000L;

  /// While the gateway leaves, a connection that was idle so long is closed.
  private static final long LEAVING_IDLE_NANOS = 1_000_000_000L;

  private final Core core;
  private final LoopState loop;
  private final Client client;
  private final @Nullable StrictRequestDecoder decoder;
  private final @Nullable AnswerEncoder encoder;
  private final @Nullable AnswerCompressor compressor;
  private final ArrayDeque<HttpObject> queue = new ArrayDeque<>(0);
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable Exchange exchange;
  private boolean taking;
  private boolean reading = true;
  private boolean headRequest;
  private boolean clientKeepsAlive;
  private boolean keepAlive;
  private boolean draining;
  private long drainUntil;
  private long idleSince = System.nanoTime();
  private boolean served;

  /// @param decoder the connection's decoder; nothing for a stream of HTTP/2
  FrontHandler(
      Core core,
      LoopState loop,
      Client client,
      @Nullable StrictRequestDecoder decoder,
      @Nullable AnswerEncoder encoder,
      @Nullable AnswerCompressor compressor) {
    this.core = core;
    this.loop = loop;
    this.client = client;
    this.decoder = decoder;
    this.encoder = encoder;
    this.compressor = compressor;
  }

  Client client() {
    return client;
  }

  boolean isHttp2() {
    return decoder == null;
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext own = ctx;
    if (own == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return own;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    loop.add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    loop.remove(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    if (!(message instanceof HttpObject object)) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (draining) {
      ReferenceCountUtil.release(message);
    } else if (queue.isEmpty() && canTake(object)) {
      take(object);
      pump();
    } else {
      queue.add(object);
    }
    updateReading();
  }

  private boolean canTake(HttpObject object) {
    Exchange current = exchange;
    return current == null || !(object instanceof HttpRequest) && !current.isRequestComplete();
  }

  private void take(HttpObject object) {
    taking = true;
    try {
      if (object instanceof HttpRequest request) {
        begin(request);
      } else if (object instanceof HttpContent content) {
        Exchange current = exchange;
        if (current == null) {
          content.release();
        } else {
          current.requestContent(content);
        }
      }
    } finally {
      taking = false;
    }
  }

  private void begin(HttpRequest request) {
    served = true;
    headRequest = request.method().equals(HttpMethod.HEAD);
    clientKeepsAlive = isHttp2() || HttpUtil.isKeepAlive(request);
    keepAlive = clientKeepsAlive;
    Exchange next = new Exchange(core, loop, this, request);
    exchange = next;
    if (request.decoderResult().isFailure()) {
      Refusal refusal =
          request.decoderResult().cause() instanceof StrictRequestDecoder.RefusedHead head
              ? head.refusal()
              : Refusal.of(400, "the request is not HTTP");
      next.refuse(refusal, true);
    } else {
      next.begin();
    }
  }

  /// Takes what waited for the exchange before it to end.
  private void pump() {
    if (taking) {
      return;
    }
    while (!draining) {
      HttpObject next = queue.peek();
      if (next == null || !canTake(next)) {
        break;
      }
      queue.remove();
      take(next);
    }
    if (draining) {
      releaseQueue();
    }
  }

  private void releaseQueue() {
    queue.forEach(ReferenceCountUtil::release);
    queue.clear();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    Exchange current = exchange;
    if (current != null) {
      current.flushRequest();
    }
    from.flush();
  }

  /// Reads from the client, or not: not while its pipelined requests wait or its body cannot be
  /// passed on.
  void updateReading() {
    Exchange current = exchange;
    boolean want = draining || queue.isEmpty() && (current == null || current.wantsContent());
    if (want != reading) {
      reading = want;
      context().channel().config().setAutoRead(want);
    }
  }

  /// Whether the client wants the connection kept.
  boolean clientKeepsAlive() {
    return clientKeepsAlive;
  }

  boolean keepsAlive() {
    return keepAlive;
  }

  void setKeepAlive(boolean keep) {
    keepAlive = keep;
  }

  boolean isWritable() {
    return context().channel().isWritable();
  }

  /// Announces an answer.
  void beginAnswer(boolean compress) {
    AnswerEncoder to = encoder;
    if (to != null) {
      to.answersHead(headRequest);
    }
    AnswerCompressor by = compressor;
    if (by != null) {
      by.want(compress);
    }
  }

  /// Writes a part of an answer; it is sent with the next flush.
  void write(HttpObject object) {
    ChannelHandlerContext to = context();
    var _ = to.write(object, to.voidPromise());
  }

  /// Sends an informational answer at once.
  void writeInterim(HttpResponse response) {
    ChannelHandlerContext to = context();
    var _ = to.writeAndFlush(response, to.voidPromise());
  }

  /// The exchange's answer was written to its end.
  ///
  /// @param keep whether another request may follow
  void exchangeDone(Exchange done, boolean keep) {
    if (exchange == done) {
      exchange = null;
    }
    idleSince = System.nanoTime();
    ChannelHandlerContext to = context();
    if (isHttp2()) {
      to.flush();
      if (!done.isRequestComplete()) {
        // The answer is whole, the rest of the request is not wanted (RFC 9113, section 8.1).
        draining = true;
        var _ = to.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
      }
      return;
    }
    if (!keep) {
      closeGently(!done.isRequestComplete());
      return;
    }
    if (!taking) {
      pump();
      Exchange next = exchange;
      if (next != null) {
        next.flushRequest();
      }
      to.flush();
    }
    updateReading();
  }

  private void closeGently(boolean moreToCome) {
    draining = true;
    releaseQueue();
    updateReading();
    ChannelHandlerContext to = context();
    drainUntil = System.nanoTime() + DRAIN_NANOS;
    to.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                future -> {
                  if (!moreToCome && !isDecoderBroken() || !future.isSuccess()) {
                    var _ = future.channel().close();
                  } else if (!client.secure() && future.channel() instanceof DuplexChannel duplex) {
                    var _ = duplex.shutdownOutput();
                  }
                });
  }

  private boolean isDecoderBroken() {
    StrictRequestDecoder own = decoder;
    return own != null && own.isBroken();
  }

  /// Ends the connection or stream so that the client sees that its answer is cut short.
  void abort() {
    exchange = null;
    draining = true;
    ChannelHandlerContext to = context();
    if (isHttp2()) {
      to.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR))
          .addListener(ChannelFutureListener.CLOSE);
    } else {
      var _ = to.close();
    }
  }

  /// Answers 101 and passes bytes from now on.
  void openTunnel(HttpResponse response, Upstream upstream, Runnable closed) {
    ChannelHandlerContext to = context();
    if (!queue.isEmpty()) {
      // Bytes after a request for a switch belong to nobody (RFC 9110, section 7.8).
      upstream.discard();
      closed.run();
      var _ = to.close();
      return;
    }
    beginAnswer(false);
    write(response);
    write(LastHttpContent.EMPTY_LAST_CONTENT);
    to.flush();
    to.channel().config().setAutoRead(true);
    upstream.channel().config().setAutoRead(true);
    var front = to.pipeline();
    var back = upstream.channel().pipeline();
    front.addLast("tunnel", new Tunnel(upstream.channel(), closed));
    back.addLast("tunnel", new Tunnel(to.channel(), closed));
    for (ChannelHandler handler : new ChannelHandler[] {compressor, encoder, this, decoder}) {
      if (handler != null) {
        front.remove(handler);
      }
    }
    // What the backend sent right behind its 101 comes out of the codec as it leaves.
    back.remove(upstream);
    back.remove("codec");
    upstream.channel().flush();
    to.channel().flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext from) {
    Exchange current = exchange;
    if (current != null) {
      current.clientWritabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) {
    loop.remove(this);
    Exchange current = exchange;
    exchange = null;
    draining = true;
    releaseQueue();
    if (current != null) {
      current.clientGone();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    if (!(cause instanceof IOException) && !isProtocol(cause)) {
      core.events().accept(new GatewayEvent.Fault("serving " + client.addressText(), cause));
    }
    if (isHttp2()) {
      // Closing alone would not tell a client that has sent its whole request.
      from.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR))
          .addListener(ChannelFutureListener.CLOSE);
    } else {
      var _ = from.close();
    }
  }

  /// Whether it is the client's fault: TLS or framing that is wrong.
  private static boolean isProtocol(Throwable cause) {
    return cause instanceof CodecException
        || cause instanceof Http2Exception
        || cause instanceof Http2FrameStreamException;
  }

  @Override
  public void check(long now) {
    Exchange current = exchange;
    if (draining) {
      if (!isHttp2() && now - drainUntil > 0) {
        var _ = context().close();
      }
    } else if (current != null) {
      current.check(now);
      Exchange next = exchange;
      if (next != null) {
        next.flushRequest();
      }
      context().flush();
    } else if (!isHttp2()) {
      checkIdle(now);
    }
  }

  private void checkIdle(long now) {
    StrictRequestDecoder own = decoder;
    boolean headBegun = own != null && own.isHeadBegun();
    long header = core.limits().headerTimeout().toNanos();
    if (headBegun && now - idleSince > header) {
      Exchange late = new Exchange(core, loop, this, TooSlow.REQUEST);
      exchange = late;
      keepAlive = false;
      late.refuse(Refusal.of(408, "the header did not come in time"), true);
      context().flush();
      return;
    }
    if (!headBegun && served) {
      // Who is about to send hears of the end by the next answer instead.
      boolean leaves = core.isLeaving() && now - idleSince > LEAVING_IDLE_NANOS;
      if (core.isStopping() || leaves || now - idleSince > core.limits().idleTimeout().toNanos()) {
        var _ = context().close();
      }
    } else if (!headBegun && (core.isStopping() || now - idleSince > header)) {
      var _ = context().close();
    }
  }

  /// What a client that never finished its header asked for.
  private static final class TooSlow {
    private static final HttpRequest REQUEST = request();

    private static HttpRequest request() {
      HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      return request;
    }
  }
}
