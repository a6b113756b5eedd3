package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/// Makes a client's request what the backend is to see: the same header map, without what concerns
/// the client's connection only, with who asked.
final class ForwardedRequest {
  private ForwardedRequest() {}

  /// @param check what the request was found to ask for
  /// @param toHttp2 whether the backend does
  static HttpRequest of(HttpRequest request, RequestCheck check, Client client, boolean toHttp2) {
    HttpHeaders headers = request.headers();
    boolean chunked = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    boolean trailers =
        toHttp2
            && headers.contains(HttpHeaderNames.TE)
            && headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
    HopByHop.strip(headers);
    String host = check.host();
    ForwardedFields.write(headers, client, host);
    if (chunked) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (trailers) {
      headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
    }
    if (check.webSocket()) {
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    }
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      headers.remove(HttpHeaderNames.EXPECT);
    }
    if (host != null && check.target().authority() != null) {
      headers.set(HttpHeaderNames.HOST, host);
    }
    String target = check.target().target();
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.getClass() == DefaultHttpRequest.class) {
      return request.uri().equals(target) ? request : request.setUri(target);
    }
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), target, headers);
  }
}
