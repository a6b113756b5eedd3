package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Removes the fields that concern one connection only (RFC 9110, section 7.6.1): the known ones
/// and those that `Connection` names.
final class HopByHop {
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
  private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

  /// Fields that a client must not make us drop by naming them in `Connection`: they say where the
  /// request goes or how long it is.
  private static final Set<String> NEVER_BY_NAME =
      Set.of("host", "content-length", "transfer-encoding", "cookie", "authorization");

  private HopByHop() {}

  /// Removes them all, `Transfer-Encoding` included: whoever writes the message frames it anew.
  static void strip(HttpHeaders headers) {
    if (headers.contains(HttpHeaderNames.CONNECTION)) {
      List<String> named = headers.getAll(HttpHeaderNames.CONNECTION);
      headers.remove(HttpHeaderNames.CONNECTION);
      for (String value : named) {
        stripNamed(headers, value);
      }
    }
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
    headers.remove(HttpHeaderNames.TE);
    headers.remove(HttpHeaderNames.UPGRADE);
    headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
    headers.remove(HTTP2_SETTINGS);
  }

  private static void stripNamed(HttpHeaders headers, String value) {
    int from = 0;
    while (from <= value.length()) {
      int comma = value.indexOf(',', from);
      int end = comma < 0 ? value.length() : comma;
      String name = value.substring(from, end).strip().toLowerCase(Locale.ROOT);
      if (!name.isEmpty() && !NEVER_BY_NAME.contains(name)) {
        headers.remove(name);
      }
      from = end + 1;
    }
  }
}
