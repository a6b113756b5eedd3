package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.OptionalDouble;

/// Many small requests that wait in a device's queue: more than 8 at a time while the device is
/// busy. The share of busy time alone says little of devices that serve many at once, so it only
/// joins the queue here.
final class DiskLatency implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    return Disks.judge(
        window,
        Cause.DISK_LATENCY,
        (disk, judgement) ->
            judgement
                .sign(
                    "requests in the queue",
                    "队列中的请求",
                    OptionalDouble.of(disk.queue()),
                    Unit.COUNT,
                    8,
                    disk.query("io_time_weighted_seconds"))
                .sign(
                    "time the device was busy",
                    "设备繁忙时间",
                    OptionalDouble.of(disk.busy()),
                    Unit.RATIO,
                    0.8,
                    disk.query("io_time_seconds"))
                .signBelow(
                    "size of a request",
                    "请求大小",
                    OptionalDouble.of(disk.requestBytes()),
                    Unit.BYTES,
                    128 << 10,
                    "")
                .support(
                    "wait for a request",
                    "每个请求的等待",
                    OptionalDouble.of(disk.awaitSeconds()),
                    Unit.SECONDS,
                    0.01,
                    "")
                .advise(
                    Advice.words(
                        "Limit the process at the top with IOReadIOPSMax= or IOWriteIOPSMax=, or move it to another disk.",
                        "用 IOReadIOPSMax= 或 IOWriteIOPSMax= 限制占用最多的进程，或迁移到其他磁盘。",
                        "https://docs.kernel.org/admin-guide/cgroup-v2.html#io")));
  }
}
