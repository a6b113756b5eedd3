package io.evenkeel.hub.incident;

import io.evenkeel.model.Text;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A condition on a label as it is entered: `severity = critical`, `instance =~ web-.*`.
///
/// @param operator `=`, `!=`, `=~` or `!~`
public record LabelMatcher(String name, String operator, String value) {
  /// Regular expressions of routes and silences: each alert that fires meets them every few
  /// seconds.
  private static final Map<LabelMatcher, Matcher> COMPILED = new ConcurrentHashMap<>();

  private static final int MOST_COMPILED = 1_000;

  /// What is wrong with some matchers, or an empty text.
  static Text problemWith(List<LabelMatcher> matchers) {
    if (matchers.size() > 32) {
      return Text.of("There are more than 32 matchers.", "匹配条件超过 32 个。");
    }
    for (LabelMatcher matcher : matchers) {
      if (!matcher.name.matches("[a-zA-Z_][a-zA-Z0-9_]{0,127}")) {
        return Text.of(
            "'" + matcher.name + "' is no label's name.", "“" + matcher.name + "”不是标签名。");
      }
      if (!List.of("=", "!=", "=~", "!~").contains(matcher.operator)) {
        return Text.of("The operator is =, !=, =~ or !~.", "运算符为 =、!=、=~ 或 !~。");
      }
      if (matcher.value.length() > 1_024) {
        return Text.of(
            "The value of '" + matcher.name + "' is longer than 1024 characters.",
            "“" + matcher.name + "”的值超过 1024 个字符。");
      }
      try {
        var unused = matcher.compiled();
      } catch (IllegalArgumentException e) {
        return Text.of(String.valueOf(e.getMessage()), "正则表达式有误：" + e.getMessage());
      }
    }
    return Text.NONE;
  }

  private Matcher compiled() {
    return new Matcher(
        name,
        switch (operator) {
          case "!=" -> Matcher.Operator.NOT_EQUAL;
          case "=~" -> Matcher.Operator.MATCHES;
          case "!~" -> Matcher.Operator.MATCHES_NOT;
          default -> Matcher.Operator.EQUAL;
        },
        value);
  }

  /// Whether labels meet every one of some matchers.
  static boolean all(List<LabelMatcher> matchers, Map<String, String> labels) {
    return matchers.stream().allMatch(one -> one.matches(labels.getOrDefault(one.name, "")));
  }

  private boolean matches(String text) {
    return switch (operator) {
      case "=" -> value.equals(text);
      case "!=" -> !value.equals(text);
      default -> {
        if (COMPILED.size() > MOST_COMPILED) {
          COMPILED.clear();
        }
        yield COMPILED.computeIfAbsent(this, LabelMatcher::compiled).matches(text);
      }
    };
  }
}
