package io.evenkeel.gateway.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A group of backends that can answer the same requests.
///
/// @param policy a name of `Policies.BY_NAME`
/// @param hashOn what consistent hashing looks at
/// @param protocol how the backends are spoken to
/// @param check the active check; nothing means none
/// @param ejection whether backends that fail more than their peers are left out for a while
/// @param slowStart how long a backend that comes back is given less; zero means at once
/// @param timeouts how long to wait for what
/// @param retry when a request is sent again
/// @param maxConcurrent the most requests in flight at one backend; 0 means no limit
/// @param queue what waits when every backend is at its limit
/// @param trailers the trailer fields that are passed on, in lower case
/// @param followHealth whether weights follow the monitored health of the hosts
public record PoolConfig(
    String name,
    String policy,
    HashOn hashOn,
    BackendProtocol protocol,
    List<BackendConfig> backends,
    Optional<HealthCheck> check,
    boolean ejection,
    Duration slowStart,
    Timeouts timeouts,
    Retry retry,
    int maxConcurrent,
    Queue queue,
    Set<String> trailers,
    boolean followHealth) {
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
        policy,
        new HashOn.ClientAddress(),
        BackendProtocol.HTTP1,
        backends,
        Optional.empty(),
        true,
        Duration.ofSeconds(10),
        Timeouts.USUAL,
        Retry.USUAL,
        0,
        Queue.USUAL,
        USUAL_TRAILERS,
        false);
  }

  /// The same pool with other backends.
  public PoolConfig withBackends(List<BackendConfig> others) {
    return new PoolConfig(
        name,
        policy,
        hashOn,
        protocol,
        others,
        check,
        ejection,
        slowStart,
        timeouts,
        retry,
        maxConcurrent,
        queue,
        trailers,
        followHealth);
  }

  /// The same pool with other time-outs.
  public PoolConfig withTimeouts(Timeouts others) {
    return new PoolConfig(
        name,
        policy,
        hashOn,
        protocol,
        backends,
        check,
        ejection,
        slowStart,
        others,
        retry,
        maxConcurrent,
        queue,
        trailers,
        followHealth);
  }

  /// The same pool, its backends checked.
  public PoolConfig withCheck(HealthCheck other) {
    return new PoolConfig(
        name,
        policy,
        hashOn,
        protocol,
        backends,
        Optional.of(other),
        ejection,
        slowStart,
        timeouts,
        retry,
        maxConcurrent,
        queue,
        trailers,
        followHealth);
  }

  /// The same pool, spoken to in another way.
  public PoolConfig withProtocol(BackendProtocol other) {
    return new PoolConfig(
        name,
        policy,
        hashOn,
        other,
        backends,
        check,
        ejection,
        slowStart,
        timeouts,
        retry,
        maxConcurrent,
        queue,
        trailers,
        followHealth);
  }

  /// The same pool with a limit for each backend and a queue before it.
  public PoolConfig withLimit(int most, Queue other) {
    return new PoolConfig(
        name,
        policy,
        hashOn,
        protocol,
        backends,
        check,
        ejection,
        slowStart,
        timeouts,
        retry,
        most,
        other,
        trailers,
        followHealth);
  }

  /// The same pool, its backends back at full weight at once or slowly.
  public PoolConfig withSlowStart(Duration other) {
    return new PoolConfig(
        name,
        policy,
        hashOn,
        protocol,
        backends,
        check,
        ejection,
        other,
        timeouts,
        retry,
        maxConcurrent,
        queue,
        trailers,
        followHealth);
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
