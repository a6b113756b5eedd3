package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.pool.Backend;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// A connection to a backend, or a stream of one: hands what comes to the exchange that uses it.
/// Lives on one event loop.
final class Upstream extends ChannelInboundHandlerAdapter {
  private final Backend backend;
  private final boolean stream;
  private final Channel channel;
  private @Nullable Exchange exchange;
  private @Nullable ChannelHandlerContext toFlush;
  private long idleSince;
  private boolean unflushed;

  /// @param stream whether it is a stream of HTTP/2, which serves one exchange only
  Upstream(Backend backend, Channel channel, boolean stream) {
    this.backend = backend;
    this.channel = channel;
    this.stream = stream;
  }

  Backend backend() {
    return backend;
  }

  Channel channel() {
    return channel;
  }

  boolean isStream() {
    return stream;
  }

  long idleSince() {
    return idleSince;
  }

  void use(Exchange by) {
    exchange = by;
  }

  void idle(long nowNanos) {
    exchange = null;
    idleSince = nowNanos;
    if (!channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
  }

  /// Closes it; the exchange hears nothing more of it.
  void discard() {
    exchange = null;
    var _ = channel.close();
  }

  void write(Object message) {
    unflushed = true;
    var _ = channel.write(message, stream ? channel.newPromise() : channel.voidPromise());
  }

  void flush() {
    if (unflushed) {
      unflushed = false;
      channel.flush();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Exchange by = exchange;
    if (by == null) {
      // Nobody asked: whatever this backend means, it is not to be believed.
      ReferenceCountUtil.release(message);
      if (!(message instanceof LastHttpContent)) {
        var _ = channel.close();
      }
      return;
    }
    toFlush = by.clientContext();
    if (message instanceof HttpResponse response) {
      by.responseHead(this, response);
    }
    if (message instanceof HttpContent content) {
      if (by == exchange) {
        by.responseContent(this, content);
      } else {
        content.release();
      }
    } else if (!(message instanceof HttpResponse)) {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ChannelHandlerContext client = toFlush;
    if (client != null) {
      toFlush = null;
      client.flush();
    }
    Exchange by = exchange;
    if (by != null) {
      by.flushRequest();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange by = exchange;
    if (by != null) {
      by.upstreamWritabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange by = exchange;
    exchange = null;
    if (by != null) {
      by.upstreamClosed(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Reset by the backend, or an answer that is no HTTP: closing tells the exchange.
    var _ = ctx.close();
  }
}
