package io.evenkeel.promql.parse;

import io.evenkeel.tsdb.storage.Matcher;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// A node of a query's syntax tree. Immutable; times are epoch milliseconds.
public sealed interface Expr {
  /// Where it stands in the text.
  Span span();

  /// What it evaluates to.
  ValueType type();

  /// The expression inside any parentheses around it.
  default Expr bare() {
    return this instanceof Parenthesis parenthesis ? parenthesis.inner().bare() : this;
  }

  /// Binary operators; the symbol is how PromQL writes it.
  enum Operator {
    OR("or", 1),
    AND("and", 2),
    UNLESS("unless", 2),
    EQUAL("==", 3),
    NOT_EQUAL("!=", 3),
    LESS("<", 3),
    LESS_EQUAL("<=", 3),
    GREATER(">", 3),
    GREATER_EQUAL(">=", 3),
    /// Takes from a histogram the observations above a number.
    TRIM_UPPER("</", 3),
    /// Takes from a histogram the observations below a number.
    TRIM_LOWER(">/", 3),
    ADD("+", 4),
    SUBTRACT("-", 4),
    MULTIPLY("*", 5),
    DIVIDE("/", 5),
    MODULO("%", 5),
    ATAN2("atan2", 5),
    POWER("^", 6);

    private static final Map<String, Operator> BY_SYMBOL = new HashMap<>();

    static {
      for (Operator operator : values()) {
        BY_SYMBOL.put(operator.symbol, operator);
      }
    }

    private final String symbol;
    private final int precedence;

    Operator(String symbol, int precedence) {
      this.symbol = symbol;
      this.precedence = precedence;
    }

    static @Nullable Operator of(String symbol) {
      return BY_SYMBOL.get(symbol);
    }

    public String symbol() {
      return symbol;
    }

    /// How tightly it binds; more is tighter.
    int precedence() {
      return precedence;
    }

    public boolean isSet() {
      return this == OR || this == AND || this == UNLESS;
    }

    public boolean isTrim() {
      return this == TRIM_UPPER || this == TRIM_LOWER;
    }

    public boolean isComparison() {
      return precedence == 3 && !isTrim();
    }

    /// Whether its answer is another quantity, which the metric's name would not fit any more.
    public boolean changesMeaning() {
      return precedence > 3;
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

    private static final Map<String, Aggregation> BY_KEYWORD = new HashMap<>();

    static {
      for (Aggregation aggregation : values()) {
        BY_KEYWORD.put(aggregation.keyword(), aggregation);
      }
    }

    static @Nullable Aggregation named(String keyword) {
      return BY_KEYWORD.get(keyword);
    }

    /// Whether it takes a parameter before its vector.
    boolean hasParameter() {
      return switch (this) {
        case TOPK, BOTTOMK, QUANTILE, COUNT_VALUES, LIMITK, LIMIT_RATIO -> true;
        case SUM, AVG, MIN, MAX, COUNT, GROUP, STDDEV, STDVAR -> false;
      };
    }

    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Which sample of the other side belongs to one; the key is how Prometheus's API names it.
  enum Cardinality {
    ONE_TO_ONE("one-to-one"),
    MANY_TO_ONE("many-to-one"),
    ONE_TO_MANY("one-to-many"),
    MANY_TO_MANY("many-to-many");

    private final String key;

    Cardinality(String key) {
      this.key = key;
    }

    public String key() {
      return key;
    }
  }

  /// How the samples of two vectors are paired.
  ///
  /// @param on whether `labels` are the ones to match on; else the ones to ignore
  /// @param include labels of the one side that the result takes over
  /// @param fillLeft what stands for a sample that the left side lacks
  /// @param fillRight what stands for a sample that the right side lacks
  record Matching(
      Cardinality cardinality,
      boolean on,
      List<String> labels,
      List<String> include,
      OptionalDouble fillLeft,
      OptionalDouble fillRight) {
    public Matching {
      labels = List.copyOf(labels);
      include = List.copyOf(include);
    }

    /// Whether nothing was said about the pairing.
    boolean isPlain() {
      return !on && labels.isEmpty() && include.isEmpty() && !fills();
    }

    /// Whether any side's gaps are filled.
    public boolean fills() {
      return fillLeft.isPresent() || fillRight.isPresent();
    }
  }

  /// When a selector or subquery looks.
  ///
  /// @param offset how far back, may be negative
  /// @param at the fixed time of an `@` modifier
  record When(Optional<DurationExpr> offset, At at) {
    /// The evaluation's own time.
    public static final When NOW = new When(Optional.empty(), new At.Unset());
  }

  /// An `@` modifier.
  sealed interface At {
    record Unset() implements At {}

    /// Epoch milliseconds.
    record Fixed(long millis) implements At {}

    record Start() implements At {}

    record End() implements At {}
  }

  /// How the ends of a selector's window are treated.
  enum WindowEnds {
    /// Only samples inside of the window count.
    PLAIN,
    /// The sample before the window stands for its beginning.
    ANCHORED,
    /// Values at the window's ends are interpolated from the samples around them.
    SMOOTHED
  }

  /// @param inUnits whether it is written as a duration, `5m`
  record NumberLiteral(double value, boolean inUnits, Span span) implements Expr {
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
  ///
  /// @param name the metric's name when it stands before the braces, else empty
  record VectorSelector(String name, List<Matcher> matchers, When when, WindowEnds ends, Span span)
      implements Expr {
    public VectorSelector {
      matchers = List.copyOf(matchers);
    }

    @Override
    public ValueType type() {
      return ValueType.VECTOR;
    }
  }

  /// The samples of a selector over a window.
  record MatrixSelector(VectorSelector vector, DurationExpr range, Span span) implements Expr {
    @Override
    public ValueType type() {
      return ValueType.MATRIX;
    }
  }

  /// An expression evaluated over a window.
  ///
  /// @param step nothing for the engine's default
  record Subquery(Expr inner, DurationExpr range, Optional<DurationExpr> step, When when, Span span)
      implements Expr {
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
  /// @param operatorSpan where the operator itself stands
  record Binary(
      Operator operator,
      Expr left,
      Expr right,
      boolean bool,
      Matching matching,
      Span operatorSpan,
      Span span)
      implements Expr {
    @Override
    public ValueType type() {
      return left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR
          ? ValueType.SCALAR
          : ValueType.VECTOR;
    }
  }

  /// A sign before an expression.
  record Unary(boolean negative, Expr inner, Span span) implements Expr {
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
