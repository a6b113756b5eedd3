package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// A clock that nobody keeps: unsynchronised with an error of 16 s and more, or off by more than 50
/// ms (adjtimex(2)).
final class ClockSync implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble offset = window.last("node_timex_offset_seconds");
    OptionalDouble synchronised = window.last("node_timex_sync_status");
    boolean kept = synchronised.isPresent() && synchronised.getAsDouble() == 1;
    Judgement judgement = Judgement.of(Cause.CLOCK);
    if (kept || synchronised.isEmpty()) {
      judgement.sign(
          "offset",
          "偏差",
          offset.isPresent()
              ? OptionalDouble.of(Math.abs(offset.getAsDouble()))
              : OptionalDouble.empty(),
          Unit.SECONDS,
          0.05,
          "abs(node_timex_offset_seconds{instance=\"$host\"})");
    } else {
      judgement.sign(
          "largest possible error",
          "最大误差",
          window.last("node_timex_maxerror_seconds"),
          Unit.SECONDS,
          15.9,
          "node_timex_maxerror_seconds{instance=\"$host\"}");
    }
    return judgement
        .advise(
            Advice.words(
                "Start a time service (chrony, systemd-timesyncd); let it slew the clock, not step it.",
                "启动时间服务(chrony、systemd-timesyncd);让其平滑校正，不要跳变。",
                "https://man7.org/linux/man-pages/man2/adjtimex.2.html"))
        .decide();
  }
}
