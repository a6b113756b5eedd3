package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.OptionalDouble;

/// Files' pages that are read again soon after they were dropped (mm/workingset.c), and tasks that
/// wait for it: more than 1 MiB of refaults a second, of which each is a blocking read of its own
/// when access is random, and more than one for ten requests of the disks. Requests count and not
/// bytes, because those of others, read ahead in large pieces, hide small ones.
final class PageCacheChurn implements DiagnosisRule {
  private static final double PAGE = 4096;

  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble refaults = window.rate("node_vmstat_workingset_refault_file");
    OptionalDouble bytes =
        refaults.isPresent()
            ? OptionalDouble.of(refaults.getAsDouble() * PAGE)
            : OptionalDouble.empty();
    OptionalDouble requests =
        window.rate(
            "node_disk_reads_completed_total", track -> Disks.isReal(track.label("device")));
    Judgement judgement = Judgement.of(Cause.PAGE_CACHE_CHURN);
    // Where a unit's own limit makes it drop what it reads again, the host has the memory.
    Culprits.atMemoryLimit(window)
        .map(track -> track.label("unit"))
        .ifPresent(unit ->
            judgement
                .about(unit)
                .advise(
                    UnitMemory.more(
                        window,
                        unit,
                        window.last("evenkeel_unit_memory_bytes", "unit", unit),
                        1.5,
                        Text.of(
                            "half as much memory again for the unit, so that the files in use fit",
                            "为该单元增加一半内存，使在用文件放得下"))));
    return judgement
        .sign(
            "read again after being dropped",
            "丢弃后又重新读取",
            bytes,
            Unit.BYTES_PER_SECOND,
            1 << 20,
            HostLoad.rateQuery("node_vmstat_workingset_refault_file") + " * 4096")
        .sign(
            "for each read request of the disks",
            "每次磁盘读请求对应的重读",
            HostLoad.part(refaults, requests),
            Unit.COUNT,
            0.1,
            "")
        .sign(
            "tasks waiting for storage (PSI some)",
            "任务等待存储(PSI some)",
            HostLoad.pressure(window, "io_waiting"),
            Unit.RATIO,
            0.1,
            HostLoad.pressureQuery("io_waiting"))
        .by(Culprits.ofReading(window))
        .advise(
            Advice.words(
                "Give whoever suffers a MemoryLow=, limit whoever scans with MemoryHigh=, or add memory: the files in use do not fit.",
                "为受影响的单元设置 MemoryLow=,为扫描者设置 MemoryHigh=,或增加内存：在用文件放不下。",
                "https://docs.kernel.org/admin-guide/cgroup-v2.html#memory"))
        .decide();
  }
}
