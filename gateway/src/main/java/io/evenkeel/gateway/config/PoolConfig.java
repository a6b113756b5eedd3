package io.evenkeel.gateway.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A group of backends that can answer the same requests.
///
/// @param spread which backend gets which request
/// @param protocol how the backends are spoken to
/// @param health when a backend is left out, and how it comes back
/// @param timeouts how long to wait for what
/// @param retry when a request is sent again
/// @param load how much a backend gets at once
/// @param trailers the trailer fields that are passed on, in lower case
public record PoolConfig(
    String name,
    Spread spread,
    BackendProtocol protocol,
    List<BackendConfig> backends,
    Health health,
    Timeouts timeouts,
    Retry retry,
    Load load,
    Set<String> trailers) {
  /// Trailers that are passed on unless a pool says otherwise: gRPC's and the two that browsers and
  /// tools read.
  public static final Set<String> USUAL_TRAILERS =
      Set.of("grpc-status", "grpc-message", "grpc-status-details-bin", "server-timing", "digest");

  public PoolConfig {
    backends = List.copyOf(backends);
    trailers = Set.copyOf(trailers);
  }

  /// A pool with the usual settings.
  public static PoolConfig of(String name, String policy, List<BackendConfig> backends) {
    return new PoolConfig(
        name,
        Spread.by(policy),
        BackendProtocol.HTTP1,
        backends,
        Health.USUAL,
        Timeouts.USUAL,
        Retry.USUAL,
        Load.UNLIMITED,
        USUAL_TRAILERS);
  }

  /// The same pool with other backends.
  public PoolConfig withBackends(List<BackendConfig> others) {
    return new PoolConfig(name, spread, protocol, others, health, timeouts, retry, load, trailers);
  }

  /// The same pool, spread in another way.
  public PoolConfig withSpread(Spread other) {
    return new PoolConfig(name, other, protocol, backends, health, timeouts, retry, load, trailers);
  }

  /// The same pool, spoken to in another way.
  public PoolConfig withProtocol(BackendProtocol other) {
    return new PoolConfig(name, spread, other, backends, health, timeouts, retry, load, trailers);
  }

  /// The same pool with other rules about its backends' health.
  public PoolConfig withHealth(Health other) {
    return new PoolConfig(name, spread, protocol, backends, other, timeouts, retry, load, trailers);
  }

  /// The same pool with other time-outs.
  public PoolConfig withTimeouts(Timeouts others) {
    return new PoolConfig(name, spread, protocol, backends, health, others, retry, load, trailers);
  }

  /// The same pool with another rule about sending again.
  public PoolConfig withRetry(Retry other) {
    return new PoolConfig(
        name, spread, protocol, backends, health, timeouts, other, load, trailers);
  }

  /// The same pool with other limits of its backends.
  public PoolConfig withLoad(Load other) {
    return new PoolConfig(
        name, spread, protocol, backends, health, timeouts, retry, other, trailers);
  }

  /// Which backend gets which request.
  ///
  /// @param policy a name of `Policies.BY_NAME`
  /// @param hashOn what consistent hashing looks at
  /// @param followHealth whether weights follow the monitored health of the hosts
  public record Spread(String policy, HashOn hashOn, boolean followHealth) {
    /// By a policy, with fixed weights.
    public static Spread by(String policy) {
      return new Spread(policy, new HashOn.ClientAddress(), false);
    }
  }

  /// When a backend is left out, and how it comes back.
  ///
  /// @param check the active check; nothing means none
  /// @param ejection whether backends that fail more than their peers are left out for a while
  /// @param slowStart how long a backend that comes back is given less; zero means at once
  public record Health(Optional<HealthCheck> check, boolean ejection, Duration slowStart) {
    /// No active check, ejection, ten seconds of slow start.
    public static final Health USUAL = new Health(Optional.empty(), true, Duration.ofSeconds(10));

    /// The same with an active check.
    public Health withCheck(HealthCheck other) {
      return new Health(Optional.of(other), ejection, slowStart);
    }

    /// The same with another slow start.
    public Health withSlowStart(Duration other) {
      return new Health(check, ejection, other);
    }
  }

  /// How much a backend gets at once.
  ///
  /// @param maxConcurrent the most requests in flight at one backend; 0 means no limit
  /// @param queue what waits when every backend is at its limit
  public record Load(int maxConcurrent, Queue queue) {
    /// No limit, so nothing waits.
    public static final Load UNLIMITED = new Load(0, Queue.USUAL);
  }

  /// What consistent hashing looks at.
  public sealed interface HashOn {
    /// The client's address.
    record ClientAddress() implements HashOn {}

    /// A request header; requests without it are spread by client address.
    record Header(String name) implements HashOn {}

    /// A cookie; requests without it are spread by client address.
    record Cookie(String name) implements HashOn {}
  }

  /// How long to wait for what.
  ///
  /// @param connect for a connection to a backend
  /// @param response for a backend's next byte, before and within an answer
  /// @param request for a whole request, its retries included, until its answer begins
  /// @param idleUpstream how long an unused connection to a backend is kept
  public record Timeouts(
      Duration connect, Duration response, Duration request, Duration idleUpstream) {
    /// Peers' defaults, the idle time below the 5 s of common backends.
    public static final Timeouts USUAL =
        new Timeouts(
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(4));
  }

  /// When a request is sent again: only one that was not sent, or an idempotent one, never after
  /// bytes of its answer.
  ///
  /// @param attempts the most tries, the first included
  /// @param statuses answers that make an idempotent request go to another backend
  /// @param bodyBytes how much of a body is kept for it
  public record Retry(int attempts, Set<Integer> statuses, int bodyBytes) {
    /// Three tries, on failures of the connection only, bodies up to 64 KiB.
    public static final Retry USUAL = new Retry(3, Set.of(), 64 * 1024);

    public Retry {
      statuses = Set.copyOf(statuses);
    }
  }

  /// What waits when every backend is at its limit.
  ///
  /// @param length the most requests that wait; more are answered 503
  /// @param within how long one waits before it is answered 503
  public record Queue(int length, Duration within) {
    /// A hundred requests, two seconds.
    public static final Queue USUAL = new Queue(100, Duration.ofSeconds(2));
  }
}
