package io.evenkeel.hub.tune.trial;

/// What a trial found.
///
/// @param effect by which share of its usual level the measure got better; negative: worse
/// @param low the effect is above this, with the plan's certainty
/// @param high and below this
/// @param pairs how many counted
/// @param voidPairs how many did not, because the load moved
/// @param reason of the verdict
public record TrialReport(
    Verdict verdict,
    double effect,
    double low,
    double high,
    int pairs,
    int voidPairs,
    Reason reason) {
  /// Whether it is worth keeping.
  public enum Verdict {
    /// Better, by more than the least effect, and nothing else suffered.
    HELPED,
    /// Worse, or a guard tripped.
    HARMED,
    /// Neither was shown.
    NO_EVIDENCE
  }
}
