package io.evenkeel.hub.alert;

import com.google.re2j.Pattern;
import io.evenkeel.model.Label;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.parse.DurationExpr;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What an expression is about: whether each host's part of it can be evaluated alone, and which
/// part of it is the measured signal.
final class ExpressionScope {
  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(5);
  private static final int MOST_NAMED = 50;

  private ExpressionScope() {}

  /// Whether the result for one host depends on that host's series of the last five minutes only:
  /// such a rule is evaluated when the host's samples arrive.
  static boolean isHostLocal(String expression) {
    List<Expr.VectorSelector> selectors = new ArrayList<>();
    Expr root = QueryEngine.parse(expression);
    return isLocal(root, selectors) && !selectors.isEmpty();
  }

  private static boolean isLocal(Expr expr, List<Expr.VectorSelector> selectors) {
    return switch (expr) {
      case Expr.NumberLiteral number -> true;
      case Expr.StringLiteral string -> true;
      case Expr.VectorSelector selector -> {
        selectors.add(selector);
        yield selector.when().equals(Expr.When.NOW)
            && selector.matchers().stream().noneMatch(m -> m.name().equals(Label.INSTANCE));
      }
      case Expr.MatrixSelector matrix ->
          matrix.range().isConstant()
              && matrix.range().seconds(new DurationExpr.QueryTimes(0, 0))
                  <= LONGEST_WINDOW.toSeconds()
              && isLocal(matrix.vector(), selectors);
      case Expr.Subquery subquery -> false;
      case Expr.Call call ->
          !List.of(
                      "absent",
                      "absent_over_time",
                      "scalar",
                      "vector",
                      "label_replace",
                      "label_join",
                      "info")
                  .contains(call.function().name())
              && call.arguments().stream().allMatch(argument -> isLocal(argument, selectors));
      case Expr.Aggregate aggregate ->
          switch (aggregate.operation()) {
                case SUM, AVG, MIN, MAX, COUNT, GROUP, STDDEV, STDVAR -> true;
                case TOPK, BOTTOMK, QUANTILE, COUNT_VALUES, LIMITK, LIMIT_RATIO -> false;
              }
              && aggregate.labels().contains(Label.INSTANCE) != aggregate.without()
              && isLocal(aggregate.inner(), selectors);
      case Expr.Binary binary ->
          keepsInstance(binary)
              && isLocal(binary.left(), selectors)
              && isLocal(binary.right(), selectors);
      case Expr.Unary unary -> isLocal(unary.inner(), selectors);
      case Expr.Parenthesis parenthesis -> isLocal(parenthesis.inner(), selectors);
    };
  }

  private static boolean keepsInstance(Expr.Binary binary) {
    Expr.Matching matching = binary.matching();
    return matching.labels().contains(Label.INSTANCE) == matching.on();
  }

  /// The expression with every selector limited to one host.
  static String forHost(String expression, String host) {
    return limited(expression, "instance=" + quoted(host));
  }

  /// The expression with every selector limited to some hosts. Of many hosts it stays as it is:
  /// naming them would cost more than their neighbours' series do.
  static String forHosts(String expression, Collection<String> hosts) {
    if (hosts.size() == 1) {
      return forHost(expression, hosts.iterator().next());
    }
    if (hosts.size() > MOST_NAMED) {
      return expression;
    }
    String choice = hosts.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    return limited(expression, "instance=~" + quoted(choice));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  private static String limited(String expression, String matcher) {
    List<Expr.VectorSelector> selectors = new ArrayList<>();
    var unused = isLocal(QueryEngine.parse(expression), selectors);
    selectors.sort(Comparator.<Expr.VectorSelector>comparingInt(s -> s.span().start()).reversed());
    StringBuilder out = new StringBuilder(expression);
    for (Expr.VectorSelector selector : selectors) {
      int from = selector.span().start();
      int at = from;
      while (at < expression.length()
          && (Character.isLetterOrDigit(expression.charAt(at))
              || "_:".indexOf(expression.charAt(at)) >= 0)) {
        at++;
      }
      int brace = at;
      while (brace < expression.length() && Character.isWhitespace(expression.charAt(brace))) {
        brace++;
      }
      if (brace < expression.length() && expression.charAt(brace) == '{') {
        out.insert(brace + 1, matcher + ",");
      } else {
        out.insert(at, "{" + matcher + "}");
      }
    }
    return out.toString();
  }

  /// The two sides of a rule of the form `signal > threshold`.
  ///
  /// @param condition the operator and the threshold as people read them
  record Split(String signal, String condition) {}

  /// Splits off the comparison at the top, when there is one with a number.
  static Optional<Split> split(String expression) {
    Expr root = QueryEngine.parse(expression);
    while (root instanceof Expr.Parenthesis parenthesis) {
      root = parenthesis.inner();
    }
    if (root instanceof Expr.Binary binary
        && binary.operator().isComparison()
        && !binary.bool()
        && binary.right() instanceof Expr.NumberLiteral) {
      return Optional.of(
          new Split(
              text(expression, binary.left().span()),
              binary.operator().symbol() + " " + text(expression, binary.right().span())));
    }
    return Optional.empty();
  }

  private static String text(String expression, Span span) {
    return expression.substring(span.start(), span.end());
  }
}
