package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.Map;
import java.util.OptionalDouble;

/// An interface that carries more than 90 % of its link's speed in one direction.
final class NicSaturation implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    Map<String, Double> speeds = window.lastBy("node_network_speed_bytes", "device");
    String worst = "";
    String direction = "";
    double share = 0;
    for (String way : new String[] {"receive", "transmit"}) {
      for (Map.Entry<String, Double> entry :
          window.rateBy("node_network_" + way + "_bytes_total", "device").entrySet()) {
        double speed = speeds.getOrDefault(entry.getKey(), 0.0);
        if (speed > 0 && entry.getValue() / speed >= share) {
          share = entry.getValue() / speed;
          worst = entry.getKey();
          direction = way;
        }
      }
    }
    return Judgement.of(Cause.NIC_SATURATION)
        .about(worst)
        .sign(
            "of the link's speed",
            "占链路速率",
            worst.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(share),
            Unit.RATIO,
            0.9,
            "rate(node_network_"
                + direction
                + "_bytes_total{instance=\"$host\",device=\""
                + worst
                + "\"}[1m]) / node_network_speed_bytes{instance=\"$host\",device=\""
                + worst
                + "\"}")
        .advise(
            Advice.words(
                "Send less (compress, cache, shape the bulk traffic), bond interfaces, or take a faster link.",
                "减少流量(压缩、缓存、限制批量流量),绑定网卡，或升级链路。",
                "https://docs.kernel.org/networking/bonding.html"))
        .decide();
  }
}
