package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;

/// Pages that go to swap and come back at the same time. A unit at its own limit of memory is
/// behind it rather than the largest process.
final class SwapThrash implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    return Judgement.of(Cause.SWAP_THRASH)
        .sign(
            "pages swapped in",
            "换入页",
            window.rate("node_vmstat_pswpin"),
            Unit.PER_SECOND,
            100,
            HostLoad.rateQuery("node_vmstat_pswpin"))
        .sign(
            "pages swapped out",
            "换出页",
            window.rate("node_vmstat_pswpout"),
            Unit.PER_SECOND,
            100,
            HostLoad.rateQuery("node_vmstat_pswpout"))
        .support(
            "major faults",
            "主缺页",
            window.rate("node_vmstat_pgmajfault"),
            Unit.PER_SECOND,
            500,
            HostLoad.rateQuery("node_vmstat_pgmajfault"))
        .by(
            Culprits.atMemoryLimit(window)
                .map(track -> track.label("unit"))
                .map(unit ->
                    Culprits.inUnit(
                        window,
                        unit,
                        window.last("evenkeel_unit_memory_bytes", "unit", unit),
                        Unit.BYTES))
                .orElseGet(() -> Culprits.ofMemory(window)))
        .advise(
            Sysctls.turn(
                window,
                "vm.swappiness",
                now -> Math.min(now, 20),
                10,
                60,
                "the kernel drops cache before it swaps",
                "内核优先丢弃缓存而不是换出",
                Sysctls.SYSCTL_VM))
        .advise(
            Sysctls.turn(
                window,
                "vm.page-cluster",
                now -> 0,
                0,
                3,
                "no read-ahead from swap, which helps on solid-state disks",
                "关闭交换预读，适合固态盘",
                Sysctls.SYSCTL_VM))
        .decide();
  }
}
