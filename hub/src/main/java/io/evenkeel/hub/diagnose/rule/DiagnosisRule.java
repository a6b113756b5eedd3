package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Outcome;

/// Looks for one cause. Stateless and deterministic: the same window gives the same outcome.
@FunctionalInterface
public interface DiagnosisRule {
  Outcome judge(EvidenceWindow window);
}
