package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Culprit;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Tasks near a limit: 85 % of a unit's or the host's, or a fork that a unit's limit refused.
final class Pids implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    Map<String, Double> limits = window.lastBy("evenkeel_unit_pids_max", "unit");
    String worst = "";
    double share = 0;
    for (Track track : window.of("evenkeel_unit_pids")) {
      double limit = limits.getOrDefault(track.label("unit"), 0.0);
      if (limit > 0 && track.max() / limit > share) {
        share = track.max() / limit;
        worst = track.label("unit");
      }
    }
    for (Track track : window.of("evenkeel_unit_pids_events_total")) {
      if (track.increase() > 0) {
        share = Math.max(share, 1);
        worst = track.label("unit");
      }
    }
    OptionalDouble host =
        HostLoad.greatest(
            HostLoad.ratio(
                window.max("node_processes_threads"), window.last("node_processes_max_threads")),
            HostLoad.ratio(
                window.max("node_processes_pids"), window.last("node_processes_max_processes")));
    Judgement judgement = Judgement.of(Cause.PIDS);
    if (worst.isEmpty() || host.isPresent() && share < host.getAsDouble()) {
      return judgement
          .sign("tasks of the host, of the limit", "整机任务数占上限", host, Unit.RATIO, 0.85, "")
          .advise(
              Sysctls.twice(
                  window,
                  "kernel.threads-max",
                  4_194_304,
                  "twice the limit of the host",
                  "整机上限加倍",
                  "https://docs.kernel.org/admin-guide/sysctl/kernel.html"))
          .decide();
    }
    String unit = worst;
    Double limit = limits.get(unit);
    if (limit != null) {
      judgement.advise(
          Advice.turn(
              new Advice.Change(
                  "TasksMax",
                  unit,
                  Sysctls.number(limit),
                  Sysctls.number(2 * limit),
                  limit,
                  Math.max(limit, 32_768)),
              Text.of("twice the unit's limit", "该单元上限加倍"),
              "https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html"));
    }
    return judgement
        .about(unit)
        .sign(
            "tasks of the unit, of its limit",
            "单元任务数占其上限",
            OptionalDouble.of(share),
            Unit.RATIO,
            0.85,
            "evenkeel_unit_pids{instance=\"$host\",unit="
                + HostLoad.quoted(unit)
                + "} / evenkeel_unit_pids_max{instance=\"$host\"}")
        .by(Optional.of(new Culprit(unit, "", "", share, Unit.RATIO)))
        .decide();
  }
}
