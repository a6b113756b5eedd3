package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Half-open connections beyond the listener's queue: dropped or answered with cookies more than
/// once a second (Documentation/networking/snmp_counter.rst).
final class SynQueue implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble beyond =
        HostLoad.plus(
            window.rate("node_netstat_TcpExt_TCPReqQFullDrop"),
            window.rate("node_netstat_TcpExt_TCPReqQFullDoCookies"));
    return Judgement.of(Cause.SYN_QUEUE)
        .sign(
            "SYN beyond the queue",
            "超出半连接队列的 SYN",
            beyond,
            Unit.PER_SECOND,
            1,
            HostLoad.rateQuery("node_netstat_TcpExt_TCPReqQFullDoCookies"))
        .advise(
            Sysctls.turn(
                window,
                "net.ipv4.tcp_max_syn_backlog",
                now -> Math.max(1024, 2 * now),
                128,
                16_384,
                "more half-open connections are kept; SYN cookies stay on",
                "保留更多半连接；SYN cookies 保持开启",
                Sysctls.IP_SYSCTL))
        .decide();
  }
}
