package io.evenkeel.hub.api;

import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.ArrayList;
import java.util.List;

/// The series selectors of a request or an expression.
final class Selectors {
  private Selectors() {}

  /// Those of the parameter `match[]`.
  ///
  /// @throws PrometheusProblem when one of them is no selector
  static List<List<Matcher>> given(Exchange exchange) {
    List<List<Matcher>> selectors = new ArrayList<>();
    for (String text : exchange.parameters("match[]")) {
      try {
        if (!(QueryEngine.parse(text) instanceof Expr.VectorSelector selector)) {
          throw PrometheusProblem.badData(
              "invalid parameter \"match[]\": \"" + text + "\" is not a selector of series");
        }
        selectors.add(selector.matchers());
      } catch (QueryException.BadQuery e) {
        throw PrometheusProblem.badData("invalid parameter \"match[]\": " + e.getMessage());
      }
    }
    return selectors;
  }

  /// Those in an expression, in its order.
  static List<List<Matcher>> of(Expr expr) {
    List<List<Matcher>> found = new ArrayList<>();
    collect(expr, found);
    return found;
  }

  private static void collect(Expr expr, List<List<Matcher>> found) {
    switch (expr) {
      case Expr.NumberLiteral number -> {}
      case Expr.StringLiteral text -> {}
      case Expr.VectorSelector selector -> found.add(selector.matchers());
      case Expr.MatrixSelector selector -> found.add(selector.vector().matchers());
      case Expr.Subquery subquery -> collect(subquery.inner(), found);
      case Expr.Call call -> call.arguments().forEach(argument -> collect(argument, found));
      case Expr.Aggregate aggregate -> {
        aggregate.parameter().ifPresent(parameter -> collect(parameter, found));
        collect(aggregate.inner(), found);
      }
      case Expr.Binary binary -> {
        collect(binary.left(), found);
        collect(binary.right(), found);
      }
      case Expr.Unary unary -> collect(unary.inner(), found);
      case Expr.Parenthesis parenthesis -> collect(parenthesis.inner(), found);
    }
  }
}
