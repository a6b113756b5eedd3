package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.BackendProtocol;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.pool.Backend;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to backends. A request never leaves its loop: there is no hop
/// between threads, and nothing here needs a lock.
final class Upstreams {
  private static final int MOST_IDLE = 256;

  /// A backend's answer may have a larger header than a client's request: cookies, policies.
  private static final int ANSWER_HEADER_BYTES = 64 * 1024;

  /// Streams on one connection before another is opened; common servers allow 100 or more.
  private static final int STREAMS = 100;

  /// A request that must not be sent twice takes only a connection that was used this lately: a
  /// backend may be closing an older one just now.
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final EventLoop loop;
  private final Core core;
  private final Map<Backend, ArrayDeque<Upstream>> idle = new IdentityHashMap<>();
  private final Map<Backend, List<Shared>> shared = new IdentityHashMap<>();
  private long idleNanos = PoolConfig.Timeouts.USUAL.idleUpstream().toNanos();

  Upstreams(EventLoop loop, Core core) {
    this.loop = loop;
    this.core = core;
  }

  /// Who waits for a connection.
  interface Taker {
    void connected(Upstream upstream);

    void refused(Throwable cause);
  }

  /// Takes a connection that was used before; nothing when there is none.
  @Nullable Upstream takeIdle(Backend backend, boolean mayRepeat, long nowNanos) {
    ArrayDeque<Upstream> own = idle.get(backend);
    if (own == null) {
      return null;
    }
    while (true) {
      Upstream last = own.peekLast();
      if (last == null || !mayRepeat && nowNanos - last.idleSince() > FRESH_NANOS) {
        return null;
      }
      own.removeLast();
      if (last.channel().isActive()) {
        return last;
      }
    }
  }

  /// Gives a connection back after a whole answer.
  void giveBack(Upstream upstream, long keepNanos, long nowNanos) {
    idleNanos = keepNanos;
    upstream.idle(nowNanos);
    ArrayDeque<Upstream> own = idle.computeIfAbsent(upstream.backend(), _ -> new ArrayDeque<>());
    if (upstream.backend().isGone() || own.size() >= MOST_IDLE) {
      upstream.discard();
    } else {
      own.addLast(upstream);
    }
  }

