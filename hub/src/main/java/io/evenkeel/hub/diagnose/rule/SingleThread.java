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

/// A thread that uses a whole processor while the others idle for more than half of the time: more
/// processors would not help.
final class SingleThread implements DiagnosisRule {
  private static final String THREAD = "evenkeel_process_hottest_thread_cores";

  @Override
  public Outcome judge(EvidenceWindow window) {
    int cores = window.cores();
    if (cores < 2) {
      return Judgement.unknown(
          Cause.SINGLE_THREAD,
          "a machine with one processor cannot tell a thread from itself",
          "只有一个处理器，无法区分单线程瓶颈");
    }
    Optional<Track> hottest =
        window.of(THREAD).stream()
            .filter(track -> track.spanMillis() >= 3_000)
            .max(Comparator.comparingDouble(Track::mean));
    // Threads are read only of processes that use much: none means that no thread is hot.
    OptionalDouble hot =
        hottest
            .map(track -> OptionalDouble.of(track.mean()))
            .orElse(
                window.of("evenkeel_process_cpu_seconds_total").isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(0));
    return Judgement.of(Cause.SINGLE_THREAD)
        .sign("the hottest thread", "最忙的线程", hot, Unit.CORES, 0.9, THREAD + "{instance=\"$host\"}")
        .signBelow(
            "CPU busy of the other processors",
            "其余处理器占用",
            others(HostLoad.busy(window), hot, cores),
            Unit.RATIO,
            0.5,
            HostLoad.BUSY_QUERY)
        .by(hottest.map(track -> Culprits.process(track, track.mean(), Unit.CORES)))
        .advise(hottest.flatMap(track -> Services.moreWorkers(track.label("comm"))))
        .advise(
            Advice.words(
                "Let it work with more workers or threads, or profile that thread: more processors do not help.",
                "增加工作进程或线程，或剖析该线程：增加处理器没有帮助。",
                "https://www.brendangregg.com/usemethod.html"))
        .decide();
  }

  /// How busy the processors are but for the one that the thread uses.
  private static OptionalDouble others(OptionalDouble busy, OptionalDouble hot, int cores) {
    return busy.isPresent() && hot.isPresent()
        ? OptionalDouble.of(
            Math.clamp((busy.getAsDouble() * cores - hot.getAsDouble()) / (cores - 1), 0, 1))
        : OptionalDouble.empty();
  }
}
