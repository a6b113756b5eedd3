package io.evenkeel.promql.parse;

/// A length of time as a query gives it: a literal, or arithmetic over literals and the query's own
/// step and range. Immutable.
public sealed interface DurationExpr {
  /// Where it stands in the text.
  Span span();

  /// Its seconds, for a query with a step and a range.
  ///
  /// @throws ArithmeticException when it divides by zero; the message says so
  double seconds(QueryTimes query);

  /// What `step()` and `range()` stand for, milliseconds; both 0 in an instant query's step and
  /// range.
  record QueryTimes(long stepMillis, long rangeMillis) {
    /// For what does not depend on the query.
    static final QueryTimes NONE = new QueryTimes(0, 0);
  }

  /// Whether it is the same in every query.
  default boolean isConstant() {
    return switch (this) {
      case Literal literal -> true;
      case Step step -> false;
      case Range range -> false;
      case Signed signed -> signed.inner.isConstant();
      case Parenthesis parenthesis -> parenthesis.inner.isConstant();
      case Arithmetic arithmetic -> arithmetic.left.isConstant() && arithmetic.right.isConstant();
      case Extreme extreme -> extreme.left.isConstant() && extreme.right.isConstant();
    };
  }

  /// @param inUnits whether it is written with units, `5m`, and not as a number of seconds
  record Literal(double seconds, boolean inUnits, Span span) implements DurationExpr {
    @Override
    public double seconds(QueryTimes query) {
      return seconds;
    }
  }

  /// `step()`.
  record Step(Span span) implements DurationExpr {
    @Override
    public double seconds(QueryTimes query) {
      return query.stepMillis / 1000.0;
    }
  }

  /// `range()`.
  record Range(Span span) implements DurationExpr {
    @Override
    public double seconds(QueryTimes query) {
      return query.rangeMillis / 1000.0;
    }
  }

  record Signed(boolean negative, DurationExpr inner, Span span) implements DurationExpr {
    @Override
    public double seconds(QueryTimes query) {
      return negative ? -inner.seconds(query) : inner.seconds(query);
    }
  }

  record Parenthesis(DurationExpr inner, Span span) implements DurationExpr {
    @Override
    public double seconds(QueryTimes query) {
      return inner.seconds(query);
    }
  }

  /// `min_of(a, b)` or `max_of(a, b)`.
  record Extreme(boolean largest, DurationExpr left, DurationExpr right, Span span)
      implements DurationExpr {
    @Override
    public double seconds(QueryTimes query) {
      double a = left.seconds(query);
      double b = right.seconds(query);
      return largest ? Math.max(a, b) : Math.min(a, b);
    }
  }

  /// @param operator one of + - * / % ^
  record Arithmetic(Expr.Operator operator, DurationExpr left, DurationExpr right, Span span)
      implements DurationExpr {
    @Override
    public double seconds(QueryTimes query) {
      double a = left.seconds(query);
      double b = right.seconds(query);
      return switch (operator) {
        case ADD -> a + b;
        case SUBTRACT -> a - b;
        case MULTIPLY -> a * b;
        case DIVIDE -> {
          if (b == 0) {
            throw new ArithmeticException("division by zero");
          }
          yield a / b;
        }
        case MODULO -> {
          if (b == 0) {
            throw new ArithmeticException("modulo by zero");
          }
          yield a % b;
        }
        case POWER -> Math.pow(a, b);
        default -> throw new IllegalStateException(operator + " is no operator of durations");
      };
    }
  }
}
