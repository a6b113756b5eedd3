package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.OptionalDouble;

/// TCP that runs out of buffer: more memory than the middle of tcp_mem, or segments that were
/// dropped or squeezed together because a socket's buffer was full
/// (Documentation/networking/ip-sysctl.rst, snmp_counter.rst).
final class TcpBuffers implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble memory =
        HostLoad.ratio(
            window.max("node_sockstat_TCP_mem"),
            window.indexed(Sysctls.metric("net.ipv4.tcp_mem"), 1));
    OptionalDouble squeezed =
        HostLoad.plus(
            window.rate("node_netstat_TcpExt_PruneCalled"),
            window.rate("node_netstat_TcpExt_RcvPruned"),
            window.rate("node_netstat_TcpExt_TCPRcvQDrop"));
    boolean byMemory = memory.isPresent() && memory.getAsDouble() > 1;
    Judgement judgement = Judgement.of(Cause.TCP_BUFFERS);
    if (byMemory) {
      judgement.sign(
          "memory of TCP, of where it is held back",
          "TCP 内存占限制值",
          memory,
          Unit.RATIO,
          1,
          "node_sockstat_TCP_mem{instance=\"$host\"}");
    } else {
      judgement.sign(
          "segments dropped or squeezed for want of buffer",
          "因缓冲区不足被丢弃或压缩的段",
          squeezed,
          Unit.PER_SECOND,
          5,
          HostLoad.rateQuery("node_netstat_TcpExt_PruneCalled"));
    }
    OptionalDouble most = window.indexed(Sysctls.metric("net.ipv4.tcp_rmem"), 2);
    if (most.isPresent() && most.getAsDouble() < 16 << 20) {
      judgement.advise(
          Advice.turn(
              new Advice.Change(
                  "net.ipv4.tcp_rmem",
                  "",
                  Sysctls.number(most.getAsDouble()),
                  Sysctls.number(Math.clamp(2 * most.getAsDouble(), 4 << 20, 16 << 20)),
                  most.getAsDouble(),
                  16 << 20),
              Text.of("a greater largest receive buffer", "增大接收缓冲区上限"),
              Sysctls.IP_SYSCTL));
    }
    return judgement.decide();
  }
}
