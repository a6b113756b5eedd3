package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Packets that were dropped because a processor's backlog was full: above 0.01 % of all, growing
/// in at least three steps (Documentation/admin-guide/sysctl/net.rst, netdev_max_backlog).
final class SoftnetDrops implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble dropped = window.rate("node_softnet_dropped_total");
    OptionalDouble processed = window.rate("node_softnet_processed_total");
    int steps =
        window.of("node_softnet_dropped_total").stream()
            .mapToInt(Track::growingSteps)
            .max()
            .orElse(0);
    return Judgement.of(Cause.SOFTNET_DROPS)
        .sign(
            "dropped of the packets",
            "丢弃占比",
            HostLoad.ratio(dropped, HostLoad.plus(dropped, processed)),
            Unit.RATIO,
            0.0001,
            HostLoad.rateQuery("node_softnet_dropped_total"))
        .sign(
            "readings in which it grew",
            "增长的采样次数",
            dropped.isPresent() ? OptionalDouble.of(steps) : dropped,
            Unit.COUNT,
            1.5,
            "")
        .support(
            "times the budget ran out",
            "预算用尽次数",
            window.rate("node_softnet_times_squeezed_total"),
            Unit.PER_SECOND,
            0,
            "")
        .advise(
            Sysctls.twice(
                window,
                "net.core.netdev_max_backlog",
                30_000,
                "a longer backlog takes bursts",
                "更长的队列可以承受突发",
                Sysctls.SYSCTL_NET))
        .advise(
            Sysctls.turn(
                window,
                "net.core.netdev_budget",
                now -> Math.max(600, now),
                300,
                600,
                "more packets in one turn of the processor",
                "每轮处理更多数据包",
                Sysctls.SYSCTL_NET))
        .decide();
  }
}
