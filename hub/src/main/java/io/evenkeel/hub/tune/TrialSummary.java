package io.evenkeel.hub.tune;

import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.TuningRequest;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
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
/// @param reason of the verdict, in English; empty while it runs
/// @param reasons the same, for words in any language; none of trials of a version before
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
    List<Reason> reasons,
    String by,
    @Nullable String finding,
    long beganAt,
    @Nullable Long endedAt) {
  public TrialSummary {
    reasons = List.copyOf(Objects.requireNonNullElse(reasons, List.of()));
  }

  TuningRequest request() {
    return new TuningRequest(action, target, value);
  }

  /// This trial at its end.
  TrialSummary ended(TrialVerdict as, List<Reason> why, boolean stays, long at) {
    return ended(as, Reason.text(why), why, stays, at);
  }

  /// This trial with one more reason.
  TrialSummary also(Reason more, boolean stays, long at) {
    // What a version before said has no reasons: its words stay, and the page shows those.
    List<Reason> all =
        reasons.isEmpty() && !reason.isEmpty()
            ? List.of()
            : Stream.concat(reasons.stream(), Stream.of(more)).toList();
    return ended(
        verdict == null ? TrialVerdict.ABORTED : verdict,
        reason.isEmpty() ? more.text() : reason + "; " + more.text(),
        all,
        stays,
        at);
  }

  private TrialSummary ended(
      TrialVerdict as, String text, List<Reason> why, boolean stays, long at) {
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
        text,
        why,
        by,
        finding,
        beganAt,
        at);
  }

  /// This trial, whose server says that the new value stays.
  TrialSummary found() {
    return kept ? this : also(Reason.of(Reason.Code.NEW_VALUE_STAYS), true, lastKnown());
  }

  /// This trial, whose value somebody put back later.
  TrialSummary putBack(String actor) {
    return also(Reason.of(Reason.Code.PUT_BACK_BY, actor), false, lastKnown());
  }

  private long lastKnown() {
    return endedAt == null ? beganAt : endedAt;
  }
}
