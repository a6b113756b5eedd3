package io.evenkeel.promql.eval;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.promql.QueryException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// label_replace and label_join.
final class LabelFunctions {
  private LabelFunctions() {}

  /// @param texts target, replacement, source and regular expression
  static Result replace(List<StepSeries> series, List<String> texts, Steps steps) {
    String target = texts.get(0);
    String replacement = texts.get(1);
    String source = texts.get(2);
    Pattern pattern;
    try {
      pattern = Pattern.compile("^(?s:" + texts.get(3) + ")$");
    } catch (PatternSyntaxException e) {
      throw new QueryException.Failed(
          "invalid regular expression in label_replace(): " + texts.get(3));
    }
    requireLabel(target, "destination label name in label_replace()");
    return relabel(
        series,
        target,
        labels -> {
          Matcher matcher = pattern.matcher(labels.valueOrEmpty(source));
          return matcher.matches() ? labels.with(target, expand(matcher, replacement)) : labels;
        },
        steps);
  }

  /// @param texts target, separator and sources
  static Result join(List<StepSeries> series, List<String> texts, Steps steps) {
    String target = texts.get(0);
    String separator = texts.get(1);
    List<String> sources = texts.subList(2, texts.size());
    sources.forEach(source -> requireLabel(source, "source label name in label_join()"));
    requireLabel(target, "destination label name in label_join()");
    return relabel(
        series,
        target,
        labels ->
            labels.with(
                target,
                String.join(separator, sources.stream().map(labels::valueOrEmpty).toList())),
        steps);
  }

  private static void requireLabel(String name, String what) {
    if (name.isEmpty() || name.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
      throw new QueryException.Failed("invalid " + what + ": " + name);
    }
  }

  private static Result relabel(
      List<StepSeries> series, String target, UnaryOperator<Labels> relabelling, Steps steps) {
    boolean names = target.equals(Label.METRIC_NAME);
    List<StepSeries> answer = new ArrayList<>(series.size());
    for (StepSeries one : series) {
      Labels labels = relabelling.apply(one.labels());
      // A name that was given on purpose stays.
      boolean named = names && !labels.equals(one.labels());
      answer.add(one.relabelled(labels, !named && one.dropsName()));
    }
    return new Result.Vector(LabelSets.merged(answer, steps.count()));
  }

  /// Go's template: `$1`, `${1}`, `$name`; an unknown group is empty, `$$` a dollar.
  private static String expand(Matcher matcher, String template) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < template.length(); ) {
      char c = template.charAt(at);
      if (c != '$' || at + 1 == template.length()) {
        out.append(c);
        at++;
        continue;
      }
      if (template.charAt(at + 1) == '$') {
        out.append('$');
        at += 2;
        continue;
      }
      boolean braced = template.charAt(at + 1) == '{';
      int from = at + (braced ? 2 : 1);
      int to = from;
      while (to < template.length()
          && (Character.isLetterOrDigit(template.charAt(to)) || template.charAt(to) == '_')) {
        to++;
      }
      if (to == from || (braced && (to == template.length() || template.charAt(to) != '}'))) {
        out.append(c);
        at++;
        continue;
      }
      out.append(group(matcher, template.substring(from, to)));
      at = braced ? to + 1 : to;
    }
    return out.toString();
  }

  private static String group(Matcher matcher, String name) {
    String value;
    if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int number = name.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(name);
      value = number <= matcher.groupCount() ? matcher.group(number) : "";
    } else {
      value = matcher.pattern().namedGroups().containsKey(name) ? matcher.group(name) : "";
    }
    return value == null ? "" : value;
  }
}
