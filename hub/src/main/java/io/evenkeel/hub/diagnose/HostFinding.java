package io.evenkeel.hub.diagnose;

import io.evenkeel.hub.diagnose.finding.Finding;
import io.evenkeel.hub.diagnose.finding.Verdict;
import io.evenkeel.model.Text;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A finding on one host, from when to when. Times are epoch milliseconds.
///
/// @param host the host's name
/// @param seenAt when it was seen last
/// @param endedAt null while it is there
/// @param finding as of the turn in which it was clearest
public record HostFinding(
    String id, String host, long beganAt, long seenAt, @Nullable Long endedAt, Finding finding) {

  /// The rest of the verdict it stood in.
  public record Detail(
      HostFinding finding,
      List<Verdict.Exonerated> exonerated,
      List<Verdict.NotJudged> unknown,
      List<Text> notes) {
    public Detail {
      exonerated = List.copyOf(exonerated);
      unknown = List.copyOf(unknown);
      notes = List.copyOf(notes);
    }
  }

  /// Whether both are about the same thing on the same host.
  boolean isOf(String hostName, Finding other) {
    return host.equals(hostName)
        && finding.cause() == other.cause()
        && finding.subject().equals(other.subject());
  }
}
