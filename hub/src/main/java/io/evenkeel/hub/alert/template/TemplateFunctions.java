package io.evenkeel.hub.alert.template;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.parse.Durations;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The functions that templates may call: Prometheus's and the common ones of Go.
final class TemplateFunctions {
  static final Set<String> NAMES =
      Set.of(
          "humanize",
          "humanize1024",
          "humanizeDuration",
          "humanizePercentage",
          "humanizeTimestamp",
          "printf",
          "print",
          "query",
          "first",
          "value",
          "label",
          "strvalue",
          "sortByLabel",
          "title",
          "toUpper",
          "toLower",
          "stripPort",
          "match",
          "reReplaceAll",
          "safeHtml",
          "parseDuration",
          "len",
          "index",
          "eq",
          "ne",
          "lt",
          "le",
          "gt",
          "ge",
          "and",
          "or",
          "not",
          "externalURL",
          "pathPrefix");

  private final TemplateQueries queries;
  private final String externalUrl;

  TemplateFunctions(TemplateQueries queries, String externalUrl) {
    this.queries = queries;
    this.externalUrl = externalUrl;
  }

  Object call(String name, List<Object> arguments) {
    return switch (name) {
      case "humanize" -> GoNumbers.humanize(number(name, arguments, 0));
      case "humanize1024" -> GoNumbers.humanize1024(number(name, arguments, 0));
      case "humanizeDuration" -> GoNumbers.humanizeDuration(number(name, arguments, 0));
      case "humanizePercentage" -> GoNumbers.humanizePercentage(number(name, arguments, 0));
      case "humanizeTimestamp" -> GoNumbers.humanizeTimestamp(number(name, arguments, 0));
      case "printf" -> printf(arguments);
      case "print" -> {
        StringBuilder out = new StringBuilder();
        arguments.forEach(argument -> out.append(text(argument)));
        yield out.toString();
      }
      case "query" -> query(text(argument(name, arguments, 0)));
      case "first" -> {
        List<?> list = list(name, arguments, 0);
        if (list.isEmpty()) {
          throw new TemplateException("first() called on vector with no elements");
        }
        yield list.getFirst();
      }
      case "value" -> field(argument(name, arguments, 0), "Value");
      case "label" -> {
        Object labels = field(argument(name, arguments, 1), "Labels");
        yield field(labels, text(argument(name, arguments, 0)));
      }
      case "strvalue" -> field(field(argument(name, arguments, 0), "Labels"), "__value__");
      case "sortByLabel" -> {
        String label = text(argument(name, arguments, 0));
        List<Object> sorted = new ArrayList<>(list(name, arguments, 1));
        sorted.sort(Comparator.comparing(one -> text(field(field(one, "Labels"), label))));
        yield sorted;
      }
      case "title" -> title(text(argument(name, arguments, 0)));
      case "toUpper" -> text(argument(name, arguments, 0)).toUpperCase(Locale.ROOT);
      case "toLower" -> text(argument(name, arguments, 0)).toLowerCase(Locale.ROOT);
      case "stripPort" -> text(argument(name, arguments, 0)).replaceFirst(":\\d+$", "");
      case "safeHtml" -> text(argument(name, arguments, 0));
      case "match" ->
          regex(text(argument(name, arguments, 0)))
              .matcher(text(argument(name, arguments, 1)))
              .find();
      case "reReplaceAll" ->
          regex(text(argument(name, arguments, 0)))
              .matcher(text(argument(name, arguments, 2)))
              .replaceAll(text(argument(name, arguments, 1)));
      case "parseDuration" ->
          Durations.parse(text(argument(name, arguments, 0)))
                  .orElseThrow(() -> new TemplateException("not a duration"))
              / 1000.0;
      case "len" -> (double) length(argument(name, arguments, 0));
      case "index" -> index(name, arguments);
      case "eq" ->
          arguments.subList(1, arguments.size()).stream()
              .anyMatch(other -> compare(argument(name, arguments, 0), other) == 0);
      case "ne" -> compare(argument(name, arguments, 0), argument(name, arguments, 1)) != 0;
      case "lt" -> compare(argument(name, arguments, 0), argument(name, arguments, 1)) < 0;
      case "le" -> compare(argument(name, arguments, 0), argument(name, arguments, 1)) <= 0;
      case "gt" -> compare(argument(name, arguments, 0), argument(name, arguments, 1)) > 0;
      case "ge" -> compare(argument(name, arguments, 0), argument(name, arguments, 1)) >= 0;
      case "and" ->
          arguments.stream()
              .filter(one -> !isTrue(one))
              .findFirst()
              .orElse(argument(name, arguments, arguments.size() - 1));
      case "or" ->
          arguments.stream()
              .filter(TemplateFunctions::isTrue)
              .findFirst()
              .orElse(argument(name, arguments, arguments.size() - 1));
      case "not" -> !isTrue(argument(name, arguments, 0));
      case "externalURL" -> externalUrl;
      case "pathPrefix" -> "";
      default -> throw new TemplateException("function \"" + name + "\" not defined");
    };
  }

  private Object query(String expression) {
    List<Object> samples = new ArrayList<>();
    for (TemplateQueries.Sample sample : queries.query(expression)) {
      samples.add(Map.of("Labels", sample.labels(), "Value", sample.value()));
    }
    return samples;
  }

