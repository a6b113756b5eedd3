package io.evenkeel.hub.notify.channel;

import io.evenkeel.model.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What an SMS template can be filled with: services in China send approved templates only.
final class SmsVariables {
  /// The most characters that a variable of an approved template may have.
  static final int LONGEST = 35;

  static final List<String> NAMES = List.of("severity", "alert", "subject", "summary", "state");

  private SmsVariables() {}

  static Map<String, String> of(Letter letter) {
    Notice notice = letter.notice();
    Language language = letter.recipient().language();
    NoticeText text = letter.text();
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("severity", notice.severity());
    variables.put("alert", notice.title());
    variables.put("subject", notice.subject());
    variables.put(
        "summary",
        notice.alerts().isEmpty()
            ? text.title()
            : notice.alerts().getFirst().annotation("summary", language));
    variables.put(
        "state",
        notice.isOver()
            ? language == Language.ZH ? "已恢复" : "resolved"
            : language == Language.ZH ? "告警中" : "firing");
    variables.replaceAll((name, value) -> Printable.line(value.isEmpty() ? "-" : value, LONGEST));
    return variables;
  }

  /// The variables that a channel's template wants, in the template's order.
  static Map<String, String> chosen(Letter letter, List<String> names) {
    Map<String, String> variables = of(letter);
    Map<String, String> chosen = new LinkedHashMap<>();
    names.forEach(name -> chosen.put(name, variables.getOrDefault(name, "-")));
    return chosen;
  }

  /// The names in a channel's settings, checked.
  static List<String> read(FieldValues values, String key) {
    List<String> names = values.list(key);
    for (String name : names) {
      if (!NAMES.contains(name)) {
        values.problem(
            key,
            Text.of(
                "'"
                    + Printable.line(name, 40)
                    + "' is none of "
                    + String.join(", ", new TreeSet<>(NAMES)),
                "没有变量“"
                    + Printable.line(name, 40)
                    + "”，可选："
                    + String.join("、", new TreeSet<>(NAMES))));
      }
    }
    return names;
  }

  static Field field() {
    return Field.text(
            "variables",
            Text.of("Template variables", "模板变量"),
            Text.of(
                "In the template's order, separated by commas: " + String.join(", ", NAMES) + ".",
                "按模板中的顺序，用逗号分隔，可选：" + String.join("、", NAMES) + "。"))
        .usually("severity,alert,subject");
  }
}
