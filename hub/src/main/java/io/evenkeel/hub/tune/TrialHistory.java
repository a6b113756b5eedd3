package io.evenkeel.hub.tune;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What helped on which hosts.
public record TrialHistory(List<KnobHistory> knobs) {
  public TrialHistory {
    knobs = List.copyOf(knobs);
  }

  /// A knob's trials that ended.
  ///
  /// @param kept how often the new value stayed
  /// @param medianEffect of those that helped; null when none did
  public record KnobHistory(
      String action,
      int helped,
      int harmed,
      int noEvidence,
      int notTried,
      int aborted,
      int kept,
      @Nullable Double medianEffect,
      List<HostHistory> hosts) {
    public KnobHistory {
      hosts = List.copyOf(hosts);
    }
  }

  /// The same on one host.
  public record HostHistory(
      String host, int helped, int harmed, int noEvidence, @Nullable Double medianEffect) {}

  static TrialHistory of(List<TrialStore.Ended> all) {
    Map<String, List<TrialStore.Ended>> byAction =
        all.stream()
            .collect(
                Collectors.groupingBy(TrialStore.Ended::action, TreeMap::new, Collectors.toList()));
    List<KnobHistory> knobs = new ArrayList<>();
    byAction.forEach((action, trials) ->
        knobs.add(
            new KnobHistory(
                action,
                count(trials, TrialVerdict.HELPED),
                count(trials, TrialVerdict.HARMED),
                count(trials, TrialVerdict.NO_EVIDENCE),
                count(trials, TrialVerdict.NOT_TRIED),
                count(trials, TrialVerdict.ABORTED),
                (int) trials.stream().filter(TrialStore.Ended::kept).count(),
                medianEffect(trials),
                hosts(trials))));
    return new TrialHistory(knobs);
  }

  private static List<HostHistory> hosts(List<TrialStore.Ended> trials) {
    Map<String, List<TrialStore.Ended>> byHost =
        trials.stream()
            .collect(
                Collectors.groupingBy(TrialStore.Ended::host, TreeMap::new, Collectors.toList()));
    List<HostHistory> hosts = new ArrayList<>();
    byHost.forEach((host, own) ->
        hosts.add(
            new HostHistory(
                host,
                count(own, TrialVerdict.HELPED),
                count(own, TrialVerdict.HARMED),
                count(own, TrialVerdict.NO_EVIDENCE),
                medianEffect(own))));
    return hosts;
  }

  private static int count(List<TrialStore.Ended> trials, TrialVerdict verdict) {
    return (int) trials.stream().filter(trial -> trial.verdict() == verdict).count();
  }

  private static @Nullable Double medianEffect(List<TrialStore.Ended> trials) {
    double[] effects =
        trials.stream()
            .filter(trial -> trial.verdict() == TrialVerdict.HELPED)
            .flatMap(trial -> trial.effect().stream())
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    int middle = effects.length / 2;
    return effects.length == 0
        ? null
        : Double.valueOf((effects[(effects.length - 1) / 2] + effects[middle]) / 2);
  }
}
