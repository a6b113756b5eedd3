package io.evenkeel.gateway.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A port on loopback that serves `/metrics` and `/-/healthy`, read-only: it needs no account.
public final class AdminPort {
  private final Channel channel;

  private AdminPort(Channel channel) {
    this.channel = channel;
  }

  /// Opens it.
  ///
  /// @param metrics a page in Prometheus's text format
  /// @param leaving whether the gateway is on its way out, and so not healthy any more
  /// @throws IOException when the port cannot be opened
  public static AdminPort open(
      Transport transport, int port, Supplier<String> metrics, BooleanSupplier leaving)
      throws IOException {
    var bound =
        new ServerBootstrap()
            .group(transport.workers())
            .channel(transport.server())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(4096),
                            new Pages(metrics, leaving));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot open the admin port " + port + ": " + bound.cause().getMessage(), bound.cause());
    }
    return new AdminPort(bound.channel());
  }

  /// The port that it listens on.
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  public void close() {
    channel.close().awaitUninterruptibly();
  }

  private static final class Pages extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Supplier<String> metrics;
    private final BooleanSupplier leaving;

    private Pages(Supplier<String> metrics, BooleanSupplier leaving) {
      this.metrics = metrics;
      this.leaving = leaving;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      if (request.decoderResult().isFailure()) {
        answer(ctx, HttpResponseStatus.BAD_REQUEST, "the request is not HTTP\n");
      } else if (!request.method().equals(HttpMethod.GET)) {
        answer(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, "this port only answers GET\n");
      } else {
        switch (request.uri()) {
          case "/metrics" -> answer(ctx, HttpResponseStatus.OK, metrics.get());
          case "/-/healthy" -> {
            if (leaving.getAsBoolean()) {
              answer(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE, "leaving\n");
            } else {
              answer(ctx, HttpResponseStatus.OK, "healthy\n");
            }
          }
          default ->
              answer(ctx, HttpResponseStatus.NOT_FOUND, "there are /metrics and /-/healthy\n");
        }
      }
    }

    private static void answer(ChannelHandlerContext ctx, HttpResponseStatus status, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      var response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(bytes));
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
          .set(HttpHeaderNames.CONTENT_LENGTH, bytes.length)
          .set(HttpHeaderNames.CONNECTION, "close");
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }
}
