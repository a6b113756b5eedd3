package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.OptionalDouble;

/// Local ports that closed connections still hold: more than 80 % of the range in TIME_WAIT
/// (Documentation/networking/ip-sysctl.rst, ip_local_port_range).
final class EphemeralPorts implements DiagnosisRule {
  private static final String RANGE = "net.ipv4.ip_local_port_range";

  private static final String SHARE =
      "node_sockstat_TCP_tw{instance=\"$host\"} / on (instance) ("
          + Sysctls.metric(RANGE)
          + "{instance=\"$host\",index=\"1\"} - ignoring (index) "
          + Sysctls.metric(RANGE)
          + "{instance=\"$host\",index=\"0\"} + 1)";

  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble low = window.indexed(Sysctls.metric(RANGE), 0);
    OptionalDouble high = window.indexed(Sysctls.metric(RANGE), 1);
    OptionalDouble range =
        low.isPresent() && high.isPresent()
            ? OptionalDouble.of(high.getAsDouble() - low.getAsDouble() + 1)
            : OptionalDouble.empty();
    Judgement judgement =
        Judgement.of(Cause.EPHEMERAL_PORTS)
            .sign(
                "ports held by closed connections, of the range",
                "已关闭连接占用的端口占范围",
                HostLoad.ratio(window.max("node_sockstat_TCP_tw"), range),
                Unit.RATIO,
                0.8,
                SHARE);
    if (low.isPresent() && high.isPresent() && low.getAsDouble() > 10_240) {
      judgement.advise(
          Advice.turn(
              new Advice.Change(
                  RANGE,
                  "",
                  Sysctls.number(low.getAsDouble()) + " " + Sysctls.number(high.getAsDouble()),
                  "10240 65535",
                  10_240,
                  65_535),
              Text.of(
                  "more ports; reserve those of services above 10240 by ip_local_reserved_ports",
                  "扩大端口范围；10240 以上的服务端口需用 ip_local_reserved_ports 保留"),
              Sysctls.IP_SYSCTL));
    }
    return judgement
        .advise(
            Advice.words(
                "Keep connections alive (a pool, HTTP keep-alive): then no port is needed for each request.",
                "保持长连接(连接池、HTTP keep-alive),避免每个请求占用一个端口。",
                Sysctls.IP_SYSCTL))
        .decide();
  }
}
