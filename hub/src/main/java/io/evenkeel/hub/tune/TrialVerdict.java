package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.trial.TrialReport;

/// How a trial ended.
public enum TrialVerdict {
  /// Better by more than the least effect, and nothing else suffered: the new value stays.
  HELPED,
  /// Worse, or a guard tripped: the old value is back.
  HARMED,
  /// Neither was shown: the old value is back.
  NO_EVIDENCE,
  /// Nothing was turned.
  NOT_TRIED,
  /// It ended before a verdict: the old value is back.
  ABORTED;

  static TrialVerdict of(TrialReport.Verdict verdict) {
    return switch (verdict) {
      case HELPED -> HELPED;
      case HARMED -> HARMED;
      case NO_EVIDENCE -> NO_EVIDENCE;
    };
  }
}
