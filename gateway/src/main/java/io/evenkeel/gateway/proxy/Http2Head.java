package io.evenkeel.gateway.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;

/// Resets a stream whose request lacks one of the pseudo-header fields that RFC 9113, section
/// 8.3.1, demands: it could not be turned into a request of HTTP/1.
final class Http2Head extends ChannelInboundHandlerAdapter {
  private boolean seen;
  private boolean refused;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!seen && message instanceof Http2HeadersFrame frame) {
      seen = true;
      Http2Headers headers = frame.headers();
      refused = headers.method() == null || headers.path() == null || headers.scheme() == null;
      if (refused) {
        var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
      }
    }
    if (refused) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }
}
