package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.PoolConfig.HashOn;
import io.evenkeel.gateway.policy.KeyHash;
import io.evenkeel.gateway.policy.Policy;
import io.evenkeel.gateway.pool.Backend;
import io.evenkeel.gateway.pool.Pool;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/// What sends the requests of one client, or of one key, to the same backend.
final class Affinity {
  /// The cookie by which the policy 'sticky' knows a client again.
  private static final String COOKIE = "evenkeel-backend";

  private Affinity() {}

  /// The key of a request for its pool's policy; 0 for none.
  static long key(Pool pool, HttpHeaders headers, Client client) {
    return switch (pool.policy().affinity()) {
      case NONE -> 0;
      case COOKIE -> cookieKey(headers);
      case HASH -> KeyHash.of(hashed(pool.config().spread().hashOn(), headers, client));
    };
  }

  private static long cookieKey(HttpHeaders headers) {
    String value = cookie(headers, COOKIE);
    try {
      return value == null ? 0 : Long.parseUnsignedLong(value, 16);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String hashed(HashOn on, HttpHeaders headers, Client client) {
    String value =
        switch (on) {
          case HashOn.ClientAddress() -> null;
          case HashOn.Header(String name) -> headers.get(name);
          case HashOn.Cookie(String name) -> cookie(headers, name);
        };
    return value == null ? client.addressText() : value;
  }

  private static @Nullable String cookie(HttpHeaders headers, String name) {
    for (String field : headers.getAll(HttpHeaderNames.COOKIE)) {
      for (String pair : field.split(";", -1)) {
        String bare = pair.strip();
        if (bare.startsWith(name)
            && bare.length() > name.length()
            && bare.charAt(name.length()) == '=') {
          return bare.substring(name.length() + 1);
        }
      }
    }
    return null;
  }

  /// Tells the client where to come back to, when the pool's policy is sticky and it came with
  /// another key.
  static void stick(HttpHeaders answer, Pool pool, Backend by, long key, Client client) {
    if (pool.policy().affinity() == Policy.Affinity.COOKIE && key != by.id()) {
      answer.add(
          HttpHeaderNames.SET_COOKIE,
          COOKIE
              + "="
              + Long.toHexString(by.id())
              + "; Path=/; HttpOnly; SameSite=Lax"
              + (client.secure() ? "; Secure" : ""));
    }
  }
}
