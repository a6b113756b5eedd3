package io.evenkeel.gateway.proxy;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Who is at the other end of a connection.
///
/// @param address where it comes from, as the PROXY protocol says if that is believed
/// @param addressText the same as text
/// @param trusted whether its forwarding headers are believed
/// @param secure whether it speaks TLS with us
/// @param serverName the name it asked for in TLS (SNI)
record Client(
    InetAddress address,
    String addressText,
    boolean trusted,
    boolean secure,
    @Nullable String serverName) {
  String scheme() {
    return secure ? "https" : "http";
  }

  /// Scheme and host of what it asks for, in lower case: the answers of one site are kept apart
  /// from those of another.
  String site(@Nullable String host) {
    return scheme() + "://" + (host == null ? "" : host.toLowerCase(Locale.ROOT));
  }

  /// The address as `Forwarded` writes it: IPv6 in brackets and quotes (RFC 7239, section 6).
  String forwardedNode() {
    return addressText.indexOf(':') >= 0 ? "\"[" + addressText + "]\"" : addressText;
  }
}
