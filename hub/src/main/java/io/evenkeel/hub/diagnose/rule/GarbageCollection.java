package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;

/// A Java process that spends more than 10 % of its time in pauses of its garbage collector, over
/// at least three readings: a short-lived compiler makes one or two.
final class GarbageCollection implements DiagnosisRule {
  private static final String PAUSES = "evenkeel_jvm_gc_pause_ratio";
  private static final double SHARE = 0.1;

  @Override
  public Outcome judge(EvidenceWindow window) {
    Optional<Track> worst = window.of(PAUSES).stream().max(Comparator.comparingDouble(Track::mean));
    if (worst.isEmpty()) {
      return Judgement.unknown(
          Cause.GARBAGE_COLLECTION, "no Java process is readable here", "此处没有可读取的 Java 进程");
    }
    Track track = worst.get();
    double closed = window.max("evenkeel_jvm_unreadable_processes").orElse(0);
    if (closed > 0 && track.mean() <= SHARE) {
      return Judgement.unknown(
          Cause.GARBAGE_COLLECTION,
          "Java processes of other users keep their counters to themselves",
          "其他用户的 Java 进程不允许读取计数器");
    }
    return Judgement.of(Cause.GARBAGE_COLLECTION)
        .about(track.label("comm"))
        .by(Optional.of(Culprits.process(track, track.mean(), Unit.RATIO)))
        .sign(
            "time in pauses",
            "停顿时间占比",
            OptionalDouble.of(track.mean()),
            Unit.RATIO,
            SHARE,
            PAUSES + "{instance=\"$host\"}")
        .advise(
            Advice.words(
                "A larger heap (-Xmx) or another collector (-XX:+UseZGC), at the next restart; profile its allocations first.",
                "在下次重启时增大堆(-Xmx)或更换收集器(-XX:+UseZGC);先剖析其内存分配。",
                "https://docs.oracle.com/en/java/javase/25/gctuning/"))
        .decide();
  }
}
