package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Track;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;

/// Open files near a limit: 70 % of the host's, or 90 % of a process's own (RLIMIT_NOFILE).
final class FileDescriptors implements DiagnosisRule {
  private static final String OWN = "evenkeel_process_fds_used_ratio";

  @Override
  public Outcome judge(EvidenceWindow window) {
    OptionalDouble host =
        HostLoad.ratio(window.max("node_filefd_allocated"), window.last("node_filefd_maximum"));
    Optional<Track> process = window.of(OWN).stream().max(Comparator.comparingDouble(Track::max));
    boolean own =
        process.isPresent()
            && (host.isEmpty() || process.get().max() / 0.9 > host.getAsDouble() / 0.7);
    Judgement judgement = Judgement.of(Cause.FILE_DESCRIPTORS);
    if (own) {
      Track track = process.get();
      judgement
          .about(track.label("comm"))
          .by(Optional.of(Culprits.process(track, track.max(), Unit.RATIO)))
          .sign(
              "descriptors of the process, of its limit",
              "进程描述符占其上限",
              OptionalDouble.of(track.max()),
              Unit.RATIO,
              0.9,
              OWN
                  + "{instance=\"$host\",comm="
                  + HostLoad.quoted(track.label("comm"))
                  + ",user="
                  + HostLoad.quoted(track.label("user"))
                  + ",unit="
                  + HostLoad.quoted(track.label("unit"))
                  + "}")
          .advise(
              Advice.turn(
                  new Advice.Change("LimitNOFILE", track.label("comm"), "", "x2", 1024, 1_048_576),
                  Text.of(
                      "twice the limit by prlimit(1) for all workers of the service, at once and without a restart",
                      "用 prlimit(1) 把该服务所有工作进程的上限加倍，立即生效且无需重启"),
                  "https://man7.org/linux/man-pages/man1/prlimit.1.html"))
          .advise(Services.moreFiles(track.label("comm")));
    } else {
      judgement
          .sign(
              "descriptors of the host, of the limit",
              "整机描述符占上限",
              host,
              Unit.RATIO,
              0.7,
              "node_filefd_allocated{instance=\"$host\"} / node_filefd_maximum{instance=\"$host\"}")
          .advise(
              Sysctls.twice(
                  window,
                  "fs.file-max",
                  Long.MAX_VALUE,
                  "twice the limit of the host",
                  "整机上限加倍",
                  "https://docs.kernel.org/admin-guide/sysctl/fs.html"));
    }
    return judgement.decide();
  }
}
