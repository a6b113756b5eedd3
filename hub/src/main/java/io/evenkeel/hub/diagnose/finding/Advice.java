package io.evenkeel.hub.diagnose.finding;

import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Risk;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningActions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What to do about a cause: one knob to turn, or words only when there is none.
///
/// @param knob which knob turns; null when no knob helps and [#why] says what to do instead
/// @param risk what turning it may cost
/// @param why what it is expected to do
/// @param source where the range and the effect are documented
public record Advice(@Nullable Change knob, Risk risk, Text why, String source) {
  /// A knob and its positions.
  ///
  /// @param name the kernel's or systemd's name, such as `net.core.somaxconn` or `CPUQuota`
  /// @param target what has the knob: empty for the whole host, else a unit, device or process
  /// @param from the value now; empty when it is not known
  /// @param to the value advised
  /// @param least the smallest value that may ever be set
  /// @param most the greatest
  public record Change(
      String name, String target, String from, String to, double least, double most) {}

  /// Advice to turn a knob, with the risk that turning it has.
  ///
  /// @throws IllegalArgumentException when no action turns it
  public static Advice turn(Change knob, Text why, String source) {
    Risk risk =
        TuningActions.named(knob.name())
            .map(TuningAction::risk)
            .orElseThrow(() -> new IllegalArgumentException("no action turns " + knob.name()));
    return new Advice(knob, risk, why, source);
  }

  /// Advice without a knob.
  public static Advice words(String en, String zh, String source) {
    return new Advice(null, Risk.HIGH, Text.of(en, zh), source);
  }

  public Optional<Change> change() {
    return Optional.ofNullable(knob);
  }
}
