package io.evenkeel.gateway.policy;

/// Decides which backend a request goes to. Thread-safe: several event loops ask the same policy.
public interface Policy {
  /// Picks one of the peers.
  ///
  /// @param eligible at least one; the same array again as long as nothing about the set changes
  /// @param key what affinity goes by: the hash of a header, cookie or address, or a peer's id
  /// @param nowNanos a monotonic clock
  /// @return its index
  int pick(Peer[] eligible, long key, long nowNanos);

  /// What the key is made of.
  default Affinity affinity() {
    return Affinity.NONE;
  }

  /// What a backend's share of the requests follows.
  default Shares shares() {
    return Shares.BY_LOAD;
  }

  /// What a backend's share of the requests follows.
  enum Shares {
    /// Every backend gets the same, whatever its weight.
    EQUAL,
    /// Each gets the part that its weight asks for.
    BY_WEIGHT,
    /// Load, latency or keys move it: no share can be foretold.
    BY_LOAD
  }

  /// What ties a request to a backend.
  enum Affinity {
    /// Nothing.
    NONE,
    /// A hash of something the request brings.
    HASH,
    /// A cookie that we set, which holds the backend's id.
    COOKIE
  }
}
