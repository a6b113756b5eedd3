package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.Limits;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.gateway.config.Network;
import io.evenkeel.gateway.event.GatewayEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The beginning of a client's connection: counts it, reads its PROXY header, shakes hands, finds
/// out which HTTP it speaks, then sets up the rest of the pipeline. Lives on one event loop.
final class FrontConnection extends ChannelInboundHandlerAdapter implements Timed {
  private static final int MOST_FLUSHES = 256;

  private static final byte[] HTTP2_PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Core core;
  private final ListenerConfig listener;
  private final @Nullable TlsCertificates certificates;
  private final LoopState loop;
  private final Channel channel;
  private final long acceptedAt = System.nanoTime();
  private InetAddress address;
  private boolean ready;
  private @Nullable String serverName;
  private @Nullable Http2FrameCodec http2;
  private long streamsUsedAt = acceptedAt;
  private boolean goneAway;

  /// @param certificates the listener's; nothing for clear text
  FrontConnection(
      Core core,
      ListenerConfig listener,
      @Nullable TlsCertificates certificates,
      LoopState loop,
      Channel channel) {
    this.core = core;
    this.listener = listener;
    this.certificates = certificates;
    this.loop = loop;
    this.channel = channel;
    this.address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
  }

  /// Sets up the pipeline of a connection that was just accepted.
  void start() {
    Limits limits = core.limits();
    if (!core.connections()
        .tryOpen(address, limits.connections(), limits.connectionsPerAddress())) {
      var _ = channel.close();
      return;
    }
    InetAddress opened = address;
    channel.closeFuture().addListener(_ -> core.connections().close(opened));
    channel.pipeline().addLast("connection", this);
    loop.add(this);
    if (listener.proxyProtocol()) {
      if (!isTrusted(address)) {
        var _ = channel.close();
        return;
      }
      channel
          .pipeline()
          .addLast("proxy-protocol", new HAProxyMessageDecoder(true))
          .addLast("proxy-header", new ProxyHeader());
    } else {
      startTls();
    }
  }

  private boolean isTrusted(InetAddress peer) {
    for (Network network : listener.trusted()) {
      if (network.contains(peer)) {
        return true;
      }
    }
    return false;
  }

  private void startTls() {
    TlsCertificates own = certificates;
    if (own == null) {
      startClear();
      return;
    }
    if (own.isSingle()) {
      channel.pipeline().addLast("tls", own.newHandler(channel.alloc()));
    } else {
      channel.pipeline().addLast("sni", own.newSniHandler());
    }
    channel.pipeline().addLast("handshake", new Handshake());
  }

  private Client client(boolean secure) {
    return new Client(
        address, NetUtil.toAddressString(address), isTrusted(address), secure, serverName);
  }

  private void startClear() {
    channel.pipeline().addLast("preface", new Preface());
  }

  private void startHttp1(Client client) {
    ready = true;
    StrictRequestDecoder decoder = new StrictRequestDecoder(core.limits());
    AnswerEncoder encoder = new AnswerEncoder();
    AnswerCompressor compressor = core.routes().anyCompresses() ? new AnswerCompressor() : null;
    channel.pipeline().addLast("decoder", decoder).addLast("encoder", encoder);
    if (compressor != null) {
      channel.pipeline().addLast("compressor", compressor);
    }
    channel
        .pipeline()
        .addLast("front", new FrontHandler(core, loop, client, decoder, encoder, compressor));
    loop.remove(this);
  }

  private void startHttp2(Client client) {
    ready = true;
    Http2FrameCodec codec = Http2Frames.within(core.limits());
    http2 = codec;
    channel
        .pipeline()
        // Answers of many streams that come in one turn of the loop leave together.
        .addLast("flushes", new FlushConsolidationHandler(MOST_FLUSHES, true))
        .addLast("http2", codec)
        .addLast(
            "streams",
            new Http2MultiplexHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    streamsUsedAt = System.nanoTime();
                    AnswerCompressor compressor =
                        core.routes().anyCompresses() ? new AnswerCompressor() : null;
                    stream.pipeline().addLast(new Http2StreamCodec());
                    if (compressor != null) {
                      stream.pipeline().addLast(compressor);
                    }
                    stream
                        .pipeline()
                        .addLast(new FrontHandler(core, loop, client, null, null, compressor));
                  }
                }))
        .addLast("end", new Http2End());
  }

  @Override
  public void check(long now) {
    if (!ready) {
      if (now - acceptedAt > core.limits().headerTimeout().toNanos()) {
        var _ = channel.close();
      }
      return;
    }
    Http2FrameCodec codec = http2;
    if (codec == null) {
      return;
    }
    if (codec.connection().numActiveStreams() > 0) {
      streamsUsedAt = now;
    }
    boolean idle = now - streamsUsedAt > core.limits().idleTimeout().toNanos();
    if ((core.isLeaving() || idle) && !goneAway) {
      goneAway = true;
      var _ =
          channel
              .pipeline()
              .lastContext()
              .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }
    if (goneAway && codec.connection().numActiveStreams() == 0) {
      var _ = channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.remove(this);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close();
  }

  /// Takes the client's address from the PROXY header, which must come first and be whole.
  private final class ProxyHeader extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
      if (!(message instanceof HAProxyMessage header)) {
        ReferenceCountUtil.release(message);
        var _ = ctx.close();
        return;
      }
      try {
        String source = header.sourceAddress();
        if (header.command() == HAProxyCommand.PROXY && source != null) {
          byte[] bytes = NetUtil.createByteArrayFromIpAddressString(source);
          if (bytes == null) {
            var _ = ctx.close();
            return;
          }
          address = InetAddress.getByAddress(bytes);
        }
      } finally {
        header.release();
      }
      ctx.pipeline().remove(this);
      startTls();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }

  /// Waits for the end of the TLS handshake.
  private final class Handshake extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      switch (event) {
        case SniCompletionEvent sni -> serverName = sni.hostname();
        case SslHandshakeCompletionEvent done when done.isSuccess() -> {
          String protocol = ctx.pipeline().get(SslHandler.class).applicationProtocol();
          if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
            startHttp2(client(true));
          } else {
            startHttp1(client(true));
          }
          ctx.pipeline().remove(this);
        }
        case SslHandshakeCompletionEvent _ -> {
          var _ = ctx.close();
        }
        default -> ctx.fireUserEventTriggered(event);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }

  /// Tells HTTP/2 with prior knowledge from HTTP/1 by the connection's first bytes.
  private final class Preface extends ByteToMessageDecoder {
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      int seen = Math.min(in.readableBytes(), HTTP2_PREFACE.length);
      for (int i = 0; i < seen; i++) {
        if (in.getByte(in.readerIndex() + i) != HTTP2_PREFACE[i]) {
          startHttp1(client(false));
          ctx.pipeline().remove(this);
          return;
        }
      }
      if (seen == HTTP2_PREFACE.length) {
        startHttp2(client(false));
        ctx.pipeline().remove(this);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }

  /// The end of an HTTP/2 connection's pipeline: releases frames about the connection itself.
  private final class Http2End extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof RuntimeException) {
        core.events().accept(new GatewayEvent.Fault("serving HTTP/2", cause));
      }
      var _ = ctx.close();
    }
  }
}
