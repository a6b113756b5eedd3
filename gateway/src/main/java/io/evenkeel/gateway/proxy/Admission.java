package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.health.RateLimiter;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/// What is decided about a request before any backend hears of it.
sealed interface Admission {
  /// It goes to the route's pool.
  record Passed(RequestCheck check, Routes.Route route) implements Admission {}

  /// It is answered with what was kept.
  record Kept(RequestCheck check, Routes.Route route, ResponseCache.Entry entry)
      implements Admission {}

  /// It is turned away, or asks how the gateway is.
  ///
  /// @param check what it asks for; nothing when that could not be told, and then its connection is
  ///   not to be trusted with another
  record Refused(@Nullable RequestCheck check, Routes.@Nullable Route route, Refusal refusal)
      implements Admission {}

  /// Checks a request, finds its route, and asks the route's limit and cache.
  static Admission of(HttpRequest request, Core core, Client client, boolean http2, long nowNanos) {
    RequestCheck check;
    try {
      check = RequestCheck.of(request, http2);
    } catch (RequestCheck.Refused e) {
      return new Refused(null, null, e.refusal());
    }
    Refusal health = core.health(check.target().path());
    if (health != null) {
      return new Refused(check, null, health);
    }
    String host = check.host();
    Routes.Route route = core.routes().find(host == null ? "" : host, check.target().path());
    if (route == null) {
      return new Refused(check, null, Refusal.of(404, "no route serves this host and path"));
    }
    RateLimiter limiter = route.limiter();
    long wait = limiter == null ? 0 : limiter.take(client.address(), nowNanos);
    if (wait > 0) {
      return new Refused(check, route, Refusal.tooMany(wait));
    }
    ResponseCache cache = route.cache();
    if (cache != null && !check.hasBody() && ResponseCache.mayServe(request)) {
      ResponseCache.Entry entry =
          cache.find(client.site(host), request, check.target().target(), nowNanos);
      if (entry != null) {
        return new Kept(check, route, entry);
      }
    }
    return new Passed(check, route);
  }
}
