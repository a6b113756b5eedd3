package io.evenkeel.hub.tune;

import java.time.Duration;

/// How long the parts of a trial take, in seconds.
///
/// @param block what counts of a block
/// @param washout what is dropped at its beginning, while the knob's effect settles
/// @param noiseBlocks how many blocks without the change come first
public record TrialTiming(int block, int washout, int noiseBlocks) {
  /// While a hub runs a trial it renews the lease every second; when the hub is lost the server
  /// puts the old value back after this.
  static final Duration LEASE = Duration.ofSeconds(15);

  /// Blocks of 20 s behind the knob's own washout, eight of them first without the change.
  public static TrialTiming usual(int washout) {
    return new TrialTiming(20, washout, 8);
  }
}
