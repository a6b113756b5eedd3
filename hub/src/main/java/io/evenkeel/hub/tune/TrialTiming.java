package io.evenkeel.hub.tune;

/// How long the parts of a trial take, in seconds.
///
/// @param block what counts of a block
/// @param washout what is dropped at its beginning, while the knob's effect settles
/// @param noiseBlocks how many blocks without the change come first
public record TrialTiming(int block, int washout, int noiseBlocks) {
  /// How long a block usually is.
  public static final int USUAL_BLOCK = 20;

  private static final int NOISE_BLOCKS = 8;

  /// Blocks behind a washout, eight of them first without the change.
  public static TrialTiming of(int block, int washout) {
    return new TrialTiming(block, washout, NOISE_BLOCKS);
  }

  /// How long a block takes with its washout.
  int whole() {
    return block + washout;
  }
}
