package io.evenkeel.promql.parse;

import io.evenkeel.tsdb.storage.Matcher;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A node of a query's syntax tree. Immutable; durations and times are milliseconds.
public sealed interface Expr {
  /// Where it stands in the text.
  Span span();

  /// What it evaluates to.
  ValueType type();

  /// Binary operators; the symbol is how PromQL writes it.
  enum Operator {
    OR("or"),
    AND("and"),
    UNLESS("unless"),
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_EQUAL("<="),
    GREATER(">"),
    GREATER_EQUAL(">="),
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    MODULO("%"),
    ATAN2("atan2"),
    POWER("^");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }

    /// How tightly it binds; more is tighter.
    int precedence() {
      return switch (this) {
        case OR -> 1;
        case AND, UNLESS -> 2;
        case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> 3;
        case ADD, SUBTRACT -> 4;
        case MULTIPLY, DIVIDE, MODULO, ATAN2 -> 5;
        case POWER -> 6;
      };
    }

    public boolean isSet() {
      return this == OR || this == AND || this == UNLESS;
    }

    public boolean isComparison() {
      return precedence() == 3;
    }
  }

  /// Aggregations.
  enum Aggregation {
    SUM,
    AVG,
    MIN,
    MAX,
    COUNT,
    GROUP,
    STDDEV,
    STDVAR,
    TOPK,
    BOTTOMK,
    QUANTILE,
    COUNT_VALUES,
    LIMITK,
    LIMIT_RATIO;

    /// Whether it takes a parameter before its vector.
    boolean hasParameter() {
      return switch (this) {
        case TOPK, BOTTOMK, QUANTILE, COUNT_VALUES, LIMITK, LIMIT_RATIO -> true;
        case SUM, AVG, MIN, MAX, COUNT, GROUP, STDDEV, STDVAR -> false;
      };
    }

    public String keyword() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// Which sample of the other side belongs to one.
  enum Cardinality {
    ONE_TO_ONE,
    MANY_TO_ONE,
    ONE_TO_MANY,
    MANY_TO_MANY
  }

  /// How the samples of two vectors are paired.
  ///
  /// @param on whether `labels` are the ones to match on; else the ones to ignore
  /// @param include labels of the one side that the result takes over
  record Matching(Cardinality cardinality, boolean on, List<String> labels, List<String> include) {
    /// No modifier at all.
    public static final Matching DEFAULT =
        new Matching(Cardinality.ONE_TO_ONE, false, List.of(), List.of());

    public Matching {
      labels = List.copyOf(labels);
      include = List.copyOf(include);
    }
  }

  /// When a selector or subquery looks.
  ///
  /// @param offset how far back, may be negative
  /// @param at the fixed time of an `@` modifier
  record When(long offset, At at) {
    /// The evaluation's own time.
    public static final When NOW = new When(0, new At.Unset());
  }

  /// An `@` modifier.
  sealed interface At {
    record Unset() implements At {}

    /// Epoch milliseconds.
    record Fixed(long millis) implements At {}

    record Start() implements At {}

    record End() implements At {}
  }

  record NumberLiteral(double value, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.SCALAR;
    }
  }

  record StringLiteral(String value, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.STRING;
    }
  }

  /// Series by matchers; the metric's name is one of them.
  record VectorSelector(List<Matcher> matchers, When when, Span span) implements Expr {
    public VectorSelector {
      matchers = List.copyOf(matchers);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }
  }

  /// The samples of a selector over a window.
  record MatrixSelector(VectorSelector vector, long range, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /// An expression evaluated over a window.
  ///
  /// @param step milliseconds, or nothing for the engine's default
  record Subquery(Expr inner, long range, OptionalLong step, When when, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  record Call(Signature function, List<Expr> arguments, Span span) implements Expr {
    public Call {
      arguments = List.copyOf(arguments);
    }

    @Override
    public ValueType type() {
      return function.returns();
    }
  }

  /// @param without whether `labels` are the ones that go; else the ones that stay
  record Aggregate(
      Aggregation operation,
      Optional<Expr> parameter,
      Expr inner,
      boolean without,
      List<String> labels,
      Span span)
      implements Expr {
    public Aggregate {
      labels = List.copyOf(labels);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }
  }

  /// @param bool whether a comparison answers 0 or 1 instead of filtering
  record Binary(
      Operator operator, Expr left, Expr right, boolean bool, Matching matching, Span span)
      implements Expr {
    @Override
    public ValueType type() {
      return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
          ? ValueType.SCALAR
          : ValueType.VECTOR;
    }
  }

  record Negation(Expr inner, Span span) implements Expr {
    @Override
    public ValueType type() {
      return inner.type();
    }
  }

  record Parenthesis(Expr inner, Span span) implements Expr {
    @Override
    public ValueType type() {
      return inner.type();
    }
  }
}
