package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;

/// A device that is busy all the time with large requests: its bandwidth is the limit.
final class DiskThroughput implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    return Disks.judge(
        window,
        Cause.DISK_THROUGHPUT,
        (disk, judgement) ->
            judgement
                .sign(
                    "time the device was busy",
                    "设备繁忙时间",
                    disk.busy(),
                    Unit.RATIO,
                    0.85,
                    disk.query("io_time_seconds"))
                .sign(
                    "size of a request",
                    "请求大小",
                    disk.requestBytes(),
                    Unit.BYTES,
                    (128 << 10) - 1,
                    "")
                .sign(
                    "requests in the queue",
                    "队列中的请求",
                    disk.queue(),
                    Unit.COUNT,
                    1.5,
                    disk.query("io_time_weighted_seconds"))
                .advise(
                    Advice.words(
                        "Read and write less (compress, cache), spread the data over more disks, or take a faster one; where reads are sequential a larger read_ahead_kb helps.",
                        "减少读写(压缩、缓存),把数据分散到更多磁盘，或换更快的盘；顺序读可增大 read_ahead_kb。",
                        "https://docs.kernel.org/block/queue-sysfs.html")));
  }
}
