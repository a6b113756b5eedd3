package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Files' pages that are read again soon after they were dropped: refaults above a tenth of what
/// the disks read (mm/workingset.c).
final class PageCacheChurn implements DiagnosisRule {
  private static final double PAGE = 4096;

  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble refaults = window.rate("node_vmstat_workingset_refault_file");
    OptionalDouble bytes =
        refaults.isPresent()
            ? OptionalDouble.of(refaults.getAsDouble() * PAGE)
            : OptionalDouble.empty();
    OptionalDouble read =
        window.rate("node_disk_read_bytes_total", track -> Disks.isReal(track.label("device")));
    return Judgement.of(Cause.PAGE_CACHE_CHURN)
        .sign(
            "read again after being dropped",
            "丢弃后又重新读取",
            bytes,
            Unit.BYTES_PER_SECOND,
            4 << 20,
            HostLoad.rateQuery("node_vmstat_workingset_refault_file") + " * 4096")
        .sign(
            "of what the disks read",
            "占磁盘读取量",
            HostLoad.part(bytes, read),
            Unit.RATIO,
            0.1,
            "")
        .supportStorageWait(window)
        .by(Culprits.ofReading(window))
        .advise(
            Advice.words(
                "Give whoever suffers a MemoryLow=, limit whoever scans with MemoryHigh=, or add memory: the files in use do not fit.",
                "为受影响的单元设置 MemoryLow=,为扫描者设置 MemoryHigh=,或增加内存：在用文件放不下。",
                "https://docs.kernel.org/admin-guide/cgroup-v2.html#memory"))
        .decide();
  }
}
