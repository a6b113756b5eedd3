package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Many more tasks than processors that hand over to one another all the time: more than 20,000
/// switches a second and processor, and long waits (schedstat's waiting above running; without it
/// pressure above 40 %).
final class RunQueue implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble waits =
        HostLoad.ratio(
            window.rate("node_schedstat_waiting_seconds_total"),
            window.rate("node_schedstat_running_seconds_total"));
    Judgement judgement =
        Judgement.of(Cause.RUN_QUEUE)
            .sign(
                "context switches for each CPU",
                "每处理器上下文切换",
                HostLoad.switches(window),
                Unit.PER_SECOND,
                20_000,
                HostLoad.rateQuery("node_context_switches_total"));
    if (waits.isPresent()) {
      judgement.sign("time waiting to run / running", "等待/运行时间", waits, Unit.COUNT, 1, "");
    } else {
      judgement.sign(
          "tasks waiting for CPU (PSI some)",
          "任务等待处理器(PSI some)",
          HostLoad.pressure(window, "cpu_waiting"),
          Unit.RATIO,
          0.4,
          HostLoad.pressureQuery("cpu_waiting"));
    }
    return judgement
        .support(
            "CPU time in the kernel",
            "内核态处理器时间",
            HostLoad.mode(window, "system"),
            Unit.RATIO,
            0.3,
            "")
        .by(Culprits.ofProcessor(window))
        .advise(
            Advice.words(
                "Fewer threads or processes than now: about as many as there are processors, with larger pieces of work.",
                "减少线程或进程数量，大致与处理器数相同，并增大每次处理的工作量。",
                "https://docs.kernel.org/scheduler/sched-stats.html"))
        .decide();
  }
}
