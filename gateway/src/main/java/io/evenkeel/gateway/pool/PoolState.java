package io.evenkeel.gateway.pool;

import io.evenkeel.gateway.health.CircuitBreaker;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.stats.BackendTraffic;
import java.util.List;

/// A pool as it is at a moment, for pages, metrics and tests.
///
/// @param panicking whether all backends are used because too few are healthy
/// @param waiting requests in the queue
/// @param shed requests that were answered 503 because nothing could take them
/// @param weightChanges the latest changes of weights, the newest last
public record PoolState(
    String name,
    String policy,
    boolean panicking,
    int waiting,
    long shed,
    List<BackendState> backends,
    List<WeightChange> weightChanges) {
  /// A backend of it.
  ///
  /// @param share its part of the pool's requests so far; NaN when there were none
  /// @param expectedShare the part that the policy gives it by weight; NaN when the policy goes by
  ///   load, or it may get nothing now
  /// @param checksPass whether it passes its active checks
  /// @param lastFailure why the last failed check failed; empty when none did
  public record BackendState(
      String name,
      String address,
      String host,
      double weight,
      double steadyWeight,
      double configuredWeight,
      boolean draining,
      boolean checksPass,
      String lastFailure,
      CircuitBreaker.State circuit,
      int inFlight,
      double share,
      double expectedShare,
      BackendTraffic.Counts traffic) {}
}
