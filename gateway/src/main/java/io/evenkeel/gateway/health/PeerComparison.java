package io.evenkeel.gateway.health;

import java.util.List;

/// Finds the backend that fails more than its peers: the least that its failure rate may be
/// (Wilson's lower bound) lies above the most that theirs may be, by a margin. Unlike fixed counts
/// this needs no minimum volume and does not eject everybody when all fail alike.
public final class PeerComparison {
  /// A failure rate this little above the peers' is left alone.
  static final double MARGIN = 0.02;

  private PeerComparison() {}

  /// The index of the worst outlier of an interval, or -1.
  public static int outlier(List<CircuitBreaker.Window> windows) {
    long requests = 0;
    long failures = 0;
    for (CircuitBreaker.Window window : windows) {
      requests += window.requests();
      failures += window.failures();
    }
    int worst = -1;
    double worstLower = 0;
    for (int i = 0; i < windows.size(); i++) {
      CircuitBreaker.Window own = windows.get(i);
      long peerRequests = requests - own.requests();
      if (own.failures() == 0 || peerRequests == 0) {
        continue;
      }
      double lower = Wilson.of(own.failures(), own.requests(), Wilson.Z_99).lower();
      double upper = Wilson.of(failures - own.failures(), peerRequests, Wilson.Z_99).upper();
      if (lower > upper + MARGIN && lower > worstLower) {
        worst = i;
        worstLower = lower;
      }
    }
    return worst;
  }
}
