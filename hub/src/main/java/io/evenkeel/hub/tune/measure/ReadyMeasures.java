package io.evenkeel.hub.tune.measure;

import io.evenkeel.hub.diagnose.finding.Evidence;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Measures that are there to choose from, for every Linux host with the agent's metrics.
public final class ReadyMeasures {
  private static final Pattern FIXED_WINDOW = Pattern.compile("\\[[0-9]+(ms|[smhd])]");
  private static final String SEGMENTS =
      "rate(node_netstat_Tcp_OutSegs{instance=\"$host\"}[$window])";
  private static final String DATAGRAMS =
      "rate(node_netstat_Udp_InDatagrams{instance=\"$host\"}[$window])";

  public static final List<Measure> ALL =
      List.of(
          less(
              "CPU pressure: time that work waited for a processor",
              "处理器压力：任务等待处理器的时间",
              "rate(node_pressure_cpu_waiting_seconds_total{instance=\"$host\"}[$window])",
              Unit.RATIO,
              null),
          less(
              "Memory pressure: time that work waited for memory",
              "内存压力：任务等待内存的时间",
              "rate(node_pressure_memory_waiting_seconds_total{instance=\"$host\"}[$window])",
              Unit.RATIO,
              null),
          less(
              "Disk pressure: time that work waited for disks",
              "磁盘压力：任务等待磁盘的时间",
              "rate(node_pressure_io_waiting_seconds_total{instance=\"$host\"}[$window])",
              Unit.RATIO,
              null),
          less(
              "CPU in use",
              "处理器用量",
              "sum(rate(node_cpu_seconds_total{instance=\"$host\",mode!~\"idle|iowait\"}[$window]))",
              Unit.CORES,
              SEGMENTS),
          less(
              "Wait for each disk request, the slowest disk",
              "每个磁盘请求的等待时间（最慢的磁盘）",
              "max("
                  + "(rate(node_disk_read_time_seconds_total{instance=\"$host\"}[$window])"
                  + " + rate(node_disk_write_time_seconds_total{instance=\"$host\"}[$window]))"
                  + " / (rate(node_disk_reads_completed_total{instance=\"$host\"}[$window])"
                  + " + rate(node_disk_writes_completed_total{instance=\"$host\"}[$window]) > 0))",
              Unit.SECONDS,
              null),
          more(
              "Disk throughput",
              "磁盘吞吐",
              "sum(rate(node_disk_read_bytes_total{instance=\"$host\"}[$window])"
                  + " + rate(node_disk_written_bytes_total{instance=\"$host\"}[$window]))",
              Unit.BYTES_PER_SECOND),
          more(
              "Network throughput",
              "网络吞吐",
              "sum(rate(node_network_transmit_bytes_total{instance=\"$host\",device!=\"lo\"}[$window])"
                  + " + rate(node_network_receive_bytes_total{instance=\"$host\",device!=\"lo\"}[$window]))",
              Unit.BYTES_PER_SECOND),
          less(
              "Retransmitted TCP segments",
              "TCP 重传",
              "rate(node_netstat_Tcp_RetransSegs{instance=\"$host\"}[$window]) / " + SEGMENTS,
              Unit.RATIO,
              SEGMENTS),
          less(
              "Connections turned away by a full accept queue",
              "因连接队列已满而被拒的连接",
              "rate(node_netstat_TcpExt_ListenOverflows{instance=\"$host\"}[$window])",
              Unit.PER_SECOND,
              null),
          less(
              "Datagrams lost to a full receive buffer",
              "因接收缓冲区已满而丢失的数据报",
              "rate(node_netstat_Udp_RcvbufErrors{instance=\"$host\"}[$window])",
              Unit.PER_SECOND,
              DATAGRAMS),
          less(
              "Context switches",
              "上下文切换",
              "rate(node_context_switches_total{instance=\"$host\"}[$window])",
              Unit.PER_SECOND,
              null));

  private ReadyMeasures() {}

  /// What a finding's sign measures, with a window short enough for a trial.
  public static Measure of(Evidence sign) {
    return new Measure(
        sign.what(),
        FIXED_WINDOW.matcher(sign.query()).replaceAll("[\\$window]"),
        sign.above(),
        sign.unit(),
        null,
        null,
        null);
  }

  /// The worst of a measure's numbers, where it gives several.
  public static Measure worst(Measure measure) {
    return new Measure(
        measure.title(),
        (measure.lowerIsBetter() ? "max(" : "min(") + measure.expression() + ")",
        measure.lowerIsBetter(),
        measure.unit(),
        measure.offered(),
        measure.errors(),
        measure.p99());
  }

  private static Measure less(
      String en, String zh, String expression, Unit unit, @Nullable String offered) {
    return new Measure(Text.of(en, zh), expression, true, unit, offered, null, null);
  }

  private static Measure more(String en, String zh, String expression, Unit unit) {
    return new Measure(Text.of(en, zh), expression, false, unit, null, null, null);
  }
}
