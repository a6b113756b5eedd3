package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;

/// A connection tracking table that is three quarters full: at the limit new connections are
/// dropped (Documentation/networking/nf_conntrack-sysctl.rst).
final class Conntrack implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    return Judgement.of(Cause.CONNTRACK)
        .sign(
            "entries of the limit",
            "条目占上限",
            HostLoad.ratio(
                window.max("node_nf_conntrack_entries"),
                window.last("node_nf_conntrack_entries_limit")),
            Unit.RATIO,
            0.75,
            "node_nf_conntrack_entries{instance=\"$host\"} / node_nf_conntrack_entries_limit{instance=\"$host\"}")
        .advise(
            Sysctls.twice(
                window,
                "net.netfilter.nf_conntrack_max",
                4_194_304,
                "twice the table; an entry takes about 320 bytes",
                "表加倍；每条约占 320 字节",
                "https://docs.kernel.org/networking/nf_conntrack-sysctl.html"))
        .decide();
  }
}
