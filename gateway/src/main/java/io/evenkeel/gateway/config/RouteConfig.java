package io.evenkeel.gateway.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Which requests go to which pool.
///
/// @param name what logs and figures call it
/// @param hosts host names in lower case, `*.example.org` for all below; empty means any
/// @param pathPrefix `/` or the beginning of the path up to a segment's end
/// @param pool the pool's name
/// @param rate the most requests a second of one client; nothing means no limit
/// @param compress whether answers are compressed for clients that ask for it
/// @param cache whether and how answers are kept
public record RouteConfig(
    String name,
    List<String> hosts,
    String pathPrefix,
    String pool,
    Optional<Rate> rate,
    boolean compress,
    Optional<Cache> cache) {
  public RouteConfig {
    hosts = List.copyOf(hosts);
  }

  /// A token bucket.
  ///
  /// @param perSecond tokens that come back each second
  /// @param burst the most that can be saved up
  public record Rate(double perSecond, int burst) {}

  /// The response cache of a route.
  ///
  /// @param maxBytes all answers together
  /// @param maxAnswerBytes a larger answer is not kept
  /// @param keep how long an answer without `max-age` is kept; zero keeps only those that say so
  public record Cache(long maxBytes, int maxAnswerBytes, Duration keep) {}
}
