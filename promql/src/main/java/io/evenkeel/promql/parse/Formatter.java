package io.evenkeel.promql.parse;

import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.parse.Expr.Aggregate;
import io.evenkeel.promql.parse.Expr.At;
import io.evenkeel.promql.parse.Expr.Binary;
import io.evenkeel.promql.parse.Expr.Call;
import io.evenkeel.promql.parse.Expr.Cardinality;
import io.evenkeel.promql.parse.Expr.Matching;
import io.evenkeel.promql.parse.Expr.MatrixSelector;
import io.evenkeel.promql.parse.Expr.Subquery;
import io.evenkeel.promql.parse.Expr.Unary;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.promql.parse.Expr.WindowEnds;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.List;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/// Writes a tree back as PromQL, as Prometheus's `format_query` does: on one line, or, where a line
/// would be longer than 100 characters, indented over several.
public final class Formatter {
  private static final int LONGEST_LINE = 100;
  private static final String INDENT = "  ";

  private Formatter() {}

  /// A query on as many lines as it needs.
  public static String pretty(Expr expr) {
    return pretty(expr, 0);
  }

  private static String pretty(Expr expr, int level) {
    String margin = INDENT.repeat(level);
    String line = line(expr);
    if (line.length() <= LONGEST_LINE) {
      // A subquery that fits is not indented, in Prometheus neither.
      return expr instanceof Subquery ? line : margin + line;
    }
    return switch (expr) {
      case Aggregate aggregate ->
          margin
              + aggregateHead(aggregate)
              + "(\n"
              + aggregate
                  .parameter()
                  .map(parameter -> pretty(parameter, level + 1) + ",\n")
                  .orElse("")
              + pretty(aggregate.inner(), level + 1)
              + "\n"
              + margin
              + ")";
      case Binary binary ->
          base(binary, pretty(binary.left(), level + 1))
              + "\n"
              + margin
              + operator(binary)
              + "\n"
              + pretty(binary.right(), level + 1);
      case Call call -> {
        StringJoiner arguments = new StringJoiner(",\n");
        call.arguments().forEach(argument -> arguments.add(pretty(argument, level + 1)));
        yield margin + call.function().name() + "(\n" + arguments + "\n" + margin + ")";
      }
      case Expr.Parenthesis parenthesis ->
          margin + "(\n" + pretty(parenthesis.inner(), level + 1) + "\n" + margin + ")";
      case Subquery subquery -> pretty(subquery.inner(), level) + subquerySuffix(subquery);
      case Unary unary -> margin + sign(unary) + pretty(unary.inner(), level).strip();
      case MatrixSelector matrix -> margin + line;
      case VectorSelector vector -> margin + line;
      case Expr.NumberLiteral number -> margin + line;
      case Expr.StringLiteral string -> margin + line;
    };
  }

  /// A query on one line.
  public static String line(Expr expr) {
    return switch (expr) {
      case Aggregate aggregate ->
          aggregateHead(aggregate)
              + "("
              + aggregate.parameter().map(parameter -> line(parameter) + ", ").orElse("")
              + line(aggregate.inner())
              + ")";
      case Binary binary ->
          base(binary, line(binary.left())) + " " + operator(binary) + " " + line(binary.right());
      case Call call -> {
        StringJoiner arguments = new StringJoiner(", ", call.function().name() + "(", ")");
        call.arguments().forEach(argument -> arguments.add(line(argument)));
        yield arguments.toString();
      }
      case Expr.Parenthesis parenthesis -> "(" + line(parenthesis.inner()) + ")";
      case Subquery subquery -> line(subquery.inner()) + subquerySuffix(subquery);
      case Unary unary -> sign(unary) + line(unary.inner());
      case MatrixSelector matrix ->
          selector(matrix.vector())
              + "["
              + duration(matrix.range())
              + "]"
              + ends(matrix.vector().ends())
              + at(matrix.vector().when())
              + offset(matrix.vector().when());
      case VectorSelector vector ->
          selector(vector) + at(vector.when()) + ends(vector.ends()) + offset(vector.when());
      case Expr.NumberLiteral number -> number(number.value(), number.inUnits());
      case Expr.StringLiteral string -> Quoting.quote(string.value());
    };
  }

  /// The written left operand. A sign before a power's base would be read as one before the power.
  private static String base(Binary binary, String left) {
    return binary.operator() == Expr.Operator.POWER && left.stripLeading().startsWith("+Inf")
        ? left.replaceFirst("\\+Inf", "Inf")
        : left;
  }

  private static String sign(Unary unary) {
    return unary.negative() ? "-" : "+";
  }

  private static String number(double value, boolean inUnits) {
    if (!inUnits) {
      return FloatText.plain(value);
    }
    String duration = Durations.format(Math.round(Math.abs(value) * 1000));
    return value < 0 ? "-" + duration : duration;
  }

