package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Datagrams that were dropped because nobody read the socket in time: more than 0.1 % of all and
/// more than one a second (udp(7)).
final class UdpBuffers implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble lost =
        HostLoad.plus(
            window.rate("node_netstat_Udp_RcvbufErrors"),
            window.rate("node_netstat_Udp6_RcvbufErrors"));
    OptionalDouble taken =
        HostLoad.plus(
            window.rate("node_netstat_Udp_InDatagrams"),
            window.rate("node_netstat_Udp6_InDatagrams"));
    return Judgement.of(Cause.UDP_BUFFERS)
        .sign(
            "datagrams dropped",
            "丢弃占比",
            HostLoad.part(lost, HostLoad.total(lost, taken)),
            Unit.RATIO,
            0.001,
            HostLoad.rateQuery("node_netstat_Udp_RcvbufErrors"))
        .sign(
            "datagrams dropped",
            "丢弃数",
            lost,
            Unit.PER_SECOND,
            1,
            HostLoad.rateQuery("node_netstat_Udp_RcvbufErrors"))
        .advise(
            Sysctls.turn(
                window,
                "net.core.rmem_default",
                now -> Math.max(4 * now, 1 << 20),
                212_992,
                16 << 20,
                "larger buffers for sockets that are opened from now on",
                "之后打开的套接字使用更大的缓冲区",
                Sysctls.SYSCTL_NET))
        .advise(
            Sysctls.turn(
                window,
                "net.core.rmem_max",
                now -> Math.max(4 * now, 4 << 20),
                212_992,
                16 << 20,
                "what an application may ask for itself",
                "应用自行申请的上限",
                Sysctls.SYSCTL_NET))
        .decide();
  }
}
