package io.evenkeel.promql.parse;

import io.evenkeel.model.Label;
import io.evenkeel.promql.parse.Expr.Aggregate;
import io.evenkeel.promql.parse.Expr.Aggregation;
import io.evenkeel.promql.parse.Expr.At;
import io.evenkeel.promql.parse.Expr.Binary;
import io.evenkeel.promql.parse.Expr.Call;
import io.evenkeel.promql.parse.Expr.Cardinality;
import io.evenkeel.promql.parse.Expr.Matching;
import io.evenkeel.promql.parse.Expr.MatrixSelector;
import io.evenkeel.promql.parse.Expr.Negation;
import io.evenkeel.promql.parse.Expr.NumberLiteral;
import io.evenkeel.promql.parse.Expr.Operator;
import io.evenkeel.promql.parse.Expr.Parenthesis;
import io.evenkeel.promql.parse.Expr.StringLiteral;
import io.evenkeel.promql.parse.Expr.Subquery;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Turns a query's text into a typed tree, by Pratt's operator precedence parsing (POPL 1973).
///
/// A parser is used once. Depth and length are bounded, so that no text can exhaust the stack.
public final class Parser {
  /// The longest text of a query, in UTF-16 units.
  public static final int MOST_CHARACTERS = 16 << 10;

  private static final int MOST_DEPTH = 64;
  private static final Map<String, Aggregation> AGGREGATIONS = new TreeMap<>();
  private static final Map<String, Operator> OPERATORS = new TreeMap<>();

  static {
    for (Aggregation aggregation : Aggregation.values()) {
      AGGREGATIONS.put(aggregation.keyword(), aggregation);
    }
    for (Operator operator : Operator.values()) {
      OPERATORS.put(operator.symbol(), operator);
    }
  }

  private final String text;
  private final List<Token> tokens;
  private int at;
  private int depth;

  private Parser(String text) {
    this.text = text;
    if (text.length() > MOST_CHARACTERS) {
      throw new PromqlSyntaxException(
          text, MOST_CHARACTERS, "the query is longer than " + MOST_CHARACTERS + " characters");
    }
    this.tokens = Lexer.tokens(text);
  }

  /// The tree of a query.
  ///
  /// @throws PromqlSyntaxException when the text is not PromQL
  public static Expr parse(String text) {
    Parser parser = new Parser(text);
    if (parser.peek().kind() == Token.Kind.END) {
      throw parser.error(parser.peek().span(), "no expression found in input");
    }
    Expr expr = parser.expression(0);
    if (parser.peek().kind() != Token.Kind.END) {
      throw parser.unexpected("");
    }
    return expr;
  }

