package io.evenkeel.promql.parse;

import io.evenkeel.model.Label;
import io.evenkeel.promql.parse.DurationExpr.QueryTimes;
import io.evenkeel.promql.parse.Expr.Aggregate;
import io.evenkeel.promql.parse.Expr.Aggregation;
import io.evenkeel.promql.parse.Expr.At;
import io.evenkeel.promql.parse.Expr.Binary;
import io.evenkeel.promql.parse.Expr.Call;
import io.evenkeel.promql.parse.Expr.Cardinality;
import io.evenkeel.promql.parse.Expr.Matching;
import io.evenkeel.promql.parse.Expr.MatrixSelector;
import io.evenkeel.promql.parse.Expr.NumberLiteral;
import io.evenkeel.promql.parse.Expr.Operator;
import io.evenkeel.promql.parse.Expr.Parenthesis;
import io.evenkeel.promql.parse.Expr.StringLiteral;
import io.evenkeel.promql.parse.Expr.Subquery;
import io.evenkeel.promql.parse.Expr.Unary;
import io.evenkeel.promql.parse.Expr.VectorSelector;
import io.evenkeel.promql.parse.Expr.When;
import io.evenkeel.promql.parse.Expr.WindowEnds;
import io.evenkeel.tsdb.storage.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Turns a query's text into a tree, by Pratt's operator precedence parsing (POPL 1973). What the
/// grammar allows but makes no sense is found afterwards, by [TypeCheck].
///
/// A parser is used once. Depth and length are bounded, so that no text can exhaust the stack.
public final class Parser {
  /// The longest text of a query, in UTF-16 units.
  public static final int MOST_CHARACTERS = 16 << 10;

  /// How deep expressions may be nested.
  static final int MOST_DEPTH = 64;

  /// How many binary operators a query may have; they may all lean to one side of the tree.
  static final int MOST_OPERATORS = 512;

  private static final String DURATION_EXPECTED = "number, duration, step(), or range()";
  private static final Set<String> NO_METRIC_NAMES =
      Set.of("bool", "on", "ignoring", "group_left", "group_right", "atan2");

