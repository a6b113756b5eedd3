package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/// An answer that the gateway gives itself.
///
/// @param status its status
/// @param why a sentence for its reader
/// @param retryAfterSeconds when it is worth asking again; 0 says nothing
record Refusal(HttpResponseStatus status, String why, int retryAfterSeconds) {
  static Refusal of(int status, String why) {
    return new Refusal(HttpResponseStatus.valueOf(status), why, 0);
  }

  /// The client asks more often than it may.
  ///
  /// @param waitNanos when it may ask again
  static Refusal tooMany(long waitNanos) {
    return new Refusal(
        HttpResponseStatus.TOO_MANY_REQUESTS,
        "more requests than this route allows one client",
        (int) Math.min(3600, 1 + waitNanos / 1_000_000_000L));
  }

  /// Nothing can take the request now.
  static Refusal unavailable(String why) {
    return new Refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, why, 1);
  }

  /// The head of the answer; its body is the sentence.
  HttpResponse head(int bodyBytes) {
    DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, bodyBytes)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    if (retryAfterSeconds > 0) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
    }
    return response;
  }

  byte[] body() {
    return (status.code() + " " + status.reasonPhrase() + ": " + why + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
