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

/// Several threads of a busy process that wait for one and the same lock whenever one looks: what
/// they do is done one after the other, whatever the number of processors (futex(2)).
final class LockContention implements DiagnosisRule {
  private static final String WAITING = "evenkeel_process_lock_waiting_threads";

  @Override
  public Outcome judge(EvidenceWindow window) {
    Optional<Track> most =
        window.of(WAITING).stream().max(Comparator.comparingDouble(Track::median));
    // Threads are read of busy processes only: no busy process, nobody who waits for another.
    OptionalDouble waiting =
        most.map(track -> OptionalDouble.of(track.median()))
            .orElse(
                window.of("evenkeel_process_cpu_seconds_total").isEmpty()
                        || !window.of("evenkeel_process_hottest_thread_cores").isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(0));
    return Judgement.of(Cause.LOCK_CONTENTION)
        .sign(
            "threads of a busy process that wait for the same lock",
            "繁忙进程中等待同一把锁的线程",
            waiting,
            Unit.COUNT,
            1.5,
            WAITING + "{instance=\"$host\"}")
        .support(
            "context switches for each CPU",
            "每处理器上下文切换",
            HostLoad.switches(window),
            Unit.PER_SECOND,
            10_000,
            HostLoad.rateQuery("node_context_switches_total"))
        .support(
            "CPU time in the kernel",
            "内核态处理器时间",
            HostLoad.mode(window, "system"),
            Unit.RATIO,
            0.2,
            "")
        .by(most.map(track -> Culprits.process(track, track.median(), Unit.COUNT)))
        .advise(
            Advice.words(
                "Profile the locks of that process: split the lock, hold it for less, or use fewer threads.",
                "剖析该进程的锁：拆分锁、缩短持有时间，或减少线程。",
                "https://man7.org/linux/man-pages/man2/futex.2.html"))
        .decide();
  }
}
