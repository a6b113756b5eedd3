package io.evenkeel.promql.parse;

import io.evenkeel.model.Label;
import io.evenkeel.promql.parse.Expr.Aggregate;
import io.evenkeel.promql.parse.Expr.Aggregation;
import io.evenkeel.promql.parse.Expr.Binary;
import io.evenkeel.promql.parse.Expr.Call;
import io.evenkeel.promql.parse.Expr.Cardinality;
import io.evenkeel.promql.parse.Expr.Operator;
import io.evenkeel.promql.parse.Expr.Subquery;
import io.evenkeel.promql.parse.Expr.Unary;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.List;

/// Finds what the grammar allows but makes no sense: wrong types, wrong numbers of arguments,
/// selectors of everything. The messages are Prometheus's.
final class TypeCheck {
  private final String text;

  TypeCheck(String text) {
    this.text = text;
  }

  void check(Expr expr) {
    switch (expr) {
      case Expr.NumberLiteral number -> {}
      case Expr.StringLiteral string -> {}
      case VectorSelector selector -> selector(selector, false);
      case Expr.MatrixSelector matrix -> selector(matrix.vector(), false);
      case Subquery subquery -> subquery(subquery);
      case Call call -> call(call);
      case Aggregate aggregate -> aggregate(aggregate);
      case Binary binary -> binary(binary);
      case Unary unary -> unary(unary);
      case Expr.Parenthesis parenthesis -> check(parenthesis.inner());
    }
  }

  private PromqlSyntaxException error(Span span, String problem) {
    return new PromqlSyntaxException(text, span.start(), problem);
  }

  private void expect(Expr expr, ValueType wanted, String context) {
    check(expr);
    if (expr.type() != wanted) {
      throw error(
          expr.span(),
          "expected type " + wanted.words() + " in " + context + ", got " + expr.type().words());
    }
  }

  private void selector(VectorSelector selector, boolean mayBeEmpty) {
    List<Matcher> matchers = selector.matchers();
    String named = selector.name();
    int own = named.isEmpty() ? matchers.size() : matchers.size() - 1;
    for (Matcher matcher : matchers.subList(0, own)) {
      boolean names = matcher.operator() == Matcher.Operator.EQUAL;
      if (!matcher.name().equals(Label.METRIC_NAME) || selector.name().isEmpty() && !names) {
        continue;
      }
      if (!named.isEmpty()) {
        throw error(
            selector.span(),
            "metric name must not be set twice: "
                + Quoting.quote(named)
                + " or "
                + Quoting.quote(matcher.value()));
      }
      named = matcher.value();
    }
    if (!mayBeEmpty && selector.name().isEmpty()) {
      for (Matcher matcher : matchers) {
        if (!matcher.matchesEmpty()) {
          return;
        }
      }
      throw error(selector.span(), "vector selector must contain at least one non-empty matcher");
    }
  }

  private void subquery(Subquery subquery) {
    check(subquery.inner());
    if (subquery.inner().type() != ValueType.VECTOR) {
      throw error(
          subquery.span(),
          "subquery is only allowed on instant vector, got "
              + subquery.inner().type().words()
              + " instead");
    }
  }

  private void call(Call call) {
    Signature signature = call.function();
    int given = call.arguments().size();
    String bound = null;
    if (given < signature.least()) {
      bound = signature.variadic() == 0 ? "" : "at least ";
      bound += signature.least();
    } else if (given > signature.most()) {
      bound = signature.variadic() == 0 ? "" : "at most ";
      bound += signature.most();
    }
    if (bound != null) {
      throw error(
          call.span(),
          "expected "
              + bound
              + " argument(s) in call to "
              + Quoting.quote(signature.name())
              + ", got "
              + given);
    }
    String context = "call to function " + Quoting.quote(signature.name());
    for (int i = 0; i < given; i++) {
      Expr argument = call.arguments().get(i);
      if (signature.name().equals("info") && i == 1) {
        infoLabels(argument, context);
      } else {
        expect(argument, signature.argument(i), context);
      }
    }
  }

  private void infoLabels(Expr argument, String context) {
    if (!(argument instanceof VectorSelector selector)) {
      expect(argument, ValueType.VECTOR, context);
      throw error(argument.span(), "expected label selectors only");
    }
    if (!selector.name().isEmpty()) {
      throw error(argument.span(), "expected label selectors only, got vector selector instead");
    }
    selector(selector, true);
  }

  private void aggregate(Aggregate aggregate) {
    expect(aggregate.inner(), ValueType.VECTOR, "aggregation expression");
    aggregate
        .parameter()
        .ifPresent(parameter ->
            expect(
                parameter,
                aggregate.operation() == Aggregation.COUNT_VALUES
                    ? ValueType.STRING
                    : ValueType.SCALAR,
                "aggregation parameter"));
  }

  private void unary(Unary unary) {
    check(unary.inner());
    ValueType type = unary.inner().type();
    if (type != ValueType.SCALAR && type != ValueType.VECTOR) {
      throw error(
          unary.span(),
          "unary expression only allowed on expressions of type scalar or instant vector, got "
              + Quoting.quote(type.words()));
    }
  }

  private void binary(Binary binary) {
    check(binary.left());
    check(binary.right());
    Operator operator = binary.operator();
    if (binary.bool() && !operator.isComparison()) {
      throw error(binary.operatorSpan(), "bool modifier can only be used on comparison operators");
    }
    ValueType left = binary.left().type();
    ValueType right = binary.right().type();
    boolean scalars = left == ValueType.SCALAR && right == ValueType.SCALAR;
    if (operator.isComparison() && !binary.bool() && scalars) {
      throw error(binary.operatorSpan(), "comparisons between scalars must use BOOL modifier");
    }
    Expr.Matching matching = binary.matching();
    boolean grouped =
        matching.cardinality() == Cardinality.MANY_TO_ONE
            || matching.cardinality() == Cardinality.ONE_TO_MANY;
    if (operator.isSet() && grouped) {
      throw error(
          binary.span(),
          "no grouping allowed for " + Quoting.quote(operator.symbol()) + " operation");
    }
    if (matching.on()) {
      for (String label : matching.include()) {
        if (matching.labels().contains(label)) {
          throw error(
              binary.operatorSpan(),
              "label " + Quoting.quote(label) + " must not occur in ON and GROUP clause at once");
        }
      }
    }
    if (operator.isSet() && matching.fills()) {
      throw error(binary.span(), "filling in missing series not allowed for set operators");
    }
    for (Expr side : List.of(binary.left(), binary.right())) {
      if (side.type() != ValueType.SCALAR && side.type() != ValueType.VECTOR) {
        throw error(
            side.span(), "binary expression must contain only scalar and instant vector types");
      }
    }
    boolean vectors = left == ValueType.VECTOR && right == ValueType.VECTOR;
    if (!vectors && !matching.isPlain()) {
      throw error(
          binary.span(),
          matching.fills()
              ? "filling in missing series only allowed between instant vectors"
              : "vector matching only allowed between instant vectors");
    }
    if (operator.isSet() && !vectors) {
      throw error(
          binary.span(),
          "set operator "
              + Quoting.quote(operator.symbol())
              + " not allowed in binary scalar expression");
    }
    if (operator.isTrim() && scalars) {
      throw error(
          binary.operatorSpan(),
          "operator "
              + Quoting.quote(operator.symbol())
              + " not allowed in binary scalar expression");
    }
  }
}
