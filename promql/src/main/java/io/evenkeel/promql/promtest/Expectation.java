package io.evenkeel.promql.promtest;

import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Parser;
import io.evenkeel.promql.promtest.SeriesNotation.NotationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// What a script says of a case: the lines below its `eval`.
///
/// @param failures what the message of a failure must be, one condition each; empty when it must
///   not fail
/// @param warnings what warnings must be; empty when nothing is said
/// @param infos what infos must be; empty when nothing is said
/// @param text the expected string
/// @param rangeVector the header of an expected range vector
/// @param values the lines with values
record Expectation(
    List<Message> failures,
    List<Message> warnings,
    List<Message> infos,
    boolean noWarnings,
    boolean noInfos,
    boolean ordered,
    Optional<String> text,
    Optional<String> rangeVector,
    List<String> values) {

  /// A condition on a message, and how the script writes it.
  record Message(String written, Predicate<String> condition) {}

  static Expectation of(@Nullable String suffix, List<String> block) {
    Builder builder = new Builder();
    if (suffix != null) {
      builder.expect(suffix);
    }
    for (String line : block) {
      builder.line(line);
    }
    return new Expectation(
        List.copyOf(builder.failures),
        List.copyOf(builder.warnings),
        List.copyOf(builder.infos),
        builder.noWarnings,
        builder.noInfos,
        builder.ordered,
        Optional.ofNullable(builder.text),
        Optional.ofNullable(builder.rangeVector),
        List.copyOf(builder.values));
  }

  boolean fails() {
    return !failures.isEmpty();
  }

  /// What is wrong with the annotations of an answer, or null.
  @Nullable String annotationProblem(List<String> actualWarnings, List<String> actualInfos) {
    if (noWarnings && !actualWarnings.isEmpty()) {
      return "gave warnings: " + actualWarnings;
    }
    if (noInfos && !actualInfos.isEmpty()) {
      return "gave infos: " + actualInfos;
    }
    String problem = annotationProblem("warning", warnings, actualWarnings);
    return problem == null ? annotationProblem("info", infos, actualInfos) : problem;
  }

  private static @Nullable String annotationProblem(
      String kind, List<Message> expected, List<String> actual) {
    if (expected.isEmpty()) {
      return null;
    }
    if (actual.isEmpty()) {
      return "gave no " + kind;
    }
    for (Message message : expected) {
      if (actual.stream().noneMatch(message.condition())) {
        return "gave no " + kind + " '" + message.written() + "' but " + actual;
      }
    }
    for (String message : actual) {
      if (expected.stream().noneMatch(one -> one.condition().test(message))) {
        return "gave an unexpected " + kind + ": " + message;
      }
    }
    return null;
  }

  private static final class Builder {
    private final List<Message> failures = new ArrayList<>();
    private final List<Message> warnings = new ArrayList<>();
    private final List<Message> infos = new ArrayList<>();
    private boolean noWarnings;
    private boolean noInfos;
    private boolean ordered;
    private @Nullable String text;
    private @Nullable String rangeVector;
    private final List<String> values = new ArrayList<>();

    void line(String line) {
      if (line.startsWith("expected_fail_message ")) {
        failures.add(message("msg:" + line.substring("expected_fail_message ".length()).strip()));
      } else if (line.startsWith("expected_fail_regexp ")) {
        failures.add(message("regex:" + line.substring("expected_fail_regexp ".length()).strip()));
      } else if (line.startsWith("expect ")) {
        expect(line.substring("expect ".length()).strip());
      } else {
        values.add(line);
      }
    }

    void expect(String what) {
      String[] parts = what.split("\\s+", 2);
      String rest = parts.length > 1 ? parts[1] : "";
      switch (parts[0]) {
        case "fail" -> failures.add(message(rest));
        case "warn" -> warnings.add(message(rest));
        case "info" -> infos.add(message(rest));
        case "no_warn" -> noWarnings = true;
        case "no_info" -> noInfos = true;
        case "ordered" -> ordered = true;
        case "string" -> text = unquoted(rest);
        case "range" -> rangeVector = what;
        default -> throw new NotationException("'expect " + what + "' is not understood");
      }
    }

    private static String unquoted(String text) {
      if (Parser.parse(text) instanceof Expr.StringLiteral string) {
        return string.value();
      }
      throw new NotationException("'" + text + "' is no string");
    }

    private static Message message(String text) {
      if (text.startsWith("msg:")) {
        String wanted = text.substring("msg:".length()).strip();
        return new Message(wanted, wanted::equals);
      }
      if (text.startsWith("regex:")) {
        String regex = text.substring("regex:".length()).strip();
        try {
          return new Message(regex, Pattern.compile(regex).asPredicate());
        } catch (PatternSyntaxException e) {
          throw new NotationException("'" + regex + "' is no regular expression");
        }
      }
      if (!text.isEmpty()) {
        throw new NotationException("'" + text + "' is neither msg: nor regex:");
      }
      return new Message("any", any -> true);
    }
  }
}
