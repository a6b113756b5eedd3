package io.evenkeel.gateway.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Locale;
import java.util.Set;

/// The fields after a body: only those that a pool lists go on, for the others could mean something
/// in a header (RFC 9110, section 6.5.1).
final class Trailers {
  private Trailers() {}

  /// Removes what is not listed.
  ///
  /// @param allowed names in lower case
  static void keepOnly(Set<String> allowed, LastHttpContent last) {
    HttpHeaders trailers = last.trailingHeaders();
    if (trailers.isEmpty()) {
      return;
    }
    for (String name : Set.copyOf(trailers.names())) {
      if (!allowed.contains(name.toLowerCase(Locale.ROOT))) {
        trailers.remove(name);
      }
    }
  }
}
