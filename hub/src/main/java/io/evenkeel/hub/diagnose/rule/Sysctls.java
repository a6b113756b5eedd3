package io.evenkeel.hub.diagnose.rule;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.model.Text;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/// Advice to turn one of the kernel's knobs from what it is now.
final class Sysctls {
  static final String SYSCTL_NET = "https://docs.kernel.org/admin-guide/sysctl/net.html";
  static final String IP_SYSCTL = "https://docs.kernel.org/networking/ip-sysctl.html";
  static final String SYSCTL_VM = "https://docs.kernel.org/admin-guide/sysctl/vm.html";

  private Sysctls() {}

  static String metric(String name) {
    return "node_sysctl_" + name.replace('.', '_').replace('-', '_');
  }

  static OptionalDouble value(EvidenceWindow window, String name) {
    return window.last(metric(name));
  }

  /// Advice to set a knob; nothing when it is there already, or further.
  ///
  /// @param to the new value by the present one, before it is held within the bounds
  static Optional<Advice> turn(
      EvidenceWindow window,
      String name,
      DoubleUnaryOperator to,
      double least,
      double most,
      String en,
      String zh,
      String source) {
    OptionalDouble now = value(window, name);
    if (now.isEmpty()) {
      return Optional.empty();
    }
    double next = Math.clamp(to.applyAsDouble(now.getAsDouble()), least, most);
    if (Math.round(next) == Math.round(now.getAsDouble())) {
      return Optional.empty();
    }
    return Optional.of(
        Advice.turn(
            new Advice.Change(name, "", number(now.getAsDouble()), number(next), least, most),
            Text.of(en, zh),
            source));
  }

  /// Advice to double a limit.
  static Optional<Advice> twice(
      EvidenceWindow window, String name, double most, String en, String zh, String source) {
    return turn(
        window,
        name,
        now -> Math.max(2 * now, now),
        0,
        Math.max(most, value(window, name).orElse(0)),
        en,
        zh,
        source);
  }

  static String number(double value) {
    return Long.toString(Math.round(value));
  }
}
