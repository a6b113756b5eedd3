package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;

/// Connections that were refused because a listener's queue was full: more than one a second
/// (tcp(7); Documentation/networking/snmp_counter.rst, ListenOverflows).
final class AcceptOverflow implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    return Judgement.of(Cause.ACCEPT_OVERFLOW)
        .sign(
            "overflows of an accept queue",
            "连接队列溢出",
            window.rate("node_netstat_TcpExt_ListenOverflows"),
            Unit.PER_SECOND,
            1,
            HostLoad.rateQuery("node_netstat_TcpExt_ListenOverflows"))
        .advise(
            Sysctls.turn(
                window,
                "net.core.somaxconn",
                now -> Math.max(4096, 2 * now),
                128,
                16_384,
                "a longer queue takes bursts; the application's own backlog must allow it, and it must listen() again",
                "更长的队列可承受突发；应用自身的 backlog 也要放宽，并重新 listen()",
                Sysctls.IP_SYSCTL))
        .advise(
            Advice.words(
                "When it overflows all the time the server accepts too slowly: more workers, or profile it.",
                "若持续溢出，说明服务接受连接太慢：增加工作进程，或做性能剖析。",
                "https://man7.org/linux/man-pages/man2/listen.2.html"))
        .decide();
  }
}