  /// Opens a connection, or a stream on one.
  void connect(Backend backend, PoolConfig pool, Taker taker) {
    BackendProtocol protocol = pool.protocol();
    if (protocol.http2()) {
      openStream(backend, pool, taker);
      return;
    }
    bootstrap(backend, pool)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast("codec", codec())
                    .addLast("upstream", new Upstream(backend, channel, false));
                core.backendTls().add(channel, protocol, backend, pool.timeouts().connect());
              }
            })
        .connect()
        .addListener((ChannelFuture future) -> {
          if (future.isSuccess()) {
            Channel channel = future.channel();
            BackendTls.whenReady(
                channel,
                protocol,
                refused ->
                    refused.ifPresentOrElse(
                        taker::refused,
                        () -> taker.connected(channel.pipeline().get(Upstream.class))));
          } else {
            taker.refused(future.cause());
          }
        });
  }

  private static HttpClientCodec codec() {
    HttpDecoderConfig config =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(8192)
            .setMaxHeaderSize(ANSWER_HEADER_BYTES)
            .setMaxChunkSize(64 * 1024);
    return new HttpClientCodec(
        config, HttpClientCodec.DEFAULT_PARSE_HTTP_AFTER_CONNECT_REQUEST, false);
  }

  private Bootstrap bootstrap(Backend backend, PoolConfig pool) {
    return new Bootstrap()
        .group(loop)
        .channel(core.transport().socket())
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            Math.toIntExact(pool.timeouts().connect().toMillis()))
        .remoteAddress(backend.address());
  }

  private void openStream(Backend backend, PoolConfig pool, Taker taker) {
    List<Shared> own = shared.computeIfAbsent(backend, _ -> new ArrayList<>());
    for (Shared connection : own) {
      if (connection.hasRoom()) {
        connection.open(taker);
        return;
      }
    }
    Shared fresh = new Shared(backend, own);
    own.add(fresh);
    fresh.open(taker);
    bootstrap(backend, pool)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        Http2FrameCodecBuilder.forClient()
                            .initialSettings(
                                new Http2Settings()
                                    .pushEnabled(false)
                                    .maxHeaderListSize(ANSWER_HEADER_BYTES)
                                    .initialWindowSize(256 * 1024))
                            .build(),
                        new Http2MultiplexHandler(new RefuseStreams()),
                        fresh);
                core.backendTls().add(channel, pool.protocol(), backend, pool.timeouts().connect());
              }
            })
        .connect()
        .addListener((ChannelFuture future) -> {
          if (future.isSuccess()) {
            BackendTls.whenReady(
                future.channel(),
                pool.protocol(),
                refused ->
                    refused.ifPresentOrElse(
                        fresh::failed, () -> fresh.connected(future.channel())));
          } else {
            fresh.failed(future.cause());
          }
        });
  }

  /// Closes connections that nobody used for a while, or whose backend left its pool.
  void closeIdle(long nowNanos) {
    idle.entrySet()
        .removeIf(entry -> {
          ArrayDeque<Upstream> own = entry.getValue();
          own.removeIf(upstream -> {
            boolean old = nowNanos - upstream.idleSince() > idleNanos;
            boolean over = old || upstream.backend().isGone() || !upstream.channel().isActive();
            if (over) {
              upstream.discard();
            }
            return over;
          });
          return own.isEmpty();
        });
    for (List<Shared> connections : List.copyOf(shared.values())) {
      for (Shared connection : List.copyOf(connections)) {
        connection.closeIfIdle(nowNanos);
      }
    }
    shared.values().removeIf(List::isEmpty);
  }

  /// A connection that several streams share.
  private final class Shared extends ChannelInboundHandlerAdapter {
    private final Backend backend;
    private final List<Shared> siblings;
    private final List<Taker> waiting = new ArrayList<>();
    private @Nullable Channel channel;
    private int streams;
    private boolean leaving;
    private long lastUsed = System.nanoTime();

    private Shared(Backend backend, List<Shared> siblings) {
      this.backend = backend;
      this.siblings = siblings;
    }

    private boolean hasRoom() {
      return !leaving && streams < STREAMS;
    }

    private void open(Taker taker) {
      streams++;
      Channel parent = channel;
      if (parent == null) {
        waiting.add(taker);
        return;
      }
      new Http2StreamChannelBootstrap(parent)
          .handler(
              new ChannelInitializer<Http2StreamChannel>() {
                @Override
                protected void initChannel(Http2StreamChannel stream) {
                  stream
                      .pipeline()
                      .addLast(
                          new Http2StreamFrameToHttpObjectCodec(false),
                          new Http2Resets(),
                          new Upstream(backend, stream, true));
                }
              })
          .open()
          .addListener((Future<Http2StreamChannel> future) -> {
            if (future.isSuccess()) {
              Http2StreamChannel stream = future.getNow();
              stream.closeFuture().addListener(_ -> closed());
              taker.connected(stream.pipeline().get(Upstream.class));
            } else {
              closed();
              taker.refused(future.cause());
            }
          });
    }

    private void closed() {
      streams--;
      lastUsed = System.nanoTime();
      Channel parent = channel;
      if (leaving && streams == 0 && parent != null) {
        var _ = parent.close();
      }
    }

    private void connected(Channel to) {
      channel = to;
      List<Taker> takers = List.copyOf(waiting);
      waiting.clear();
      streams -= takers.size();
      takers.forEach(this::open);
    }

    private void failed(Throwable cause) {
      leave();
      List<Taker> takers = List.copyOf(waiting);
      waiting.clear();
      takers.forEach(taker -> taker.refused(cause));
    }

    private void leave() {
      leaving = true;
      siblings.remove(this);
    }

    private void closeIfIdle(long nowNanos) {
      Channel parent = channel;
      if (parent != null && streams == 0 && (backend.isGone() || nowNanos - lastUsed > idleNanos)) {
        leave();
        var _ = parent.close();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2GoAwayFrame) {
        leave();
        if (streams == 0) {
          var _ = ctx.close();
        }
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      leave();
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      leave();
      var _ = ctx.close();
    }
  }

  /// Backends push nothing: we told them so.
  @ChannelHandler.Sharable
  private static final class RefuseStreams extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      var _ = ctx.close();
    }
  }
}
