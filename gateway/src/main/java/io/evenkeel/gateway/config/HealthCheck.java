package io.evenkeel.gateway.config;

import java.time.Duration;

/// How a backend is asked whether it is well.
///
/// @param kind what is asked
/// @param interval time between two checks
/// @param timeout the longest a check may take
/// @param fall failed checks in a row that take a backend out
/// @param rise passed checks in a row that bring it back
public record HealthCheck(Kind kind, Duration interval, Duration timeout, int fall, int rise) {
  /// HAProxy's defaults: each 2 s, out after 3, back after 2.
  public static HealthCheck http(String path) {
    return new HealthCheck(new Kind.Http(path), Duration.ofSeconds(2), Duration.ofSeconds(1), 3, 2);
  }

  /// What is asked.
  public sealed interface Kind {
    /// A GET that is to be answered with 2xx or 3xx.
    record Http(String path) implements Kind {}

    /// A connection.
    record Tcp() implements Kind {}
  }
}
