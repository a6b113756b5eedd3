package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/// How an answer's end is told (RFC 9112, section 6.3): by the backend to us, and by us to the
/// client, anew.
///
/// @param method what was asked
/// @param version10 whether the client speaks HTTP/1.0
/// @param http2 whether it speaks HTTP/2, which needs none of it
record AnswerFraming(HttpMethod method, boolean version10, boolean http2) {
  /// Whether the backend's connection can be used again when its answer is whole. To be asked
  /// before [HopByHop#strip].
  boolean backendKeepsAlive(HttpResponse response) {
    HttpHeaders headers = response.headers();
    return HttpUtil.isKeepAlive(response)
        && (headers.contains(HttpHeaderNames.CONTENT_LENGTH)
            || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
            || isBodiless(response.status().code()));
  }

  private boolean isBodiless(int status) {
    return status == 204 || status == 304 || method.equals(HttpMethod.HEAD);
  }

  /// Frames a backend's answer, which was stripped, for the client.
  ///
  /// @param keep whether its connection is to be kept
  /// @return whether it can be
  boolean frame(HttpResponse response, boolean keep) {
    int status = response.status().code();
    HttpHeaders headers = response.headers();
    boolean kept = keep;
    if (status == 204) {
      headers.remove(HttpHeaderNames.CONTENT_LENGTH);
    } else if (!http2 && !isBodiless(status) && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      if (version10) {
        kept = false;
      } else {
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      }
    }
    sayWhetherKept(headers, kept);
    if (!response.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      response.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
    return kept;
  }

  /// Tells a client of HTTP/1 what it cannot know: that its connection ends, or that one of
  /// HTTP/1.0 stays.
  void sayWhetherKept(HttpHeaders headers, boolean kept) {
    if (http2) {
      return;
    }
    if (!kept) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (version10) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  /// A full answer (HTTP/2 without a body) comes apart: its end follows as content.
  static HttpResponse withoutBody(HttpResponse response) {
    return response.getClass() == DefaultHttpResponse.class
        ? response
        : new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status(), response.headers());
  }
}
