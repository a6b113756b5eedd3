package io.evenkeel.hub.alert;

import io.evenkeel.promql.FloatText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The conditions of a rule made in the pages.
///
/// @param all whether every condition must hold (and); else one is enough (or)
public record ThresholdForm(List<Condition> conditions, boolean all) {
  public static final List<String> OPERATORS = List.of(">", ">=", "<", "<=", "==", "!=");

  /// One condition on one expression.
  ///
  /// @param metric an expression with one value per host or part of it
  /// @param negated whether the condition must not hold
  /// @param clearAt the threshold from which the alert ends, when it is another
  public record Condition(
      String metric, String operator, double threshold, boolean negated, @Nullable Double clearAt) {
    String expression(double against) {
      return "(" + metric + ") " + operator + " " + FloatText.of(against);
    }

    /// The operator of the opposite condition.
    String opposite() {
      return switch (operator) {
        case ">" -> "<=";
        case ">=" -> "<";
        case "<" -> ">=";
        case "<=" -> ">";
        case "==" -> "!=";
        case "!=" -> "==";
        default -> throw new IllegalArgumentException(operator);
      };
    }
  }

  public ThresholdForm {
    conditions = List.copyOf(conditions);
  }

  /// The rule's expression.
  public String expression() {
    StringBuilder out = new StringBuilder();
    for (Condition condition : conditions) {
      String one =
          condition.negated()
              ? "("
                  + condition.metric()
                  + ") "
                  + condition.opposite()
                  + " "
                  + FloatText.of(condition.threshold())
              : condition.expression(condition.threshold());
      if (out.isEmpty()) {
        out.append(one);
      } else {
        out.append(all ? " and on(instance) " : " or ").append('(').append(one).append(')');
      }
    }
    return out.toString();
  }

  /// When the alert ends again: the first condition's own threshold for that, if it has one.
  public @Nullable String clear() {
    Condition first = conditions.getFirst();
    Double at = first.clearAt();
    return at == null
        ? null
        : "(" + first.metric() + ") " + first.opposite() + " " + FloatText.of(at);
  }
}
