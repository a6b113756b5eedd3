package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a request asks for, after it was checked.
///
/// @param target in normal form
/// @param host as it goes to the backend; nothing when an HTTP/1.0 request names none
/// @param webSocket whether it asks for a WebSocket
/// @param hasBody whether a body may follow
record RequestCheck(
    RequestTarget target, @Nullable String host, boolean webSocket, boolean hasBody) {
  /// A request that is refused.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Refusal refusal;

    private Refused(int status, String why) {
      super(why, null, false, false);
      refusal = Refusal.of(status, why);
    }

    Refusal refusal() {
      return refusal;
    }
  }

  /// Checks a request.
  ///
  /// @param http2 whether it came in HTTP/2
  static RequestCheck of(HttpRequest request, boolean http2) throws Refused {
    HttpHeaders headers = request.headers();
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
      throw new Refused(405, "this gateway does not serve " + method.name());
    }
    if (http2) {
      checkHttp2(headers);
    }
    RequestTarget target;
    try {
      target = RequestTarget.of(request.uri());
    } catch (RequestTarget.Refused e) {
      throw new Refused(400, String.valueOf(e.getMessage()));
    }
    if (target.path().equals("*") && !method.equals(HttpMethod.OPTIONS)) {
      throw new Refused(400, "only OPTIONS may ask for '*'");
    }
    String host = host(headers, target);
    String expect = headers.get(HttpHeaderNames.EXPECT);
    if (expect != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expect)) {
      throw new Refused(417, "only 'Expect: 100-continue' is known");
    }
    boolean hasBody =
        headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
            || hasLength(headers.get(HttpHeaderNames.CONTENT_LENGTH));
    boolean webSocket = !http2 && asksForWebSocket(request);
    if (webSocket && hasBody) {
      throw new Refused(400, "a request for a WebSocket has no body");
    }
    return new RequestCheck(target, host, webSocket, hasBody);
  }

  private static boolean hasLength(@Nullable String length) {
    return length != null && !length.strip().equals("0");
  }

  private static @Nullable String host(HttpHeaders headers, RequestTarget target) throws Refused {
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1) {
      throw new Refused(400, "there must be one Host");
    }
    String named = hosts.isEmpty() ? null : hosts.getFirst();
    if (named != null && !HostName.isValid(named)) {
      throw new Refused(400, "the Host is not a host with an optional port");
    }
    String authority = target.authority();
    if (authority == null) {
      return named;
    }
    if (!HostName.isValid(authority)) {
      throw new Refused(400, "the target's authority is not a host with an optional port");
    }
    if (named != null && !named.equalsIgnoreCase(authority)) {
      throw new Refused(400, "the target and Host name different hosts");
    }
    return authority;
  }

  /// What RFC 9113, section 8.2, forbids, whatever the decoder let through: it would become
  /// something else in HTTP/1.
  private static void checkHttp2(HttpHeaders headers) throws Refused {
    Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
    while (fields.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = fields.next();
      CharSequence name = field.getKey();
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        if (c <= 0x20 || c >= 0x7F || c == ':' || c >= 'A' && c <= 'Z') {
          throw new Refused(400, "a field name has a character that is not allowed");
        }
      }
      CharSequence value = field.getValue();
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c < 0x20 && c != '\t' || c == 0x7F) {
          throw new Refused(400, "a field value has a control character");
        }
      }
    }
    String te = headers.get(HttpHeaderNames.TE);
    if (te != null && !HttpHeaderValues.TRAILERS.contentEqualsIgnoreCase(te)) {
      throw new Refused(400, "TE may only say 'trailers' in HTTP/2");
    }
    if (headers.contains(HttpHeaderNames.CONNECTION)
        || headers.contains(HttpHeaderNames.UPGRADE)
        || headers.contains("proxy-connection")
        || headers.contains("keep-alive")) {
      throw new Refused(400, "HTTP/2 has no fields about the connection");
    }
    List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (lengths.size() > 1 || lengths.size() == 1 && !lengths.getFirst().matches("\\d{1,18}")) {
      throw new Refused(400, "Content-Length is not one number");
    }
  }

  private static boolean asksForWebSocket(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return headers.contains(HttpHeaderNames.UPGRADE)
        && request.method().equals(HttpMethod.GET)
        && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && headers.getAll(HttpHeaderNames.UPGRADE).size() == 1
        && "websocket".equalsIgnoreCase(headers.get(HttpHeaderNames.UPGRADE))
        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
  }
}
