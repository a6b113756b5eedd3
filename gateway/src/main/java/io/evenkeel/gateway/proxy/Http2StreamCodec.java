package io.evenkeel.gateway.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns the frames of a client's HTTP/2 stream into a request with its body, and the answer back
/// into frames (RFC 9113, section 8). Lives on one event loop.
///
/// Netty's `Http2StreamFrameToHttpObjectCodec` does so for any use. Here fields were checked by the
/// frame codec and are checked again by [RequestCheck]: they are copied once, unchecked, and none
/// are added that would have to be taken out again.
final class Http2StreamCodec extends ChannelDuplexHandler {
  private static final DefaultHttpHeadersFactory UNCHECKED =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  /// Fields of HTTP/1 that concern the connection: an answer in HTTP/2 has none of them.
  private static final Set<AsciiString> OF_THE_CONNECTION =
      Set.of(
          HttpHeaderNames.CONNECTION,
          HttpHeaderNames.TRANSFER_ENCODING,
          HttpHeaderNames.UPGRADE,
          AsciiString.cached("keep-alive"),
          AsciiString.cached("proxy-connection"));

  private boolean begun;
  private boolean refused;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof Http2ResetFrame) {
      var _ = ctx.close();
    } else if (!refused && message instanceof Http2HeadersFrame frame) {
      readFields(ctx, frame);
    } else if (!refused && message instanceof Http2DataFrame frame) {
      // The frame's reference goes on with its content.
      ctx.fireChannelRead(
          frame.isEndStream()
              ? new DefaultLastHttpContent(frame.content(), EmptyHttpHeaders.INSTANCE)
              : new DefaultHttpContent(frame.content()));
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void readFields(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    if (begun) {
      HttpHeaders trailers = copy(frame.headers(), UNCHECKED.newHeaders());
      if (trailers == null || !frame.isEndStream()) {
        refuse(ctx);
      } else {
        ctx.fireChannelRead(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
      }
      return;
    }
    begun = true;
    HttpRequest request = request(frame.headers(), frame.isEndStream());
    if (request == null) {
      refuse(ctx);
      return;
    }
    ctx.fireChannelRead(request);
    if (frame.isEndStream()) {
      ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private void refuse(ChannelHandlerContext ctx) {
    refused = true;
    var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
  }

  /// The request of a stream; nothing when it lacks one of the pseudo-header fields of RFC 9113,
  /// section 8.3.1, or has another.
  private static @Nullable HttpRequest request(Http2Headers fields, boolean whole) {
    CharSequence method = fields.method();
    CharSequence path = fields.path();
    if (method == null || path == null || fields.scheme() == null) {
      return null;
    }
    HttpHeaders headers = UNCHECKED.newHeaders();
    CharSequence authority = fields.authority();
    if (authority != null) {
      headers.add(HttpHeaderNames.HOST, authority);
    }
    fields.remove(Http2Headers.PseudoHeaderName.METHOD.value());
    fields.remove(Http2Headers.PseudoHeaderName.PATH.value());
    fields.remove(Http2Headers.PseudoHeaderName.SCHEME.value());
    fields.remove(Http2Headers.PseudoHeaderName.AUTHORITY.value());
    if (copy(fields, headers) == null) {
      return null;
    }
    if (!whole && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    try {
      return new DefaultHttpRequest(
          HttpVersion.HTTP_1_1, HttpMethod.valueOf(method.toString()), path.toString(), headers);
    } catch (IllegalArgumentException e) {
      // No token as a method.
      return null;
    }
  }

  /// Copies fields; the crumbs of a cookie become one (RFC 9113, section 8.2.3).
  ///
  /// @return nothing when there is a pseudo-header field among them
  private static @Nullable HttpHeaders copy(Http2Headers fields, HttpHeaders to) {
    CharSequence cookie = null;
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (!name.isEmpty() && name.charAt(0) == ':') {
        return null;
      }
      if (HttpHeaderNames.COOKIE.contentEquals(name)) {
        cookie = cookie == null ? field.getValue() : cookie + "; " + field.getValue();
      } else {
        to.add(name, field.getValue());
      }
    }
    if (cookie != null) {
      to.add(HttpHeaderNames.COOKIE, cookie);
    }
    return to;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    // Netty tells a reset as an event of the stream's channel.
    if (event instanceof Http2ResetFrame) {
      var _ = ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    switch (message) {
      case HttpResponse response -> writeHead(ctx, response, promise);
      case LastHttpContent last -> writeEnd(ctx, last, promise);
      case HttpContent part -> {
        var _ = ctx.write(new DefaultHttp2DataFrame(part.content()), promise);
      }
      default -> {
        var _ = ctx.write(message, promise);
      }
    }
  }

  private static void writeHead(
      ChannelHandlerContext ctx, HttpResponse response, ChannelPromise promise) {
    HttpHeaders from = response.headers();
    Http2Headers fields = new DefaultHttp2Headers(false, from.size() + 1);
    fields.status(response.status().codeAsText());
    copy(from, fields);
    // An informational answer comes with an end of its own, which is not the stream's.
    ReferenceCountUtil.release(response);
    var _ = ctx.write(new DefaultHttp2HeadersFrame(fields, false), promise);
  }

  private static void writeEnd(
      ChannelHandlerContext ctx, LastHttpContent last, ChannelPromise promise) {
    if (last.trailingHeaders().isEmpty()) {
      var _ = ctx.write(new DefaultHttp2DataFrame(last.content(), true), promise);
      return;
    }
    if (last.content().isReadable()) {
      var _ = ctx.write(new DefaultHttp2DataFrame(last.content()));
    } else {
      last.release();
    }
    Http2Headers fields = new DefaultHttp2Headers(false, last.trailingHeaders().size());
    copy(last.trailingHeaders(), fields);
    var _ = ctx.write(new DefaultHttp2HeadersFrame(fields, true), promise);
  }

  private static void copy(HttpHeaders from, Http2Headers to) {
    Iterator<Map.Entry<CharSequence, CharSequence>> fields = from.iteratorCharSequence();
    while (fields.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = fields.next();
      AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
      if (!OF_THE_CONNECTION.contains(name)) {
        to.add(name, field.getValue());
      }
    }
  }
}
