package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Writers that the kernel holds back because too many pages wait to be written: beyond 80 % of the
/// limit it paces them hard (mm/page-writeback.c), with pressure on storage.
final class DirtyPages implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble waiting =
        HostLoad.plus(window.max("node_vmstat_nr_dirty"), window.max("node_vmstat_nr_writeback"));
    OptionalDouble total = window.last("node_memory_MemTotal_bytes");
    Judgement judgement =
        Judgement.of(Cause.DIRTY_PAGES)
            .sign(
                "dirty and written pages of their limit",
                "脏页与回写页占上限",
                HostLoad.ratio(waiting, window.last("node_vmstat_nr_dirty_threshold")),
                Unit.RATIO,
                0.8,
                "(node_vmstat_nr_dirty{instance=\"$host\"} + node_vmstat_nr_writeback{instance=\"$host\"})"
                    + " / node_vmstat_nr_dirty_threshold{instance=\"$host\"}")
            .sign(
                "tasks waiting for storage (PSI some)",
                "任务等待存储(PSI some)",
                HostLoad.pressure(window, "io_waiting"),
                Unit.RATIO,
                0.2,
                HostLoad.pressureQuery("io_waiting"))
            .by(Culprits.ofWriting(window));
    total.ifPresent(bytes ->
        judgement.advise(
            Sysctls.turn(
                window,
                "vm.dirty_background_bytes",
                now -> 128L << 20,
                64L << 20,
                256L << 20,
                "writing begins early, in the background (this zeroes vm.dirty_background_ratio)",
                "更早开始后台回写(会把 vm.dirty_background_ratio 置零)",
                Sysctls.SYSCTL_VM)));
    return judgement
        .advise(
            Sysctls.turn(
                window,
                "vm.dirty_bytes",
                now -> 512L << 20,
                256L << 20,
                1L << 30,
                "fewer pages wait at once, so that an fsync waits less (this zeroes vm.dirty_ratio)",
                "限制同时等待的脏页，缩短 fsync 等待(会把 vm.dirty_ratio 置零)",
                Sysctls.SYSCTL_VM))
        .decide();
  }
}
