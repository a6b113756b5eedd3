package io.evenkeel.hub.diagnose;

import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Culprit;
import io.evenkeel.hub.diagnose.finding.Evidence;
import io.evenkeel.hub.diagnose.finding.Finding;
import io.evenkeel.hub.diagnose.finding.Verdict;
import io.evenkeel.model.Text;
import java.util.List;
import java.util.stream.Collectors;

/// A verdict for a terminal, in English or Chinese.
public final class VerdictText {
  private final String language;
  private final StringBuilder out = new StringBuilder();

  private VerdictText(String language) {
    this.language = language;
  }

  /// @param language `zh` for Chinese; anything else is English
  public static String of(Verdict verdict, String language) {
    VerdictText text = new VerdictText(language);
    text.write(verdict);
    return text.out.toString();
  }

  private void write(Verdict verdict) {
    double seconds = (verdict.toMillis() - verdict.fromMillis()) / 1000.0;
    if (verdict.isBlind()) {
      line(say("No verdict: nothing that a rule could judge was seen.", "没有结论：没有看到任何可供判断的数据。"));
    } else if (verdict.findings().isEmpty()) {
      line(
          say("Healthy", "健康")
              + String.format(
                  say(" (%.0f s, %d causes ruled out)", "(%.0f 秒，排除 %d 种原因)"),
                  seconds,
                  verdict.exonerated().size()));
    } else {
      line(String.format(say("Verdict after %.0f s", "观察 %.0f 秒后的结论"), seconds));
    }
    int number = 1;
    for (Finding finding : verdict.findings()) {
      line("");
      finding(number++, finding);
    }
    headroom(verdict);
    if (!verdict.exonerated().isEmpty()) {
      line("");
      line(say("Ruled out:", "已排除："));
      verdict
          .exonerated()
          .forEach(one -> line("  " + in(one.title()) + " - " + numbers(one.evidence())));
    }
    if (!verdict.unknown().isEmpty()) {
      line("");
      line(say("Not judged:", "未判断："));
      verdict.unknown().forEach(one -> line("  " + in(one.title()) + " - " + in(one.reason())));
    }
    verdict.notes().forEach(note -> line(say("Note: ", "注意：") + in(note)));
  }

  private void finding(int number, Finding finding) {
    line(
        number
            + ". "
            + in(finding.title())
            + (finding.subject().isEmpty() ? "" : " [" + finding.subject() + "]")
            + String.format(
                say(" - confidence %.0f %%", " - 置信度 %.0f %%"), 100 * finding.confidence()));
    for (Evidence evidence : finding.evidence()) {
      line(
          (evidence.met() ? "   * " : "     ")
              + in(evidence.what())
              + ": "
              + shown(evidence)
              + " ("
              + (evidence.above() ? "> " : "< ")
              + evidence.unit().show(evidence.threshold())
              + ")");
    }
    Culprit who = finding.culprit();
    if (who != null) {
      line(
          say("   who: ", "   来源：")
              + who.name()
              + (who.user().isEmpty() ? "" : say(" of ", ",用户 ") + who.user())
              + ", "
              + who.of().show(who.amount()));
    }
    if (!finding.explains().isEmpty()) {
      line(
          say("   explains: ", "   由此引起：")
              + finding.explains().stream()
                  .map(Cause::title)
                  .map(this::in)
                  .collect(Collectors.joining(", ")));
    }
    finding.advice().forEach(this::advice);
  }

  private void advice(Advice advice) {
    String risk =
        switch (advice.risk()) {
          case LOW -> say("low risk", "低风险");
          case MEDIUM -> say("medium risk", "中风险");
          case HIGH -> say("for a person", "需人工");
        };
    line(
        "   -> "
            + advice
                .change()
                .map(knob ->
                    knob.name()
                        + (knob.target().isEmpty() ? "" : " [" + knob.target() + "]")
                        + ": "
                        + (knob.from().isEmpty() ? "?" : knob.from())
                        + " -> "
                        + knob.to()
                        + " ("
                        + risk
                        + "): ")
                .orElse("")
            + in(advice.why()));
  }

  /// How far the busiest of the four great resources is from trouble.
  private void headroom(Verdict verdict) {
    if (!verdict.findings().isEmpty()) {
      return;
    }
    List<Cause> shown =
        List.of(
            Cause.CPU_SATURATION,
            Cause.MEMORY_RECLAIM,
            Cause.DISK_LATENCY,
            Cause.DISK_FULL,
            Cause.NIC_SATURATION);
    verdict.exonerated().stream()
        .filter(one -> shown.contains(one.cause()))
        .forEach(one -> {
          Double left = one.headroom();
          if (left != null) {
            line(
                "  "
                    + String.format(
                        say("headroom to '%s': %.0f %%", "距“%s”余量：%.0f %%"),
                        in(one.title()),
                        100 * left));
          }
        });
  }

  private String numbers(List<Evidence> evidence) {
    return evidence.stream()
        .limit(2)
        .map(one -> in(one.what()) + " " + shown(one))
        .collect(Collectors.joining(", "));
  }

  private static String shown(Evidence evidence) {
    return evidence.unit().show(evidence.value());
  }

  private String in(Text text) {
    return text.in(language);
  }

  private String say(String en, String zh) {
    return language.equals("zh") ? zh : en;
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
