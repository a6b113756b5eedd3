package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;

/// Tasks that wait while the kernel makes huge pages, and get none
/// (Documentation/admin-guide/mm/transhuge.rst).
final class HugePageStalls implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    return Judgement.of(Cause.HUGE_PAGE_STALLS)
        .sign(
            "stalls to compact memory",
            "内存整理停顿",
            window.rate("node_vmstat_compact_stall"),
            Unit.PER_SECOND,
            10,
            HostLoad.rateQuery("node_vmstat_compact_stall"))
        .sign(
            "huge pages that could not be had",
            "大页分配失败",
            window.rate("node_vmstat_thp_fault_fallback"),
            Unit.PER_SECOND,
            1,
            HostLoad.rateQuery("node_vmstat_thp_fault_fallback"))
        .by(Culprits.ofMemory(window))
        .advise(
            Advice.turn(
                new Advice.Change("transparent_hugepage/defrag", "", "", "defer+madvise", 0, 0),
                Text.of(
                    "huge pages are made in the background, not while a task waits",
                    "在后台整理大页，不让任务等待"),
                "https://docs.kernel.org/admin-guide/mm/transhuge.html"))
        .decide();
  }
}
