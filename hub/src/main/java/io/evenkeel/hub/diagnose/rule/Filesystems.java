package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Judges what file systems have left.
final class Filesystems {
  private static final double LEAST = 0.05;

  private Filesystems() {}

  static Outcome judge(
      EvidenceWindow window,
      Cause cause,
      String leftMetric,
      Map<String, Double> sizes,
      String en,
      String zh,
      Advice advice) {
    Optional<Track> worst =
        window.of(leftMetric).stream()
            .filter(track -> isJudged(track, sizes))
            .min(Comparator.comparingDouble(track -> share(track, sizes)));
    if (worst.isEmpty()) {
      return Judgement.unknown(cause, "no file system is measured here", "此处没有文件系统数据");
    }
    Track track = worst.get();
    return Judgement.of(cause)
        .about(track.label("mountpoint"))
        .signBelow(
            en,
            zh,
            OptionalDouble.of(share(track, sizes)),
            Unit.RATIO,
            LEAST,
            leftMetric
                + "{instance=\"$host\",mountpoint=\""
                + track.label("mountpoint").replace("\\", "\\\\").replace("\"", "\\\"")
                + "\"}")
        .by(Culprits.ofWriting(window))
        .advise(advice)
        .decide();
  }

  private static double share(Track track, Map<String, Double> sizes) {
    return track.last() / sizes.getOrDefault(track.label("mountpoint"), Double.NaN);
  }

  /// File systems that are made full (images) or have no such limit say nothing.
  private static boolean isJudged(Track track, Map<String, Double> sizes) {
    return sizes.getOrDefault(track.label("mountpoint"), 0.0) > 0
        && !track.label("fstype").matches("squashfs|iso9660|erofs|cramfs|overlay|ramfs|efivarfs");
  }
}
