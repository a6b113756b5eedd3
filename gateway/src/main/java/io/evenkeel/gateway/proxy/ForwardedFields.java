package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// Tells the backend who asked: `X-Forwarded-For`, `-Proto`, `-Host` and `Forwarded` (RFC 7239).
/// What the client wrote there is kept only when it comes from a trusted network; else it is
/// replaced.
final class ForwardedFields {
  private static final AsciiString FOR = AsciiString.cached("x-forwarded-for");
  private static final AsciiString PROTO = AsciiString.cached("x-forwarded-proto");
  private static final AsciiString HOST = AsciiString.cached("x-forwarded-host");
  private static final AsciiString PORT = AsciiString.cached("x-forwarded-port");
  private static final AsciiString SERVER = AsciiString.cached("x-forwarded-server");
  private static final AsciiString REAL_IP = AsciiString.cached("x-real-ip");
  private static final AsciiString FORWARDED = AsciiString.cached("forwarded");

  private ForwardedFields() {}

  /// Writes them; to be called after [HopByHop#strip], or `Connection` could name them away
  /// (CVE-2024-45410).
  ///
  /// @param host what the client asked for; nothing for an HTTP/1.0 request without Host
  static void write(HttpHeaders headers, Client client, @Nullable String host) {
    String chain = client.addressText();
    String forwarded =
        "for=" + client.forwardedNode() + ";proto=" + client.scheme() + hostPart(host);
    if (client.trusted()) {
      String before = join(headers, FOR);
      chain = before == null ? chain : before + ", " + chain;
      String elements = join(headers, FORWARDED);
      forwarded = elements == null ? forwarded : elements + ", " + forwarded;
    }
    headers.set(FOR, chain);
    headers.set(FORWARDED, forwarded);
    if (!client.trusted() || !headers.contains(PROTO)) {
      headers.set(PROTO, client.scheme());
    }
    if (!client.trusted()) {
      headers.remove(PORT);
      headers.remove(SERVER);
      headers.remove(REAL_IP);
    }
    if (host != null && (!client.trusted() || !headers.contains(HOST))) {
      headers.set(HOST, host);
    } else if (host == null && !client.trusted()) {
      headers.remove(HOST);
    }
  }

  private static String hostPart(@Nullable String host) {
    if (host == null) {
      return "";
    }
    // A port's colon needs quotes; a quote cannot be in a valid host.
    return host.indexOf(':') >= 0 ? ";host=\"" + host + "\"" : ";host=" + host;
  }

  private static @Nullable String join(HttpHeaders headers, AsciiString name) {
    return headers.contains(name) ? String.join(", ", headers.getAll(name)) : null;
  }
}