  private static Pattern regex(String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new TemplateException("error parsing regexp: " + e.getDescription());
    }
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder(text);
    for (int i = 0; i < out.length(); i++) {
      if (i == 0 || out.charAt(i - 1) == ' ') {
        out.setCharAt(i, Character.toTitleCase(out.charAt(i)));
      }
    }
    return out.toString();
  }

  private static Object index(String name, List<Object> arguments) {
    Object in = argument(name, arguments, 0);
    Object key = argument(name, arguments, 1);
    if (in instanceof Map<?, ?> map) {
      Object value = map.get(text(key));
      return value == null ? "" : value;
    }
    List<?> list = list(name, arguments, 0);
    int at = (int) number(name, arguments, 1);
    if (at < 0 || at >= list.size()) {
      throw new TemplateException("index out of range: " + at);
    }
    return list.get(at);
  }

  private static int length(Object value) {
    return value instanceof Collection<?> all
        ? all.size()
        : value instanceof Map<?, ?> map ? map.size() : text(value).length();
  }

  private static Object argument(String name, List<Object> arguments, int at) {
    if (at < 0 || at >= arguments.size()) {
      throw new TemplateException("wrong number of arguments for " + name);
    }
    return arguments.get(at);
  }

  private static List<?> list(String name, List<Object> arguments, int at) {
    if (argument(name, arguments, at) instanceof List<?> list) {
      return list;
    }
    throw new TemplateException(name + " needs the result of a query");
  }

  private static double number(String name, List<Object> arguments, int at) {
    Object value = argument(name, arguments, at);
    if (value instanceof Double number) {
      return number;
    }
    try {
      return Double.parseDouble(text(value).replace("Inf", "Infinity"));
    } catch (NumberFormatException e) {
      throw new TemplateException(name + " needs a number, not '" + text(value) + "'");
    }
  }

  /// A field of a sample, or a label; a label that is not there is empty.
  static Object field(Object of, String name) {
    if (of instanceof Map<?, ?> map) {
      Object value = map.get(name);
      return value == null ? "" : value;
    }
    throw new TemplateException("there is no field '" + name + "' here");
  }

  static boolean isTrue(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean truth -> truth;
      case Double number -> number != 0;
      case String text -> !text.isEmpty();
      case Collection<?> all -> !all.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }

  private static int compare(Object left, Object right) {
    if (left instanceof Double a && right instanceof Double b) {
      return Double.compare(a, b);
    }
    return text(left).compareTo(text(right));
  }

  /// How a value is printed.
  static String text(Object value) {
    return switch (value) {
      case Double number -> FloatText.of(number);
      case Map<?, ?> map -> "map" + new TreeMap<>(map);
      default -> String.valueOf(value);
    };
  }

  private static String printf(List<Object> arguments) {
    String format = text(argument("printf", arguments, 0));
    StringBuilder out = new StringBuilder();
    int next = 1;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int from = ++i;
      while (i < format.length() && "+-# 0123456789.".indexOf(format.charAt(i)) >= 0) {
        i++;
      }
      if (i >= format.length()) {
        return out.append("%!(NOVERB)").toString();
      }
      if (format.charAt(i) == '%') {
        out.append('%');
        continue;
      }
      if (next >= arguments.size()) {
        out.append("%!").append(format.charAt(i)).append("(MISSING)");
        continue;
      }
      out.append(formatted(format.substring(from, i), format.charAt(i), arguments.get(next++)));
    }
    return out.toString();
  }

  private static String formatted(String flags, char verb, Object value) {
    int dot = flags.indexOf('.');
    int width = digits(dot < 0 ? flags : flags.substring(0, dot));
    int precision = dot < 0 ? -1 : digits(flags.substring(dot + 1));
    String text =
        switch (verb) {
          case 'f', 'F' ->
              value instanceof Double number
                  ? String.format(Locale.ROOT, "%." + (precision < 0 ? 6 : precision) + "f", number)
                  : "%!f(string=" + text(value) + ")";
          case 'e' ->
              value instanceof Double number
                  ? String.format(Locale.ROOT, "%." + (precision < 0 ? 6 : precision) + "e", number)
                  : "%!e(string=" + text(value) + ")";
          case 'g' ->
              value instanceof Double number
                  ? precision < 0 ? text(number) : GoNumbers.general(number, precision)
                  : "%!g(string=" + text(value) + ")";
          case 'd' ->
              value instanceof Double number && number == Math.rint(number)
                  ? Long.toString((long) (double) number)
                  : "%!d(" + text(value) + ")";
          case 'q' -> '"' + text(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
          case 's', 'v', 't' -> {
            String whole = text(value);
            yield precision >= 0 && precision < whole.length()
                ? whole.substring(0, precision)
                : whole;
          }
          default -> "%!" + verb + "(" + text(value) + ")";
        };
    String padding = " ".repeat(Math.max(0, width - text.length()));
    return flags.startsWith("-")
        ? text + padding
        : flags.startsWith("0") && value instanceof Double
            ? padding.replace(' ', '0') + text
            : padding + text;
  }

  /// A width or precision, bounded.
  private static int digits(String text) {
    String digits = text.replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : digits.length() > 2 ? 99 : Integer.parseInt(digits);
  }
}
