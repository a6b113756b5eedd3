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

/// The first name server of this machine takes more than 100 ms for what every resolver has in its
/// cache, in at least half of the lookups: whoever opens a connection by name waits for it. A
/// lookup without an answer counts with the time it was waited for; a name server that answered
/// none may be one that nobody here needs.
final class NameResolution implements DiagnosisRule {
  private static final String LOOKUP = "evenkeel_dns_lookup_seconds";

  /// How long the agent waits for an answer.
  private static final double UNANSWERED_SECONDS = 2;

  @Override
  public Outcome judge(EvidenceWindow window) {
    Optional<Track> slowest =
        window.of(LOOKUP).stream().max(Comparator.comparingDouble(Track::median));
    if (slowest.isPresent() && slowest.get().min() >= UNANSWERED_SECONDS) {
      return Judgement.unknown(
          Cause.DNS,
          "the name server " + slowest.get().label("server") + " answered no lookup",
          "域名服务器 " + slowest.get().label("server") + " 没有回答任何查询");
    }
    return Judgement.of(Cause.DNS)
        .about(slowest.map(track -> track.label("server")).orElse(""))
        .sign(
            "a lookup at the first name server",
            "首选域名服务器的一次查询",
            slowest.map(track -> OptionalDouble.of(track.median())).orElse(OptionalDouble.empty()),
            Unit.SECONDS,
            0.1,
            LOOKUP + "{instance=\"$host\"}")
        .advise(
            Advice.words(
                "Answer names from a cache on this server (systemd-resolved, unbound or dnsmasq), or ask a nearer name server; look at the name server itself.",
                "在本机使用解析缓存(systemd-resolved、unbound 或 dnsmasq),或改用更近的域名服务器；并检查域名服务器本身。",
                "https://man7.org/linux/man-pages/man5/resolv.conf.5.html"))
        .decide();
  }
}
