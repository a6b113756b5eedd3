package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Memory that was taken from a far node although a near one was wanted
/// (Documentation/admin-guide/numastat.rst).
final class Numa implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble miss = window.rate("node_vmstat_numa_miss");
    return Judgement.of(Cause.NUMA)
        .sign(
            "allocations on the wrong node",
            "分配到错误节点的占比",
            HostLoad.part(miss, HostLoad.total(miss, window.rate("node_vmstat_numa_hit"))),
            Unit.RATIO,
            0.1,
            HostLoad.rateQuery("node_vmstat_numa_miss"))
        .by(Culprits.ofMemory(window))
        .advise(
            Sysctls.turn(
                window,
                "kernel.numa_balancing",
                now -> 1,
                0,
                1,
                "the kernel moves pages to where they are used",
                "内核把页迁移到使用它的节点",
                "https://docs.kernel.org/admin-guide/sysctl/kernel.html"))
        .decide();
  }
}
