package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.Optional;
import java.util.OptionalDouble;

/// Tasks that wait for memory to be freed: pressure above 10 % for some or 5 % for all
/// (Documentation/accounting/psi.rst). The limit of a control group counts as well as the host's
/// memory.
final class MemoryReclaim implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble some = HostLoad.pressure(window, "memory_waiting");
    OptionalDouble full = HostLoad.pressure(window, "memory_stalled");
    OptionalDouble stall =
        some.isEmpty() || full.isEmpty()
            ? some
            : OptionalDouble.of(Math.max(some.getAsDouble(), 2 * full.getAsDouble()));
    Optional<Track> limited = Culprits.atMemoryLimit(window);
    OptionalDouble available =
        HostLoad.ratio(
            window.last("node_memory_MemAvailable_bytes"),
            window.last("node_memory_MemTotal_bytes"));
    Judgement judgement =
        Judgement.of(Cause.MEMORY_RECLAIM)
            .sign(
                "tasks waiting for memory (PSI)",
                "任务等待内存(PSI)",
                stall,
                Unit.RATIO,
                0.1,
                HostLoad.pressureQuery("memory_waiting"))
            .support(
                "pages scanned by the tasks themselves",
                "任务自行回收扫描的页",
                window.rate("node_vmstat_pgscan_direct"),
                Unit.PER_SECOND,
                100,
                HostLoad.rateQuery("node_vmstat_pgscan_direct"))
            .support(
                "memory in use",
                "内存使用率",
                available.isPresent()
                    ? OptionalDouble.of(1 - available.getAsDouble())
                    : OptionalDouble.empty(),
                Unit.RATIO,
                limited.isPresent() ? 0 : 0.9,
                "1 - node_memory_MemAvailable_bytes{instance=\"$host\"} / node_memory_MemTotal_bytes{instance=\"$host\"}");
    if (limited.isPresent()) {
      String unit = limited.get().label("unit");
      OptionalDouble used = window.last("evenkeel_unit_memory_bytes", "unit", unit);
      judgement.about(unit).by(Culprits.inUnit(window, unit, used, Unit.BYTES));
      judgement.advise(
          UnitMemory.more(
              window,
              unit,
              used,
              1.25,
              Text.of(
                  "the unit works at its own limit while the host has memory",
                  "该单元已到自身上限，而主机仍有内存")));
    } else {
      judgement.by(Culprits.ofMemory(window));
    }
    return judgement
        .advise(
            Sysctls.turn(
                window,
                "vm.watermark_scale_factor",
                now -> Math.max(now, 50),
                10,
                200,
                "the kernel frees memory earlier, in the background",
                "内核更早地在后台回收内存",
                Sysctls.SYSCTL_VM))
        .decide();
  }
}
