package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;

/// Time that the hypervisor gave to other guests although this one wanted to run (proc_stat(5),
/// steal).
final class Steal implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    return Judgement.of(Cause.STEAL)
        .sign(
            "CPU time stolen",
            "被抢占的处理器时间",
            HostLoad.mode(window, "steal"),
            Unit.RATIO,
            0.1,
            "avg(rate(node_cpu_seconds_total{instance=\"$host\",mode=\"steal\"}[1m]))")
        .support(
            "tasks waiting for CPU (PSI some)",
            "任务等待处理器(PSI some)",
            HostLoad.pressure(window, "cpu_waiting"),
            Unit.RATIO,
            0.2,
            HostLoad.pressureQuery("cpu_waiting"))
        .advise(
            Advice.words(
                "Nothing inside this machine helps: move it to another host or take a larger size.",
                "机器内部无法解决：请迁移到其他宿主机，或升级规格。",
                "https://man7.org/linux/man-pages/man5/proc_stat.5.html"))
        .decide();
  }
}
