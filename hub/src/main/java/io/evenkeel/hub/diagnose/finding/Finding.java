package io.evenkeel.hub.diagnose.finding;

import io.evenkeel.model.Text;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A cause that was found, with what it explains.
///
/// @param subject which disk, interface, unit …; empty for the whole host
/// @param confidence 0 … 1
/// @param culprit who uses most of what is short; null when that is not known
/// @param explains causes that were found too and follow from this one
public record Finding(
    Cause cause,
    Tier tier,
    Text title,
    String subject,
    double confidence,
    List<Evidence> evidence,
    @Nullable Culprit culprit,
    List<Advice> advice,
    List<Cause> explains) {
  public Finding {
    evidence = List.copyOf(evidence);
    advice = List.copyOf(advice);
    explains = List.copyOf(explains);
  }
}
