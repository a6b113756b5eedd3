package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import java.util.Map;

/// A file system with less than 5 % left to users.
final class DiskFull implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    Map<String, Double> sizes = window.lastBy("node_filesystem_size_bytes", "mountpoint");
    return Filesystems.judge(
        window,
        Cause.DISK_FULL,
        "node_filesystem_avail_bytes",
        sizes,
        "space left",
        "剩余空间",
        Advice.words(
            "Find what grew and remove or move it, or enlarge the file system; Evenkeel never deletes by itself.",
            "找出增长的数据并删除或迁移，或扩容文件系统；Evenkeel 从不自行删除。",
            "https://man7.org/linux/man-pages/man1/du.1.html"));
  }
}
