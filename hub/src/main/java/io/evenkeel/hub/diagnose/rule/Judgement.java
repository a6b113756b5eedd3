package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Culprit;
import io.evenkeel.hub.diagnose.finding.Evidence;
import io.evenkeel.hub.diagnose.finding.Outcome;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.model.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Weighs the evidence for one cause. Not thread-safe.
///
/// A cause is found when every *sign* is beyond its threshold; a sign that is missing leaves it
/// open. What *supports* only changes the confidence: 0.6 for the signs at their thresholds, up to
/// 0.25 more the further they are beyond, up to 0.15 more for the share of the measured support
/// that agrees.
final class Judgement {
  private final Cause cause;
  private final List<Evidence> signs = new ArrayList<>();
  private final List<Evidence> support = new ArrayList<>();
  private final List<Evidence> measures = new ArrayList<>();
  private final List<Advice> advice = new ArrayList<>();
  private int supportAsked;
  private String subject = "";
  private Optional<Culprit> culprit = Optional.empty();
  private @Nullable Text missing;

  private Judgement(Cause cause) {
    this.cause = cause;
  }

  static Judgement of(Cause cause) {
    return new Judgement(cause);
  }

  /// A number that must be above its threshold.
  Judgement sign(
      String en, String zh, OptionalDouble value, Unit unit, double threshold, String query) {
    return sign(Text.of(en, zh), value, unit, threshold, true, query);
  }

  /// A number that must be below its threshold.
  Judgement signBelow(
      String en, String zh, OptionalDouble value, Unit unit, double threshold, String query) {
    return sign(Text.of(en, zh), value, unit, threshold, false, query);
  }

  private Judgement sign(
      Text what, OptionalDouble value, Unit unit, double threshold, boolean above, String query) {
    if (value.isPresent()) {
      signs.add(evidence(what, value.getAsDouble(), unit, threshold, above, query));
    } else if (missing == null) {
      missing = Text.of("not measured here: " + what.en(), "此处没有该数据：" + what.zh());
    }
    return this;
  }

  /// A number that agrees when it is above its threshold.
  Judgement support(
      String en, String zh, OptionalDouble value, Unit unit, double threshold, String query) {
    supportAsked++;
    value.ifPresent(
        number -> support.add(evidence(Text.of(en, zh), number, unit, threshold, true, query)));
    return this;
  }

  /// A number that falls as the cause goes, where the signs do not until it has gone: what a trial
  /// of the advice looks at. It neither makes the cause nor speaks against it.
  Judgement measure(String en, String zh, OptionalDouble value, Unit unit, String query) {
    value.ifPresent(
        number -> measures.add(evidence(Text.of(en, zh), number, unit, 0, true, query)));
    return this;
  }

  /// A number that rises as the cause goes, where the signs stay: what a trial of the advice looks
  /// at. It neither makes the cause nor speaks against it.
  ///
  /// @param whole what it is a part of, and so is below
  Judgement measureRising(
      String en, String zh, OptionalDouble value, Unit unit, double whole, String query) {
    value.ifPresent(
        number -> measures.add(evidence(Text.of(en, zh), number, unit, whole, false, query)));
    return this;
  }

  /// Agrees when tasks wait for storage for more than a tenth of the time.
  Judgement supportStorageWait(EvidenceWindow window) {
    return support(
        "tasks waiting for storage (PSI some)",
        "任务等待存储(PSI some)",
        HostLoad.pressure(window, "io_waiting"),
        Unit.RATIO,
        0.1,
        HostLoad.pressureQuery("io_waiting"));
  }

  private static Evidence evidence(
      Text what, double value, Unit unit, double threshold, boolean above, String query) {
    boolean met = above ? value > threshold : value < threshold;
    return new Evidence(what, value, unit, threshold, above, met, query);
  }

  Judgement about(String whichOne) {
    subject = whichOne;
    return this;
  }

  Judgement by(Optional<Culprit> who) {
    culprit = who;
    return this;
  }

  Judgement advise(Advice... more) {
    advice.addAll(Arrays.asList(more));
    return this;
  }

  Judgement advise(Optional<Advice> more) {
    more.ifPresent(advice::add);
    return this;
  }

  static Outcome unknown(Cause cause, String en, String zh) {
    return new Outcome.Unknown(cause, Text.of(en, zh));
  }

  Outcome decide() {
    // A sign that speaks against the cause rules it out, whatever else is missing.
    boolean against = signs.stream().anyMatch(sign -> !sign.met());
    List<Evidence> all = new ArrayList<>(measures);
    all.addAll(signs);
    all.addAll(support);
    if (against) {
      return new Outcome.Clear(cause, all, headroom());
    }
    if (missing != null) {
      return new Outcome.Unknown(cause, missing);
    }
    double strength = strength();
    return new Outcome.Found(cause, subject, strength, confidence(strength), all, culprit, advice);
  }

  private double strength() {
    double product = 1;
    for (Evidence sign : signs) {
      product *= Math.max(1, sign.strength());
    }
    return Math.pow(product, 1.0 / Math.max(1, signs.size()));
  }

  private double confidence(double strength) {
    double beyond = Math.min(1, (strength - 1) / 1.5);
    double agreeing =
        support.isEmpty()
            ? supportAsked == 0 ? 1 : 0.5
            : (double) support.stream().filter(Evidence::met).count() / support.size();
    return Math.round(100 * (0.6 + 0.25 * beyond + 0.15 * agreeing)) / 100.0;
  }

  private OptionalDouble headroom() {
    return signs.stream()
        .filter(sign -> !sign.met() && sign.threshold() != 0)
        .mapToDouble(sign ->
            Math.clamp(
                sign.above()
                    ? 1 - sign.value() / sign.threshold()
                    : (sign.value() - sign.threshold()) / Math.max(sign.value(), 1e-9),
                0,
                1))
        .max();
  }
}