  /// The matchers of a series selector, as the API's `match[]` takes them.
  ///
  /// @throws PromqlSyntaxException when the text is something else
  public static List<Matcher> selector(String text) {
    if (parse(text) instanceof VectorSelector selector && selector.when().equals(When.NOW)) {
      return selector.matchers();
    }
    throw new PromqlSyntaxException(text, 0, "expected a series selector");
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token next() {
    Token token = tokens.get(at);
    if (token.kind() != Token.Kind.END) {
      at++;
    }
    return token;
  }

  private boolean take(String symbol) {
    if (peek().is(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  private boolean takeWord(String word) {
    if (peek().isWord(word)) {
      at++;
      return true;
    }
    return false;
  }

  private Token expect(String symbol, String context) {
    if (!peek().is(symbol)) {
      throw unexpected(context);
    }
    return next();
  }

  private PromqlSyntaxException error(Span span, String problem) {
    return new PromqlSyntaxException(text, span.start(), problem);
  }

  private PromqlSyntaxException unexpected(String context) {
    Token token = peek();
    return error(
        token.span(),
        "unexpected " + token.described() + (context.isEmpty() ? "" : " in " + context));
  }

  private Expr expression(int least) {
    if (++depth > MOST_DEPTH) {
      throw error(peek().span(), "the query is nested deeper than " + MOST_DEPTH);
    }
    Expr left = prefix();
    while (true) {
      Operator operator = operator(peek());
      if (operator == null || operator.precedence() < least) {
        depth--;
        return left;
      }
      Token token = next();
      boolean bool = takeWord("bool");
      if (bool && !operator.isComparison()) {
        throw error(token.span(), "bool modifier can only be used on comparison operators");
      }
      Matching matching = matching(operator);
      // Only the power binds to the right.
      Expr right =
          expression(
              operator == Operator.POWER ? operator.precedence() : operator.precedence() + 1);
      left = binary(operator, left, right, bool, matching, token);
    }
  }

  private static @Nullable Operator operator(Token token) {
    return switch (token.kind()) {
      case SYMBOL -> OPERATORS.get(token.text());
      case NAME -> OPERATORS.get(token.text().toLowerCase(Locale.ROOT));
      case END, NUMBER, DURATION, STRING -> null;
    };
  }

  private Matching matching(Operator operator) {
    Cardinality cardinality = operator.isSet() ? Cardinality.MANY_TO_MANY : Cardinality.ONE_TO_ONE;
    boolean on = peek().isWord("on");
    if (!on && !peek().isWord("ignoring")) {
      return new Matching(cardinality, false, List.of(), List.of());
    }
    next();
    List<String> labels = labelList("grouping opts");
    List<String> include = List.of();
    if (peek().isWord("group_left") || peek().isWord("group_right")) {
      Token group = next();
      if (operator.isSet()) {
        throw error(
            group.span(), "no grouping allowed for \"" + operator.symbol() + "\" operation");
      }
      cardinality = group.isWord("group_left") ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
      include = peek().is("(") ? labelList("grouping opts") : List.of();
      for (String label : include) {
        if (on && labels.contains(label)) {
          throw error(
              group.span(),
              "label \"" + label + "\" must not occur in ON and GROUP clause at once");
        }
      }
    }
    return new Matching(cardinality, on, labels, include);
  }

  private List<String> labelList(String context) {
    List<String> labels = new ArrayList<>();
    expect("(", context);
    while (!peek().is(")")) {
      Token label = next();
      if (label.kind() != Token.Kind.NAME && label.kind() != Token.Kind.STRING) {
        at--;
        throw unexpected(context + ", expected label");
      }
      labels.add(label.text());
      if (!peek().is(")")) {
        expect(",", context);
      }
    }
    next();
    return labels;
  }

  private Expr binary(
      Operator operator, Expr left, Expr right, boolean bool, Matching matching, Token token) {
    for (Expr side : List.of(left, right)) {
      if (side.type() == ValueType.MATRIX || side.type() == ValueType.STRING) {
        throw error(
            side.span(), "binary expression must contain only scalar and instant vector types");
      }
    }
    boolean scalars = left.type() == ValueType.SCALAR && right.type() == ValueType.SCALAR;
    boolean vectors = left.type() == ValueType.VECTOR && right.type() == ValueType.VECTOR;
    if (operator.isSet() && !vectors) {
      throw error(
          token.span(),
          "set operator \"" + operator.symbol() + "\" not allowed in binary scalar expression");
    }
    if (operator.isComparison() && scalars && !bool) {
      throw error(token.span(), "comparisons between scalars must use BOOL modifier");
    }
    if (!vectors && (matching.on() || !matching.labels().isEmpty())) {
      throw error(token.span(), "vector matching only allowed between instant vectors");
    }
    return new Binary(operator, left, right, bool, matching, left.span().to(right.span()));
  }

  private Expr prefix() {
    Token token = peek();
    if (token.is("-") || token.is("+")) {
      next();
      // Tighter than multiplication, looser than the power.
      Expr inner = expression(Operator.POWER.precedence());
      if (inner.type() != ValueType.SCALAR && inner.type() != ValueType.VECTOR) {
        throw error(
            inner.span(),
            "unary expression only allowed on expressions of type scalar or instant vector, got \""
                + inner.type().words()
                + "\"");
      }
      if (token.is("+")) {
        return inner;
      }
      Span span = token.span().to(inner.span());
      return inner instanceof NumberLiteral number
          ? new NumberLiteral(-number.value(), span)
          : new Negation(inner, span);
    }
    return postfix(primary());
  }

  private Expr primary() {
    Token token = peek();
    if (token.is("(")) {
      next();
      Expr inner = expression(0);
      Token close = expect(")", "paren expression");
      return new Parenthesis(inner, token.span().to(close.span()));
    }
    if (token.is("{")) {
      return vectorSelector(null);
    }
    return switch (token.kind()) {
      case NUMBER -> new NumberLiteral(number(next()), token.span());
      case DURATION -> new NumberLiteral(duration(next()) / 1000.0, token.span());
      case STRING -> new StringLiteral(next().text(), token.span());
      case NAME -> named();
      case END, SYMBOL -> throw unexpected("");
    };
  }

  private Expr named() {
    Token name = next();
    String lower = name.text().toLowerCase(Locale.ROOT);
    Aggregation aggregation = AGGREGATIONS.get(lower);
    if (aggregation != null
        && (peek().is("(") || peek().isWord("by") || peek().isWord("without"))) {
      return aggregate(aggregation, name);
    }
    if (peek().is("(")) {
      return call(name);
    }
    if (lower.equals("inf") || lower.equals("nan")) {
      return new NumberLiteral(
          lower.equals("inf") ? Double.POSITIVE_INFINITY : Double.NaN, name.span());
    }
    return vectorSelector(name);
  }

  private double number(Token token) {
    String digits = token.text().replace("_", "");
    try {
      if (digits.startsWith("0x") || digits.startsWith("0X")) {
        return Long.parseUnsignedLong(digits.substring(2), 16);
      }
      return Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      throw error(token.span(), "bad number or duration syntax: \"" + token.text() + "\"");
    }
  }

  private long duration(Token token) {
    if (token.kind() == Token.Kind.NUMBER) {
      return Math.round(number(token) * 1000);
    }
    if (token.kind() != Token.Kind.DURATION) {
      at--;
      throw unexpected("duration");
    }
    return Durations.parse(token.text())
        .orElseThrow(
            () -> error(token.span(), "bad number or duration syntax: \"" + token.text() + "\""));
  }

  private long positiveDuration() {
    Token token = next();
    long millis = duration(token);
    if (millis <= 0) {
      throw error(token.span(), "duration must be greater than 0");
    }
    return millis;
  }

  private Expr call(Token name) {
    Signature signature = Signature.all().get(name.text());
    if (signature == null) {
      throw error(name.span(), "unknown function with name \"" + name.text() + "\"");
    }
    List<Expr> arguments = new ArrayList<>();
    expect("(", "function call");
    while (!peek().is(")")) {
      arguments.add(expression(0));
      if (!peek().is(")")) {
        expect(",", "function call");
      }
    }
    Span span = name.span().to(next().span());
    int most = signature.optional() < 0 ? Integer.MAX_VALUE : signature.arguments().size();
    if (arguments.size() < signature.least() || arguments.size() > most) {
      String bound =
          signature.least() == most
              ? "" + most
              : (arguments.size() < signature.least()
                  ? "at least " + signature.least()
                  : "at most " + most);
      throw error(
          name.span(),
          "expected "
              + bound
              + " argument(s) in call to \""
              + name.text()
              + "\", got "
              + arguments.size());
    }
    for (int i = 0; i < arguments.size(); i++) {
      expectType(
          arguments.get(i), signature.argument(i), "call to function \"" + name.text() + "\"");
    }
    return new Call(signature, arguments, span);
  }

  private void expectType(Expr expr, ValueType wanted, String context) {
    if (expr.type() != wanted) {
      throw error(
          expr.span(),
          "expected type " + wanted.words() + " in " + context + ", got " + expr.type().words());
    }
  }

  private Expr aggregate(Aggregation aggregation, Token name) {
    Optional<Grouping> grouping = grouping();
    expect("(", "aggregation");
    List<Expr> arguments = new ArrayList<>();
    while (!peek().is(")")) {
      arguments.add(expression(0));
      if (!peek().is(")")) {
        expect(",", "aggregation");
      }
    }
    Span span = name.span().to(next().span());
    if (grouping.isEmpty()) {
      grouping = grouping();
    }
    int wanted = aggregation.hasParameter() ? 2 : 1;
    if (arguments.isEmpty()) {
      throw error(span, "no arguments for aggregate expression provided");
    }
    if (arguments.size() != wanted) {
      throw error(
          span,
          "wrong number of arguments for aggregate expression provided, expected "
              + wanted
              + ", got "
              + arguments.size());
    }
    expectType(arguments.getLast(), ValueType.VECTOR, "aggregation expression");
    if (wanted == 2) {
      expectType(
          arguments.getFirst(),
          aggregation == Aggregation.COUNT_VALUES ? ValueType.STRING : ValueType.SCALAR,
          "aggregation parameter");
    }
    return new Aggregate(
        aggregation,
        wanted == 2 ? Optional.of(arguments.getFirst()) : Optional.empty(),
        arguments.getLast(),
        grouping.map(Grouping::without).orElse(false),
        grouping.map(Grouping::labels).orElse(List.of()),
        span);
  }

  private record Grouping(boolean without, List<String> labels) {}

  private Optional<Grouping> grouping() {
    if (peek().isWord("by") || peek().isWord("without")) {
      boolean without = next().isWord("without");
      return Optional.of(new Grouping(without, labelList("grouping opts")));
    }
    return Optional.empty();
  }

  private VectorSelector vectorSelector(@Nullable Token name) {
    List<Matcher> matchers = new ArrayList<>();
    Span span = name == null ? peek().span() : name.span();
    boolean named = name != null;
    if (peek().is("{")) {
      next();
      while (!peek().is("}")) {
        Token label = next();
        if (label.kind() == Token.Kind.STRING && (peek().is(",") || peek().is("}"))) {
          if (named) {
            throw error(
                label.span(), "metric name must not be set twice: \"" + label.text() + "\"");
          }
          matchers.add(Matcher.equal(Label.METRIC_NAME, label.text()));
          named = true;
        } else {
          matchers.add(matcher(label, name));
        }
        if (!peek().is("}")) {
          if (!peek().is(",")) {
            throw unexpected("label matching, expected \",\" or \"}\"");
          }
          next();
        }
      }
      span = span.to(next().span());
    }
    if (name != null) {
      matchers.add(Matcher.equal(Label.METRIC_NAME, name.text()));
    }
    if (matchers.stream().allMatch(Matcher::matchesEmpty)) {
      throw error(span, "vector selector must contain at least one non-empty matcher");
    }
    return new VectorSelector(matchers, When.NOW, span);
  }

  private Matcher matcher(Token label, @Nullable Token name) {
    if (label.kind() != Token.Kind.NAME && label.kind() != Token.Kind.STRING) {
      at--;
      throw unexpected("label matching, expected identifier or \"}\"");
    }
    if (name != null && label.text().equals(Label.METRIC_NAME)) {
      throw error(
          label.span(),
          "metric name must not be set twice: \""
              + name.text()
              + "\" or \""
              + peek().text()
              + "\"");
    }
    Matcher.Operator operator = null;
    for (Matcher.Operator candidate : Matcher.Operator.values()) {
      if (peek().is(candidate.symbol())) {
        operator = candidate;
      }
    }
    if (operator == null) {
      throw unexpected("label matching, expected label matching operator");
    }
    next();
    if (peek().kind() != Token.Kind.STRING) {
      throw unexpected("label matching, expected string");
    }
    Token value = next();
    try {
      return new Matcher(label.text(), operator, value.text());
    } catch (IllegalArgumentException e) {
      throw error(value.span(), String.valueOf(e.getMessage()));
    }
  }

  private Expr postfix(Expr expr) {
    Expr result = expr;
    while (true) {
      if (peek().is("[")) {
        result = range(result);
      } else if (peek().isWord("offset")) {
        Token token = next();
        boolean negative = take("-");
        if (!negative) {
          take("+");
        }
        long offset = duration(next());
        result = when(result, token, w -> withOffset(w, negative ? -offset : offset, token));
      } else if (peek().is("@")) {
        Token token = next();
        At modifier = at();
        result = when(result, token, w -> withAt(w, modifier, token));
      } else {
        return result;
      }
    }
  }

  private When withOffset(When when, long offset, Token token) {
    if (when.offset() != 0) {
      throw error(token.span(), "offset may not be set multiple times");
    }
    return new When(offset, when.at());
  }

  private When withAt(When when, At modifier, Token token) {
    if (!(when.at() instanceof At.Unset)) {
      throw error(token.span(), "@ <timestamp> may not be set multiple times");
    }
    return new When(when.offset(), modifier);
  }

  private At at() {
    if (peek().isWord("start") || peek().isWord("end")) {
      Token word = next();
      expect("(", "@ modifier");
      expect(")", "@ modifier");
      return word.isWord("start") ? new At.Start() : new At.End();
    }
    boolean negative = take("-");
    if (!negative) {
      take("+");
    }
    Token time = next();
    if (time.kind() != Token.Kind.NUMBER && time.kind() != Token.Kind.DURATION) {
      at--;
      throw unexpected("@ modifier, expected timestamp");
    }
    double magnitude = time.kind() == Token.Kind.NUMBER ? number(time) : duration(time) / 1000.0;
    double seconds = negative ? -magnitude : magnitude;
    if (!Double.isFinite(seconds) || Math.abs(seconds) > Long.MAX_VALUE / 1000.0) {
      throw error(time.span(), "timestamp out of bounds for @ modifier: " + time.text());
    }
    return new At.Fixed(Math.round(seconds * 1000));
  }

  private Expr when(Expr expr, Token token, java.util.function.UnaryOperator<When> change) {
    Span span = expr.span().to(tokens.get(at - 1).span());
    return switch (expr) {
      case VectorSelector vector ->
          new VectorSelector(vector.matchers(), change.apply(vector.when()), span);
      case MatrixSelector matrix -> {
        VectorSelector vector = matrix.vector();
        yield new MatrixSelector(
            new VectorSelector(vector.matchers(), change.apply(vector.when()), vector.span()),
            matrix.range(),
            span);
      }
      case Subquery subquery ->
          new Subquery(
              subquery.inner(),
              subquery.range(),
              subquery.step(),
              change.apply(subquery.when()),
              span);
      default ->
          throw error(
              token.span(),
              (token.is("@") ? "@ modifier" : "offset modifier")
                  + " must be preceded by an instant vector selector or range vector selector or a subquery");
    };
  }

  private Expr range(Expr expr) {
    Token open = next();
    long range = positiveDuration();
    if (take(":")) {
      OptionalLong step =
          peek().is("]") ? OptionalLong.empty() : OptionalLong.of(positiveDuration());
      Token close = expect("]", "subquery selector");
      if (expr.type() != ValueType.VECTOR && expr.type() != ValueType.SCALAR) {
        throw error(
            expr.span(),
            "subquery is only allowed on instant vector, got " + expr.type().words() + " instead");
      }
      return new Subquery(expr, range, step, When.NOW, expr.span().to(close.span()));
    }
    Token close = expect("]", "matrix selector");
    if (!(expr instanceof VectorSelector vector)) {
      throw error(open.span(), "ranges only allowed for vector selectors");
    }
    if (!vector.when().equals(When.NOW)) {
      throw error(open.span(), "no offset modifiers allowed before range");
    }
    return new MatrixSelector(vector, range, expr.span().to(close.span()));
  }
}
