package io.evenkeel.hub.diagnose.finding;

import io.evenkeel.model.Text;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is wrong with a host, the worst first, and what was ruled out.
///
/// @param fromMillis the window's first sample, epoch milliseconds
/// @param toMillis its last
/// @param findings what was found, ranked; empty when the host is healthy
/// @param exonerated what was ruled out, with the numbers
/// @param unknown what could not be judged, and why
/// @param notes what to know about the window, such as counters that began anew
public record Verdict(
    long fromMillis,
    long toMillis,
    List<Finding> findings,
    List<Exonerated> exonerated,
    List<NotJudged> unknown,
    List<Text> notes) {
  public Verdict {
    findings = List.copyOf(findings);
    exonerated = List.copyOf(exonerated);
    unknown = List.copyOf(unknown);
    notes = List.copyOf(notes);
  }

  /// A cause that was ruled out.
  ///
  /// @param headroom how much of the way to the threshold is left, 0 … 1; null where that has no
  ///   meaning
  public record Exonerated(
      Cause cause, Text title, List<Evidence> evidence, @Nullable Double headroom) {
    public Exonerated {
      evidence = List.copyOf(evidence);
    }
  }

  /// A cause that could not be judged.
  public record NotJudged(Cause cause, Text title, Text reason) {}

  /// The worst of it.
  public Optional<Finding> bottleneck() {
    return findings.stream().findFirst();
  }

  /// Whether enough was seen to say anything.
  public boolean isBlind() {
    return findings.isEmpty() && exonerated.isEmpty();
  }
}
