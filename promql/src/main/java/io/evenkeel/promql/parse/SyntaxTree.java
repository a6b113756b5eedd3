package io.evenkeel.promql.parse;

import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.parse.DurationExpr.QueryTimes;
import io.evenkeel.promql.parse.Expr.At;
import io.evenkeel.promql.parse.Expr.Matching;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.promql.parse.Expr.WindowEnds;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// A query's tree as plain maps, lists, strings, numbers and booleans, in the shape that
/// Prometheus's `parse_query` answers as JSON.
public final class SyntaxTree {
  private SyntaxTree() {}

  /// The node of an expression; its entries are in Prometheus's order.
  public static Map<String, @Nullable Object> of(Expr expr) {
    return switch (expr) {
      case Expr.Aggregate aggregate ->
          node(
              "aggregation",
              "op",
              aggregate.operation().keyword(),
              "expr",
              of(aggregate.inner()),
              "param",
              aggregate.parameter().map(SyntaxTree::of).orElse(null),
              "grouping",
              aggregate.labels(),
              "without",
              aggregate.without());
      case Expr.Binary binary ->
          node(
              "binaryExpr",
              "op",
              binary.operator().symbol(),
              "lhs",
              of(binary.left()),
              "rhs",
              of(binary.right()),
              "matching",
              binary.left().type() == ValueType.VECTOR && binary.right().type() == ValueType.VECTOR
                  ? matching(binary.matching())
                  : null,
              "bool",
              binary.bool());
      case Expr.Call call ->
          node(
              "call",
              "func",
              function(call.function()),
              "args",
              call.arguments().stream().map(SyntaxTree::of).toList());
      case Expr.MatrixSelector matrix -> {
        Map<String, @Nullable Object> node = node("matrixSelector", "name", matrix.vector().name());
        node.put("range", millis(matrix.range()));
        yield selector(node, matrix.vector());
      }
      case VectorSelector vector -> selector(node("vectorSelector", "name", vector.name()), vector);
      case Expr.Subquery subquery -> {
        Map<String, @Nullable Object> node =
            node("subquery", "expr", of(subquery.inner()), "range", millis(subquery.range()));
        node.put("offset", offset(subquery.when()));
        node.put("step", subquery.step().map(SyntaxTree::millis).orElse(0L));
        yield times(node, subquery.when());
      }
      case Expr.NumberLiteral number ->
          node("numberLiteral", "val", FloatText.plain(number.value()));
      case Expr.StringLiteral string -> node("stringLiteral", "val", string.value());
      case Expr.Parenthesis parenthesis -> node("parenExpr", "expr", of(parenthesis.inner()));
      case Expr.Unary unary ->
          node("unaryExpr", "op", unary.negative() ? "-" : "+", "expr", of(unary.inner()));
    };
  }

  private static Map<String, @Nullable Object> node(
      String type, @Nullable Object... keysAndValues) {
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    node.put("type", type);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      node.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
    }
    return node;
  }

  private static Map<String, @Nullable Object> selector(
      Map<String, @Nullable Object> node, VectorSelector vector) {
    node.put("offset", offset(vector.when()));
    node.put("matchers", vector.matchers().stream().map(SyntaxTree::matcher).toList());
    times(node, vector.when());
    node.put("anchored", vector.ends() == WindowEnds.ANCHORED);
    node.put("smoothed", vector.ends() == WindowEnds.SMOOTHED);
    return node;
  }

  private static Map<String, @Nullable Object> times(
      Map<String, @Nullable Object> node, When when) {
    node.put("timestamp", when.at() instanceof At.Fixed fixed ? fixed.millis() : null);
    node.put(
        "startOrEnd",
        switch (when.at()) {
          case At.Start start -> "start";
          case At.End end -> "end";
          case At.Fixed fixed -> null;
          case At.Unset unset -> null;
        });
    return node;
  }

  private static long offset(When when) {
    return when.offset().map(SyntaxTree::millis).orElse(0L);
  }

  /// What depends on the query's step or range is 0, as in Prometheus.
  private static long millis(DurationExpr duration) {
    return duration.isConstant() ? Math.round(duration.seconds(QueryTimes.NONE) * 1000) : 0;
  }

  private static Map<String, Object> matcher(Matcher matcher) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("name", matcher.name());
    node.put("value", matcher.value());
    node.put("type", matcher.operator().symbol());
    return node;
  }

  private static Map<String, @Nullable Object> matching(Matching matching) {
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    node.put("card", matching.cardinality().key());
    node.put("labels", matching.labels());
    node.put("on", matching.on());
    node.put("include", matching.include());
    Map<String, @Nullable Object> fills = new LinkedHashMap<>();
    fills.put("lhs", boxed(matching.fillLeft()));
    fills.put("rhs", boxed(matching.fillRight()));
    node.put("fillValues", fills);
    return node;
  }

  private static @Nullable Double boxed(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static Map<String, Object> function(Signature signature) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("name", signature.name());
    node.put("argTypes", List.copyOf(signature.arguments().stream().map(ValueType::key).toList()));
    node.put("variadic", signature.variadic());
    node.put("returnType", signature.returns().key());
    return node;
  }
}
