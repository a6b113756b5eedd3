package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.OptionalDouble;

/// Segments that TCP had to send again: more than 1.5 % of all, and more than five a second. The
/// kernel counts a segment that is sent again in RetransSegs and not in OutSegs
/// (net/ipv4/tcp_output.c).
final class Retransmits implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble again = window.rate("node_netstat_Tcp_RetransSegs");
    OptionalDouble sent = window.rate("node_netstat_Tcp_OutSegs");
    return Judgement.of(Cause.RETRANSMITS)
        // The path loses the same share whatever the sender makes of it; what gets through shows
        // whether another congestion control helps.
        .measureRising(
            "segments that brought something new, of all",
            "首次发送的段（占全部发送）",
            sent,
            Unit.PER_SECOND,
            HostLoad.total(sent, again).orElse(0),
            HostLoad.rateQuery("node_netstat_Tcp_OutSegs"))
        .sign(
            "segments sent again",
            "重传占比",
            HostLoad.part(again, sent),
            Unit.RATIO,
            0.015,
            HostLoad.rateQuery("node_netstat_Tcp_RetransSegs")
                + " / "
                + HostLoad.rateQuery("node_netstat_Tcp_OutSegs"))
        .sign(
            "segments sent again",
            "重传数",
            again,
            Unit.PER_SECOND,
            5,
            HostLoad.rateQuery("node_netstat_Tcp_RetransSegs"))
        .advise(
            Advice.turn(
                new Advice.Change("net.ipv4.tcp_congestion_control", "", "", "bbr", 0, 0),
                Text.of(
                    "BBR does not take every loss for congestion; new connections only, with the fq scheduler",
                    "BBR 不把每次丢包都当作拥塞；仅对新连接生效，需配合 fq 队列"),
                "https://queue.acm.org/detail.cfm?id=3022184"))
        .advise(
            Advice.words(
                "Look for where packets are lost: drops of the interfaces here, and of the path.",
                "查找丢包位置：本机网卡的丢弃，以及途经链路。",
                "https://docs.kernel.org/networking/snmp_counter.html"))
        .decide();
  }
}
