package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Many small requests in a device's queue, more than 8 at a time, and tasks that wait for them: by
/// the kernel's pressure more than 20 % of the time or, where that is not told or the tasks wait
/// without it (io_getevents), a device that is busy more than 80 % of the time. Busy time alone
/// says little of devices that serve many at once (Documentation/admin-guide/iostats.rst, field
/// 10), so it does not rule a queue out.
final class DiskLatency implements DiagnosisRule {
  private static final double MOST_WAITING = 0.2;
  private static final double MOST_BUSY = 0.8;

  @Override
  public Outcome judge(EvidenceWindow window) {
    return Disks.judge(
        window,
        Cause.DISK_LATENCY,
        (disk, judgement) ->
            waiting(window, disk, judgement)
                .sign(
                    "requests in the queue",
                    "队列中的请求",
                    disk.queue(),
                    Unit.COUNT,
                    8,
                    disk.query("io_time_weighted_seconds"))
                .signBelow(
                    "size of a request", "请求大小", disk.requestBytes(), Unit.BYTES, 128 << 10, "")
                .support(
                    "wait for a request", "每个请求的等待", disk.awaitSeconds(), Unit.SECONDS, 0.01, "")
                .advise(
                    Advice.words(
                        "Limit the process at the top with IOReadIOPSMax= or IOWriteIOPSMax=, or move it to another disk.",
                        "用 IOReadIOPSMax= 或 IOWriteIOPSMax= 限制占用最多的进程，或迁移到其他磁盘。",
                        "https://docs.kernel.org/admin-guide/cgroup-v2.html#io")));
  }

  private static Judgement waiting(EvidenceWindow window, Disks disk, Judgement judgement) {
    OptionalDouble pressure = HostLoad.pressure(window, "io_waiting");
    boolean byPressure =
        pressure.isPresent()
            && (disk.busy().isEmpty()
                || pressure.getAsDouble() / MOST_WAITING > disk.busy().getAsDouble() / MOST_BUSY);
    return byPressure
        ? judgement.sign(
            "tasks waiting for storage (PSI some)",
            "任务等待存储(PSI some)",
            pressure,
            Unit.RATIO,
            MOST_WAITING,
            HostLoad.pressureQuery("io_waiting"))
        : judgement.sign(
            "time the device was busy",
            "设备繁忙时间",
            disk.busy(),
            Unit.RATIO,
            MOST_BUSY,
            disk.query("io_time_seconds"));
  }
}
