package io.evenkeel.gateway.proxy;

import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.RouteConfig;
import io.evenkeel.gateway.health.RateLimiter;
import io.evenkeel.gateway.pool.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which pool answers a request: the routes in their order, by host and path. Immutable; another
/// configuration makes another table.
public final class Routes {
  private final Route[] routes;
  private final boolean compresses;
  private final boolean namesHosts;

  private Routes(List<Route> routes) {
    this.routes = routes.toArray(Route[]::new);
    this.namesHosts = routes.stream().anyMatch(route -> !route.config().hosts().isEmpty());
    this.compresses = routes.stream().anyMatch(route -> route.config().compress());
  }

  /// A route at run time.
  ///
  /// @param limiter the rate limit of each client; nothing means none
  /// @param cache the kept answers; nothing means none are kept
  record Route(
      RouteConfig config, Pool pool, @Nullable RateLimiter limiter, @Nullable ResponseCache cache) {
    private boolean fits(String host, String path) {
      return fitsHost(host) && fitsPath(path);
    }

    private boolean fitsHost(String host) {
      if (config.hosts().isEmpty()) {
        return true;
      }
      for (String wanted : config.hosts()) {
        if (wanted.startsWith("*.")
            ? host.length() > wanted.length() - 1 && host.endsWith(wanted.substring(1))
            : host.equals(wanted)) {
          return true;
        }
      }
      return false;
    }

    private boolean fitsPath(String path) {
      String prefix = config.pathPrefix();
      if (prefix.equals("/")) {
        return true;
      }
      return path.startsWith(prefix)
          && (path.length() == prefix.length()
              || prefix.endsWith("/")
              || path.charAt(prefix.length()) == '/');
    }
  }

  /// The table of a configuration.
  ///
  /// @param pools every pool that it names
  /// @param before the table it replaces, whose limits and caches are kept where nothing changed
  public static Routes of(GatewayConfig config, Map<String, Pool> pools, @Nullable Routes before) {
    List<Route> routes = new ArrayList<>();
    for (RouteConfig route : config.routes()) {
      Pool pool =
          Optional.ofNullable(pools.get(route.pool()))
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "route " + route.name() + " names no pool: " + route.pool()));
      Route old = before == null ? null : before.byName(route.name());
      RateLimiter limiter =
          old != null && old.config().rate().equals(route.rate())
              ? old.limiter()
              : route.rate().map(r -> new RateLimiter(r.perSecond(), r.burst())).orElse(null);
      ResponseCache cache =
          old != null && old.config().cache().equals(route.cache())
              ? old.cache()
              : route.cache().map(ResponseCache::new).orElse(null);
      routes.add(new Route(route, pool, limiter, cache));
    }
    return new Routes(List.copyOf(routes));
  }

  private @Nullable Route byName(String name) {
    for (Route route : routes) {
      if (route.config().name().equals(name)) {
        return route;
      }
    }
    return null;
  }

  /// Whether a route compresses answers.
  boolean anyCompresses() {
    return compresses;
  }

  /// The first route that fits; nothing when none does.
  ///
  /// @param host as the request names it; empty when it names none
  /// @param path in normal form
  @Nullable Route find(String host, String path) {
    String bare = namesHosts && !host.isEmpty() ? HostName.bare(host) : host;
    for (Route route : routes) {
      if (route.fits(bare, path)) {
        return route;
      }
    }
    return null;
  }
}