  private final String text;
  private final List<Token> tokens;
  private int at;
  private int depth;
  private int operators;

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
      throw new PromqlSyntaxException(text, 0, "no expression found in input");
    }
    Expr expr = parser.expression(0);
    if (parser.peek().kind() != Token.Kind.END) {
      throw parser.unexpected("", "");
    }
    new TypeCheck(text).check(expr);
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

  /// The matchers of a series as a test script writes it, which may be empty.
  ///
  /// @throws PromqlSyntaxException when the text is something else
  public static List<Matcher> seriesDescription(String text) {
    Parser parser = new Parser(text);
    if (parser.peek().kind() == Token.Kind.END) {
      return List.of();
    }
    Token name = parser.peek().kind() == Token.Kind.NAME ? parser.next() : null;
    VectorSelector selector = parser.vectorSelector(name);
    if (parser.peek().kind() != Token.Kind.END) {
      throw parser.unexpected("series description", "");
    }
    return selector.matchers();
  }

  private Token peek() {
    Token token = tokens.get(at);
    if (token.kind() == Token.Kind.ERROR) {
      throw error(token.span(), token.text());
    }
    return token;
  }

  private Token next() {
    Token token = peek();
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

  private boolean followedBy(String symbol) {
    return at + 1 < tokens.size() && tokens.get(at + 1).is(symbol);
  }

  private Token expect(String symbol, String context, String expected) {
    if (!peek().is(symbol)) {
      throw unexpected(context, expected);
    }
    return next();
  }

  private PromqlSyntaxException error(Span span, String problem) {
    return new PromqlSyntaxException(text, span.start(), problem);
  }

  private PromqlSyntaxException unexpected(String context, String expected) {
    Token token = peek();
    return error(
        token.span(),
        "unexpected "
            + token.described()
            + (context.isEmpty() ? "" : " in " + context)
            + (expected.isEmpty() ? "" : ", expected " + expected));
  }

  private void countOperator() {
    if (++operators > MOST_OPERATORS) {
      throw error(peek().span(), "the query has more than " + MOST_OPERATORS + " operators");
    }
  }

  private void deeper() {
    if (++depth > MOST_DEPTH) {
      throw error(tokens.get(at).span(), "the query is nested deeper than " + MOST_DEPTH);
    }
  }

  private Expr expression(int least) {
    deeper();
    Expr left = prefix();
    while (true) {
      Operator operator = operator(peek());
      if (operator == null || operator.precedence() < least) {
        depth--;
        return left;
      }
      countOperator();
      Token token = next();
      boolean bool = takeWord("bool");
      Matching matching = matching(operator);
      // Only the power binds to the right.
      Expr right =
          expression(
              operator == Operator.POWER ? operator.precedence() : operator.precedence() + 1);
      left =
          new Binary(
              operator, left, right, bool, matching, token.span(), left.span().to(right.span()));
    }
  }

  private static @Nullable Operator operator(Token token) {
    return switch (token.kind()) {
      case SYMBOL -> Operator.of(token.text());
      case NAME -> Operator.of(token.text().toLowerCase(Locale.ROOT));
      case END, NUMBER, DURATION, STRING, ERROR -> null;
    };
  }

  private Matching matching(Operator operator) {
    Cardinality cardinality = operator.isSet() ? Cardinality.MANY_TO_MANY : Cardinality.ONE_TO_ONE;
    boolean on = peek().isWord("on");
    List<String> labels = List.of();
    List<String> include = List.of();
    if (on || peek().isWord("ignoring")) {
      next();
      labels = labelList();
      if (peek().isWord("group_left") || peek().isWord("group_right")) {
        cardinality =
            next().isWord("group_left") ? Cardinality.MANY_TO_ONE : Cardinality.ONE_TO_MANY;
        include = peek().is("(") ? labelList() : List.of();
      }
    }
    OptionalDouble fillLeft = OptionalDouble.empty();
    OptionalDouble fillRight = OptionalDouble.empty();
    if (followedBy("(")) {
      if (takeWord("fill")) {
        fillLeft = fillValue();
        fillRight = fillLeft;
      } else if (takeWord("fill_left")) {
        fillLeft = fillValue();
        fillRight = peek().isWord("fill_right") && followedBy("(") ? otherFill() : fillRight;
      } else if (takeWord("fill_right")) {
        fillRight = fillValue();
        fillLeft = peek().isWord("fill_left") && followedBy("(") ? otherFill() : fillLeft;
      }
    }
    return new Matching(cardinality, on, labels, include, fillLeft, fillRight);
  }

  private OptionalDouble otherFill() {
    next();
    return fillValue();
  }

  private OptionalDouble fillValue() {
    expect("(", "fill value", "\"(\"");
    double sign = take("-") ? -1 : 1;
    if (sign > 0) {
      take("+");
    }
    OptionalDouble number = signlessNumber();
    if (number.isEmpty()) {
      throw unexpected("fill value", "number");
    }
    next();
    expect(")", "fill value", "\")\"");
    return OptionalDouble.of(sign * number.getAsDouble());
  }

  /// The number that the next token is, which is not taken.
  private OptionalDouble signlessNumber() {
    Token token = peek();
    return switch (token.kind()) {
      case NUMBER -> OptionalDouble.of(number(token));
      case DURATION -> OptionalDouble.of(durationMillis(token) / 1000.0);
      case NAME ->
          switch (token.text().toLowerCase(Locale.ROOT)) {
            case "inf" -> OptionalDouble.of(Double.POSITIVE_INFINITY);
            case "nan" -> OptionalDouble.of(Double.NaN);
            default -> OptionalDouble.empty();
          };
      case STRING, SYMBOL, END, ERROR -> OptionalDouble.empty();
    };
  }

  private List<String> labelList() {
    List<String> labels = new ArrayList<>();
    expect("(", "grouping opts", "\"(\"");
    while (!peek().is(")")) {
      if (peek().kind() == Token.Kind.STRING) {
        if (peek().text().isEmpty() || !isText(peek().text())) {
          throw error(
              peek().span(), "invalid label name for grouping: " + Quoting.quote(peek().text()));
        }
      } else if (peek().kind() != Token.Kind.NAME || !Quoting.isPlainLabel(peek().text())) {
        throw unexpected("grouping opts", "label");
      }
      labels.add(next().text());
      if (!peek().is(")") && !take(",")) {
        throw unexpected("grouping opts", "\",\" or \")\"");
      }
    }
    next();
    return labels;
  }

  /// Whether a string literal holds no stray bytes.
  static boolean isText(String literal) {
    for (int i = 0; i < literal.length(); i++) {
      char c = literal.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < literal.length()
          && Character.isLowSurrogate(literal.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  private Expr prefix() {
    Token token = peek();
    if (token.is("-") || token.is("+")) {
      next();
      // Tighter than multiplication, looser than the power.
      Expr inner = expression(Operator.POWER.precedence());
      Span span = token.span().to(inner.span());
      boolean negative = token.is("-");
      return inner instanceof NumberLiteral number
          ? new NumberLiteral(negative ? -number.value() : number.value(), number.inUnits(), span)
          : new Unary(negative, inner, span);
    }
    return postfix(primary());
  }

  private Expr primary() {
    Token token = peek();
    if (token.is("(")) {
      next();
      Expr inner = expression(0);
      Token close = expect(")", "", "");
      return new Parenthesis(inner, token.span().to(close.span()));
    }
    if (token.is("{")) {
      return vectorSelector(null);
    }
    return switch (token.kind()) {
      case NUMBER -> new NumberLiteral(number(next()), false, token.span());
      case DURATION -> new NumberLiteral(durationMillis(next()) / 1000.0, true, token.span());
      case STRING -> new StringLiteral(next().text(), token.span());
      case NAME -> named();
      case END, SYMBOL, ERROR -> throw unexpected("", "");
    };
  }

  private Expr named() {
    Token name = peek();
    String lower = name.text().toLowerCase(Locale.ROOT);
    OptionalDouble number = signlessNumber();
    if (number.isPresent()) {
      next();
      return new NumberLiteral(number.getAsDouble(), false, name.span());
    }
    if (NO_METRIC_NAMES.contains(lower)) {
      throw unexpected("", "");
    }
    next();
    Aggregation aggregation = Aggregation.named(lower);
    if (aggregation != null
        && (peek().is("(") || peek().isWord("by") || peek().isWord("without"))) {
      return aggregate(aggregation, name);
    }
    if (peek().is("(")) {
      return call(name);
    }
    return vectorSelector(name);
  }

  private double number(Token token) {
    String digits = token.text().replace("_", "");
    try {
      if (digits.startsWith("0x") || digits.startsWith("0X")) {
        return new java.math.BigInteger(digits.substring(2), 16).doubleValue();
      }
      return Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      throw error(token.span(), "bad number or duration syntax: " + Quoting.quote(token.text()));
    }
  }

  private long durationMillis(Token token) {
    return Durations.parse(token.text())
        .orElseThrow(() ->
            error(token.span(), "bad number or duration syntax: " + Quoting.quote(token.text())));
  }

  private Expr call(Token name) {
    Signature signature = Signature.all().get(functionName(name.text()));
    List<Expr> arguments = arguments();
    Span span = name.span().to(tokens.get(at - 1).span());
    if (signature == null) {
      throw error(name.span(), "unknown function with name " + Quoting.quote(name.text()));
    }
    return new Call(signature, arguments, span);
  }

  /// Functions that are keywords too may be written in any case.
  private static String functionName(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return Set.of("start", "end", "step", "range").contains(lower) ? lower : text;
  }

  private List<Expr> arguments() {
    List<Expr> arguments = new ArrayList<>();
    next();
    while (!peek().is(")")) {
      arguments.add(expression(0));
      if (peek().is(",")) {
        Token comma = next();
        if (peek().is(")")) {
          throw error(comma.span(), "trailing commas not allowed in function call args");
        }
      } else if (!peek().is(")")) {
        throw unexpected("", "");
      }
    }
    next();
    return arguments;
  }

  private Expr aggregate(Aggregation aggregation, Token name) {
    Optional<Grouping> grouping = grouping();
    if (!peek().is("(")) {
      throw unexpected("aggregation", "");
    }
    List<Expr> arguments = arguments();
    if (grouping.isEmpty()) {
      grouping = grouping();
    }
    Span span = name.span().to(tokens.get(at - 1).span());
    if (arguments.isEmpty()) {
      throw error(span, "no arguments for aggregate expression provided");
    }
    int wanted = aggregation.hasParameter() ? 2 : 1;
    if (arguments.size() != wanted) {
      throw error(
          span,
          "wrong number of arguments for aggregate expression provided, expected "
              + wanted
              + ", got "
              + arguments.size());
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
      return Optional.of(new Grouping(without, labelList()));
    }
    return Optional.empty();
  }

  private VectorSelector vectorSelector(@Nullable Token name) {
    List<Matcher> matchers = new ArrayList<>();
    Span span = name == null ? peek().span() : name.span();
    if (peek().is("{")) {
      next();
      while (!peek().is("}")) {
        matchers.add(matcher());
        if (!peek().is("}") && !take(",")) {
          throw unexpected("label matching", "\",\" or \"}\"");
        }
      }
      span = span.to(next().span());
    } else if (name == null) {
      throw unexpected("", "");
    }
    if (name != null) {
      matchers.add(Matcher.equal(Label.METRIC_NAME, name.text()));
    }
    return new VectorSelector(
        name == null ? "" : name.text(), matchers, When.NOW, WindowEnds.PLAIN, span);
  }

  private Matcher matcher() {
    Token label = peek();
    if (label.kind() == Token.Kind.STRING) {
      next();
      if (!isText(label.text())) {
        throw error(label.span(), "invalid label name: " + Quoting.quote(label.text()));
      }
      if (peek().is(",") || peek().is("}")) {
        return Matcher.equal(Label.METRIC_NAME, label.text());
      }
    } else if (label.kind() == Token.Kind.NAME && Quoting.isPlainLabel(label.text())) {
      next();
    } else {
      throw unexpected("label matching", "identifier or \"}\"");
    }
    Matcher.Operator operator = null;
    for (Matcher.Operator candidate : Matcher.Operator.values()) {
      if (peek().is(candidate.symbol())) {
        operator = candidate;
      }
    }
    if (operator == null) {
      throw unexpected("label matching", "label matching operator");
    }
    next();
    if (peek().kind() != Token.Kind.STRING) {
      throw unexpected("label matching", "string");
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
        DurationExpr offset = offset();
        result = when(result, token, w -> withOffset(w, offset, token));
      } else if (peek().is("@")) {
        Token token = next();
        At modifier = at();
        result = when(result, token, w -> withAt(w, modifier, token));
      } else if (peek().isWord("anchored") || peek().isWord("smoothed")) {
        result = ends(result, next());
      } else {
        return result;
      }
    }
  }

  private When withOffset(When when, DurationExpr offset, Token token) {
    if (when.offset().isPresent()) {
      throw error(token.span(), "offset may not be set multiple times");
    }
    return new When(Optional.of(offset), when.at());
  }

  private When withAt(When when, At modifier, Token token) {
    if (!(when.at() instanceof At.Unset)) {
      throw error(token.span(), "@ <timestamp> may not be set multiple times");
    }
    return new When(when.offset(), modifier);
  }

  private Expr ends(Expr expr, Token word) {
    WindowEnds ends = word.isWord("anchored") ? WindowEnds.ANCHORED : WindowEnds.SMOOTHED;
    Span span = expr.span().to(word.span());
    return switch (expr) {
      case VectorSelector vector -> {
        if (ends == WindowEnds.ANCHORED) {
          throw error(word.span(), "anchored modifier can only be used on range selectors");
        }
        yield withEnds(vector, ends, word, span);
      }
      case MatrixSelector matrix ->
          new MatrixSelector(
              withEnds(matrix.vector(), ends, word, matrix.vector().span()), matrix.range(), span);
      default ->
          throw error(
              word.span(),
              word.text()
                  + " modifier must be preceded by an instant vector selector or range vector selector");
    };
  }

  private VectorSelector withEnds(VectorSelector vector, WindowEnds ends, Token word, Span span) {
    if (vector.ends() != WindowEnds.PLAIN) {
      throw error(
          word.span(),
          vector.ends() == ends
              ? word.text() + " may not be set multiple times"
              : "anchored and smoothed modifiers cannot be used together");
    }
    return new VectorSelector(vector.name(), vector.matchers(), vector.when(), ends, span);
  }

  private At at() {
    if (peek().isWord("start") || peek().isWord("end")) {
      Token word = next();
      expect("(", "@", "timestamp");
      expect(")", "@", "timestamp");
      return word.isWord("start") ? new At.Start() : new At.End();
    }
    boolean negative = take("-");
    if (!negative) {
      take("+");
    }
    Token time = peek();
    OptionalDouble magnitude = signlessNumber();
    if (magnitude.isEmpty()) {
      throw unexpected("@", "timestamp");
    }
    next();
    double seconds = negative ? -magnitude.getAsDouble() : magnitude.getAsDouble();
    if (!Double.isFinite(seconds) || Math.abs(seconds) >= Long.MAX_VALUE / 1000.0) {
      throw error(
          time.span(), "timestamp out of bounds for @ modifier: " + "%f".formatted(seconds));
    }
    return new At.Fixed(Math.round(seconds * 1000));
  }

  private Expr when(Expr expr, Token token, UnaryOperator<When> change) {
    Span span = expr.span().to(tokens.get(at - 1).span());
    return switch (expr) {
      case VectorSelector vector ->
          new VectorSelector(
              vector.name(), vector.matchers(), change.apply(vector.when()), vector.ends(), span);
      case MatrixSelector matrix -> {
        VectorSelector vector = matrix.vector();
        yield new MatrixSelector(
            new VectorSelector(
                vector.name(),
                vector.matchers(),
                change.apply(vector.when()),
                vector.ends(),
                vector.span()),
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
              expr.span(),
              (token.is("@") ? "@ modifier" : "offset modifier")
                  + " must be preceded by an instant vector selector or range vector selector or a subquery");
    };
  }

  private Expr range(Expr expr) {
    Token open = next();
    if (peek().is("]") || peek().is(":")) {
      throw unexpected("subquery or range selector", DURATION_EXPECTED);
    }
    DurationExpr range = positive(duration(0, "subquery or range selector"));
    if (take(":")) {
      Optional<DurationExpr> step =
          peek().is("]")
              ? Optional.empty()
              : Optional.of(positive(duration(0, "subquery selector")));
      Token close = expect("]", "subquery selector", "\"]\"");
      return new Subquery(expr, range, step, When.NOW, expr.span().to(close.span()));
    }
    Token close = expect("]", "subquery or range", "\":\" or \"]\"");
    if (!(expr instanceof VectorSelector vector)) {
      throw error(open.span(), "ranges only allowed for vector selectors");
    }
    if (vector.when().offset().isPresent()) {
      throw error(open.span(), "no offset modifiers allowed before range");
    }
    if (!(vector.when().at() instanceof At.Unset)) {
      throw error(open.span(), "no @ modifiers allowed before range");
    }
    if (vector.ends() != WindowEnds.PLAIN) {
      throw error(open.span(), "no anchored or smoothed modifiers allowed before range");
    }
    return new MatrixSelector(vector, range, expr.span().to(close.span()));
  }

  /// What may stand behind `offset`: one operand with signs, so that `x offset 5m + 1` adds one.
  private DurationExpr offset() {
    Token token = peek();
    if (token.is("-") || token.is("+")) {
      next();
      DurationExpr inner = durationOperand("offset");
      return bounded(new DurationExpr.Signed(token.is("-"), inner, token.span().to(inner.span())));
    }
    return bounded(durationOperand("offset"));
  }

  private DurationExpr positive(DurationExpr duration) {
    if (duration.isConstant() && secondsOf(duration) <= 0) {
      throw error(duration.span(), "duration must be greater than 0");
    }
    return bounded(duration);
  }

  /// Refuses what no time can be added to.
  private DurationExpr bounded(DurationExpr duration) {
    if (duration.isConstant() && !(Math.abs(secondsOf(duration)) < Durations.MOST_SECONDS)) {
      throw error(duration.span(), "duration out of range");
    }
    return duration;
  }

  private double secondsOf(DurationExpr duration) {
    try {
      return duration.seconds(QueryTimes.NONE);
    } catch (ArithmeticException e) {
      throw error(duration.span(), String.valueOf(e.getMessage()));
    }
  }

  private DurationExpr duration(int least, String context) {
    deeper();
    Token sign = peek();
    DurationExpr left;
    if (sign.is("-") || sign.is("+")) {
      next();
      DurationExpr inner = duration(Operator.POWER.precedence(), context);
      left = new DurationExpr.Signed(sign.is("-"), inner, sign.span().to(inner.span()));
    } else {
      left = durationOperand(context);
    }
    while (true) {
      Operator operator = peek().kind() == Token.Kind.SYMBOL ? operator(peek()) : null;
      if (operator == null
          || operator.precedence() < Math.max(least, Operator.ADD.precedence())
          || operator == Operator.ATAN2) {
        depth--;
        return left;
      }
      countOperator();
      next();
      DurationExpr right =
          duration(
              operator == Operator.POWER ? operator.precedence() : operator.precedence() + 1,
              context);
      left = new DurationExpr.Arithmetic(operator, left, right, left.span().to(right.span()));
    }
  }

  private DurationExpr durationOperand(String context) {
    Token token = peek();
    switch (token.kind()) {
      case NUMBER -> {
        next();
        return new DurationExpr.Literal(number(token), false, token.span());
      }
      case DURATION -> {
        next();
        return new DurationExpr.Literal(durationMillis(token) / 1000.0, true, token.span());
      }
      case NAME -> {
        if (followedBy("(")) {
          return durationCall(token, context);
        }
      }
      case SYMBOL -> {
        if (take("(")) {
          deeper();
          DurationExpr inner = duration(0, context);
          Token close = expect(")", context, "\")\"");
          depth--;
          return new DurationExpr.Parenthesis(inner, token.span().to(close.span()));
        }
      }
      case STRING, END, ERROR -> {}
    }
    throw unexpected(context, DURATION_EXPECTED);
  }

  private DurationExpr durationCall(Token name, String context) {
    if (name.isWord("step") || name.isWord("range")) {
      next();
      next();
      Span span = name.span().to(expect(")", context, "\")\"").span());
      return name.isWord("step") ? new DurationExpr.Step(span) : new DurationExpr.Range(span);
    }
    boolean largest = name.isWord("max_of") || name.isWord("max");
    if (!largest && !name.isWord("min_of") && !name.isWord("min")) {
      throw unexpected(context, DURATION_EXPECTED);
    }
    next();
    next();
    DurationExpr left = duration(0, context);
    expect(",", context, "\",\"");
    DurationExpr right = duration(0, context);
    Token close = expect(")", context, "\")\"");
    return new DurationExpr.Extreme(largest, left, right, name.span().to(close.span()));
  }
}
