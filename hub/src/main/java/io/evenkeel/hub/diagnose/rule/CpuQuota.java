package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/// A unit that its own quota holds back in more than 5 % of the periods
/// (Documentation/scheduler/sched-bwc.rst).
final class CpuQuota implements DiagnosisRule {
  private static final String HELD_BACK = "evenkeel_unit_cpu_throttled_seconds_total";
  private static final double LEAST_TIMES = 2;
  private static final double MOST_TIMES = 20;

  @Override
  public Outcome judge(EvidenceWindow window) {
    Map<String, Double> periods = window.rateBy("evenkeel_unit_cpu_nr_periods_total", "unit");
    Map<String, Double> throttled = window.rateBy("evenkeel_unit_cpu_nr_throttled_total", "unit");
    String worst = "";
    double share = 0;
    double weight = 0;
    for (Map.Entry<String, Double> entry : throttled.entrySet()) {
      Double counted = periods.get(entry.getKey());
      if (counted == null) {
        continue;
      }
      // Fewer than two periods a second are no load that a quota could hold back.
      double own = counted < 2 ? 0 : entry.getValue() / counted;
      if (own * counted > weight) {
        worst = entry.getKey();
        share = own;
        weight = own * counted;
      }
    }
    Judgement judgement = Judgement.of(Cause.CPU_QUOTA);
    if (!worst.isEmpty()) {
      String unit = worst;
      OptionalDouble usedCores =
          window.rate("evenkeel_unit_cpu_seconds_total", track -> track.label("unit").equals(unit));
      // The share of used-up periods stays whole until the quota is enough; this falls with each
      // step, so that a trial can tell whether it helped.
      OptionalDouble heldBack = window.rate(HELD_BACK, track -> track.label("unit").equals(unit));
      judgement.measure(
          "time for which the quota held the unit back",
          "被配额拦住的时间",
          heldBack,
          Unit.SECONDS,
          "rate(" + HELD_BACK + "{instance=\"$host\",unit=" + HostLoad.quoted(unit) + "}[1m])");
      judgement.about(unit).by(Culprits.inUnit(window, unit, usedCores, Unit.CORES));
      judgement.advise(
          Advice.turn(
              new Advice.Change(
                  "CPUQuota",
                  unit,
                  "",
                  times(usedCores, heldBack, share, window.cores()),
                  5,
                  100.0 * window.cores()),
              Text.of(
                  "lets the unit use what it asks for: what it uses now and the time for which it was held back, at least twice its quota",
                  "让该单元得到所需的处理器：现在的用量加上被拦住的时间，至少为现有配额的两倍"),
              "https://docs.kernel.org/scheduler/sched-bwc.html"));
    }
    return judgement
        .sign(
            "periods in which the quota was used up",
            "配额用尽的周期占比",
            throttled.keySet().stream().noneMatch(periods::containsKey)
                ? OptionalDouble.empty()
                : OptionalDouble.of(share),
            Unit.RATIO,
            0.05,
            "rate(evenkeel_unit_cpu_nr_throttled_total{instance=\"$host\"}[1m])"
                + " / rate(evenkeel_unit_cpu_nr_periods_total{instance=\"$host\"}[1m])")
        .decide();
  }

  /// How many times the quota the unit asks for. While it is held back its tasks could run, so that
  /// what it uses and the time for which it was held back are together the most that it asks for:
  /// never more than all processors. Where only some periods are used up, the quota is more than
  /// what is used, and only their share of the time counts.
  private static String times(
      OptionalDouble used, OptionalDouble heldBack, double share, int cores) {
    double times =
        used.orElse(0) > 0 && heldBack.isPresent()
            ? Math.min(
                1 + share * heldBack.getAsDouble() / used.getAsDouble(), cores / used.getAsDouble())
            : LEAST_TIMES;
    return String.format(Locale.ROOT, "x%.1f", Math.clamp(times, LEAST_TIMES, MOST_TIMES))
        .replace(".0", "");
  }
}
