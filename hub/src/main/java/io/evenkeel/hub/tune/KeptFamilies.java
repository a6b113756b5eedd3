package io.evenkeel.hub.tune;

import io.evenkeel.hub.telemetry.Family;
import io.evenkeel.hub.tune.TrialDetail.Review.Finding;
import io.evenkeel.model.MetricType;
import java.util.List;
import java.util.Optional;

/// What became of kept changes, among the hub's own metrics: so that ready-made rules tell people
/// when one no longer helps, or when somebody else wrote over it. Safe for use by many threads.
public final class KeptFamilies implements Family.Source {
  private volatile List<TrialDetail> kept = List.of();

  /// Notes the changes that are kept now.
  void set(List<TrialDetail> trials) {
    kept = List.copyOf(trials);
  }

  @Override
  public List<Family> families() {
    Family.Builder gone =
        Family.builder(
            "evenkeel_tuning_kept_gone",
            MetricType.GAUGE,
            "1 if a kept change no longer helps, as of the newest review that could tell, else 0.");
    Family.Builder drifted =
        Family.builder(
            "evenkeel_tuning_kept_drifted",
            MetricType.GAUGE,
            "1 if somebody else changed the value of a kept change, else 0.");
    for (TrialDetail each : kept) {
      String[] labels = {
        "host",
        each.trial().host(),
        "action",
        each.trial().action(),
        "target",
        each.trial().target()
      };
      gone.add(isGone(each) ? 1 : 0, labels);
      drifted.add(each.drift() == null ? 0 : 1, labels);
    }
    return List.of(gone.build(), drifted.build());
  }

  private static boolean isGone(TrialDetail detail) {
    return detail.reviews().reversed().stream()
        .map(TrialDetail.Review::verdict)
        .filter(verdict -> verdict != Finding.CANNOT_TELL)
        .findFirst()
        .equals(Optional.of(Finding.GONE));
  }
}
