package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Packets that an interface lost because nobody emptied its receive ring in time (fifo, missed).
final class RingOverrun implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    Optional<Map.Entry<String, Double>> worst =
        EvidenceWindow.greatest(window.rateBy("node_network_receive_fifo_total", "device"));
    return Judgement.of(Cause.RING_OVERRUN)
        .about(worst.map(Map.Entry::getKey).orElse(""))
        .sign(
            "packets lost in the ring",
            "接收环丢包",
            worst.map(entry -> OptionalDouble.of(entry.getValue())).orElse(OptionalDouble.empty()),
            Unit.PER_SECOND,
            1,
            HostLoad.rateQuery("node_network_receive_fifo_total"))
        .advise(
            Advice.words(
                "A longer ring ('ethtool -G DEVICE rx N') takes bursts; a person does it, because the link is down for a moment.",
                "加长接收环(ethtool -G 网卡 rx N)可承受突发；链路会短暂中断，需人工执行。",
                "https://man7.org/linux/man-pages/man8/ethtool.8.html"))
        .decide();
  }
}