  private static String aggregateHead(Aggregate aggregate) {
    String head = aggregate.operation().keyword();
    if (aggregate.without()) {
      return head + " without (" + labels(aggregate.labels()) + ") ";
    }
    return aggregate.labels().isEmpty() ? head : head + " by (" + labels(aggregate.labels()) + ") ";
  }

  private static String labels(List<String> names) {
    StringJoiner joined = new StringJoiner(", ");
    names.forEach(name -> joined.add(Quoting.label(name)));
    return joined.toString();
  }

  private static String operator(Binary binary) {
    StringBuilder out = new StringBuilder(binary.operator().symbol());
    if (binary.bool()) {
      out.append(" bool");
    }
    Matching matching = binary.matching();
    boolean grouped =
        matching.cardinality() == Cardinality.MANY_TO_ONE
            || matching.cardinality() == Cardinality.ONE_TO_MANY;
    if (matching.on() || !matching.labels().isEmpty() || grouped) {
      out.append(matching.on() ? " on (" : " ignoring (")
          .append(labels(matching.labels()))
          .append(')');
    }
    if (grouped) {
      out.append(
              matching.cardinality() == Cardinality.MANY_TO_ONE
                  ? " group_left ("
                  : " group_right (")
          .append(labels(matching.include()))
          .append(')');
    }
    OptionalDouble left = matching.fillLeft();
    OptionalDouble right = matching.fillRight();
    if (left.isPresent() && left.equals(right)) {
      out.append(" fill (").append(FloatText.general(left.getAsDouble())).append(')');
    } else {
      left.ifPresent(v -> out.append(" fill_left (").append(FloatText.general(v)).append(')'));
      right.ifPresent(v -> out.append(" fill_right (").append(FloatText.general(v)).append(')'));
    }
    return out.toString();
  }

  private static String selector(VectorSelector vector) {
    List<String> conditions =
        vector.matchers().stream()
            .filter(matcher -> !isName(matcher, vector.name()))
            .map(Formatter::matcher)
            .sorted()
            .toList();
    if (conditions.isEmpty()) {
      return vector.name().isEmpty() ? "{}" : vector.name();
    }
    return vector.name() + "{" + String.join(",", conditions) + "}";
  }

  private static boolean isName(Matcher matcher, String name) {
    return !name.isEmpty()
        && matcher.operator() == Matcher.Operator.EQUAL
        && matcher.name().equals(io.evenkeel.model.Label.METRIC_NAME)
        && matcher.value().equals(name);
  }

  private static String matcher(Matcher matcher) {
    return Quoting.label(matcher.name())
        + matcher.operator().symbol()
        + Quoting.quote(matcher.value());
  }

  private static String ends(WindowEnds ends) {
    return switch (ends) {
      case PLAIN -> "";
      case ANCHORED -> " anchored";
      case SMOOTHED -> " smoothed";
    };
  }

  private static String at(When when) {
    return switch (when.at()) {
      case At.Unset unset -> "";
      case At.Fixed fixed ->
          " @ " + java.math.BigDecimal.valueOf(fixed.millis(), 3).toPlainString();
      case At.Start start -> " @ start()";
      case At.End end -> " @ end()";
    };
  }

  private static String offset(When when) {
    return when.offset().map(offset -> " offset " + offsetDuration(offset)).orElse("");
  }

  private static String offsetDuration(DurationExpr offset) {
    return switch (offset) {
      case DurationExpr.Literal literal -> Durations.format(Math.round(literal.seconds() * 1000));
      case DurationExpr.Signed signed when signed.inner() instanceof DurationExpr.Literal literal ->
          (signed.negative() ? "-" : "") + Durations.format(Math.round(literal.seconds() * 1000));
      default -> durationText(offset);
    };
  }

  private static String subquerySuffix(Subquery subquery) {
    return "["
        + duration(subquery.range())
        + ":"
        + subquery.step().map(Formatter::duration).orElse("")
        + "]"
        + at(subquery.when())
        + offset(subquery.when());
  }

  /// A range or step: a lone number of seconds is written with units.
  private static String duration(DurationExpr duration) {
    return duration instanceof DurationExpr.Literal literal
        ? Durations.format(Math.round(literal.seconds() * 1000))
        : durationText(duration);
  }

  private static String durationText(DurationExpr duration) {
    return switch (duration) {
      case DurationExpr.Literal literal -> number(literal.seconds(), literal.inUnits());
      case DurationExpr.Step step -> "step()";
      case DurationExpr.Range range -> "range()";
      case DurationExpr.Signed signed ->
          (signed.negative() ? "-" : "") + durationText(signed.inner());
      case DurationExpr.Parenthesis parenthesis -> "(" + durationText(parenthesis.inner()) + ")";
      case DurationExpr.Extreme extreme ->
          (extreme.largest() ? "max_of(" : "min_of(")
              + durationText(extreme.left())
              + ", "
              + durationText(extreme.right())
              + ")";
      case DurationExpr.Arithmetic arithmetic ->
          durationText(arithmetic.left())
              + " "
              + arithmetic.operator().symbol()
              + " "
              + durationText(arithmetic.right());
    };
  }
}
