package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.Map;
import java.util.OptionalDouble;

/// One processor that does all the work of the network while the others have time
/// (Documentation/networking/scaling.rst).
final class SoftirqImbalance implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    Map<String, Double> byCpu =
        window.rateBy(
            "node_cpu_seconds_total", "cpu", track -> track.label("mode").equals("softirq"));
    if (byCpu.size() < 2) {
      return Judgement.unknown(Cause.SOFTIRQ_IMBALANCE, "needs two processors", "至少需要两个处理器");
    }
    String busiest = EvidenceWindow.greatest(byCpu).map(Map.Entry::getKey).orElse("");
    double most = byCpu.getOrDefault(busiest, 0.0);
    double others =
        byCpu.entrySet().stream()
            .filter(entry -> !entry.getKey().equals(busiest))
            .mapToDouble(Map.Entry::getValue)
            .max()
            .orElseThrow();
    return Judgement.of(Cause.SOFTIRQ_IMBALANCE)
        .about("cpu" + busiest)
        .sign(
            "soft interrupts of the busiest CPU",
            "最忙处理器的软中断",
            OptionalDouble.of(most),
            Unit.RATIO,
            0.6,
            "rate(node_cpu_seconds_total{instance=\"$host\",mode=\"softirq\"}[1m])")
        .signBelow(
            "soft interrupts of the others",
            "其他处理器的软中断",
            OptionalDouble.of(others),
            Unit.RATIO,
            0.2,
            "")
        .advise(
            Advice.turn(
                new Advice.Change(
                    "rps_cpus",
                    "",
                    "",
                    Long.toHexString((1L << Math.min(62, window.cores())) - 1),
                    0,
                    Double.MAX_VALUE),
                Text.of(
                    "spreads received packets over all processors by their flow",
                    "按数据流把收到的包分散到所有处理器"),
                "https://docs.kernel.org/networking/scaling.html"))
        .decide();
  }
}
