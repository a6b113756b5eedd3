package io.evenkeel.hub.tune;

import io.evenkeel.hub.diagnose.finding.Text;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.tune.TuningRequest;
import org.jspecify.annotations.Nullable;

/// A trial in short. Times are epoch milliseconds.
///
/// @param before the knob's value before; null until it was turned
/// @param title the measure's name
/// @param verdict null while it runs
/// @param effect by which share of its usual level the measure got better; negative: worse; null
///   when no pair counted
/// @param low the effect is above this; null when nothing can be said
/// @param high and below this
/// @param kept whether the new value stays
/// @param reason of the verdict, in words; empty while it runs
/// @param by who began it
/// @param finding the finding whose advice it tries; null when it is none's
public record TrialSummary(
    String id,
    String host,
    String action,
    String target,
    String value,
    @Nullable String before,
    Text title,
    Unit unit,
    boolean lowerIsBetter,
    TrialPhase phase,
    @Nullable TrialVerdict verdict,
    @Nullable Double effect,
    @Nullable Double low,
    @Nullable Double high,
    boolean kept,
    String reason,
    String by,
    @Nullable String finding,
    long beganAt,
    @Nullable Long endedAt) {

  TuningRequest request() {
    return new TuningRequest(action, target, value);
  }

  /// This trial at its end.
  TrialSummary ended(TrialVerdict as, String why, boolean stays, long at) {
    return new TrialSummary(
        id,
        host,
        action,
        target,
        value,
        before,
        title,
        unit,
        lowerIsBetter,
        TrialPhase.ENDED,
        as,
        effect,
        low,
        high,
        stays,
        why,
        by,
        finding,
        beganAt,
        at);
  }

  /// This trial, whose server says that the new value stays.
  TrialSummary found() {
    return kept
        ? this
        : ended(
            verdict == null ? TrialVerdict.ABORTED : verdict,
            reason + "; the new value stays",
            true,
            endedAt == null ? beganAt : endedAt);
  }

  /// This trial, whose value somebody put back later.
  TrialSummary putBack(String actor) {
    return ended(
        verdict == null ? TrialVerdict.ABORTED : verdict,
        reason + "; put back by " + actor,
        false,
        endedAt == null ? beganAt : endedAt);
  }
}
