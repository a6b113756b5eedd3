package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import java.util.Map;

/// A file system with less than 5 % of its inodes left.
final class Inodes implements DiagnosisRule {
  @Override
  public Outcome judge(EvidenceWindow window) {
    Map<String, Double> sizes = window.lastBy("node_filesystem_files", "mountpoint");
    return Filesystems.judge(
        window,
        Cause.INODES,
        "node_filesystem_files_free",
        sizes,
        "inodes left",
        "剩余索引节点",
        Advice.words(
            "Find the folder with many small files ('du --inodes') and clear it, or make a file system with more inodes.",
            "用 du --inodes 找出小文件众多的目录并清理，或重建索引节点更多的文件系统。",
            "https://man7.org/linux/man-pages/man1/du.1.html"));
  }
}
