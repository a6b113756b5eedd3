package io.evenkeel.hub.chart;

import io.evenkeel.model.Label;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Which hosts an expression is about, told from its selectors: `instance="web1"`.
final class SelectedHosts {
  private final Set<String> names = new HashSet<>();
  private boolean open;

  private SelectedHosts() {}

  /// The hosts' names when every selector names one, else nothing.
  static Optional<Set<String>> of(Expr expression) {
    SelectedHosts selected = new SelectedHosts();
    selected.visit(expression);
    return selected.open || selected.names.isEmpty()
        ? Optional.empty()
        : Optional.of(selected.names);
  }

  private void visit(Expr expression) {
    switch (expression) {
      case Expr.NumberLiteral number -> {}
      case Expr.StringLiteral text -> {}
      case Expr.VectorSelector selector -> select(selector);
      case Expr.MatrixSelector selector -> select(selector.vector());
      case Expr.Subquery subquery -> visit(subquery.inner());
      case Expr.Call call -> call.arguments().forEach(this::visit);
      case Expr.Aggregate aggregate -> {
        aggregate.parameter().ifPresent(this::visit);
        visit(aggregate.inner());
      }
      case Expr.Binary binary -> {
        visit(binary.left());
        visit(binary.right());
      }
      case Expr.Unary unary -> visit(unary.inner());
      case Expr.Parenthesis parenthesis -> visit(parenthesis.inner());
    }
  }

  private void select(Expr.VectorSelector selector) {
    for (Matcher matcher : selector.matchers()) {
      if (matcher.name().equals(Label.INSTANCE) && matcher.operator() == Matcher.Operator.EQUAL) {
        names.add(matcher.value());
        return;
      }
    }
    open = true;
  }
}
