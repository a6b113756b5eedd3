package io.evenkeel.tsdb.storage;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.evenkeel.model.Labels;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A condition on one label of a series, such as `mode!="idle"` or `device=~"sd.*"`.
///
/// A label that a series does not have counts as the empty string. Regular expressions are RE2's,
/// anchored at both ends, and a dot matches a newline too, as in Prometheus. Immutable.
public final class Matcher {
  private static final String OPERATORS = ".+*?()[]{}^$";
  private static final String ESCAPABLE = OPERATORS + "\\|-";

  /// How a label's value is compared.
  public enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    MATCHES("=~"),
    MATCHES_NOT("!~");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    /// The operator as PromQL writes it.
    public String symbol() {
      return symbol;
    }
  }

  private final String name;
  private final Operator operator;
  private final String value;
  private final @Nullable Pattern pattern;

  /// The values that the regular expression stands for, when it is nothing but a choice of them.
  private final @Nullable Set<String> choice;

  /// @throws IllegalArgumentException when the value should be a regular expression and is not one
  public Matcher(String name, Operator operator, String value) {
    this.name = name;
    this.operator = operator;
    this.value = value;
    this.pattern =
        switch (operator) {
          case EQUAL, NOT_EQUAL -> null;
          case MATCHES, MATCHES_NOT -> compile(value);
        };
    this.choice = pattern == null ? null : choice(value);
  }

  /// A matcher for one exact value.
  public static Matcher equal(String name, String value) {
    return new Matcher(name, Operator.EQUAL, value);
  }

  private static Pattern compile(String expression) {
    try {
      return Pattern.compile("^(?s:" + expression + ")$");
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "error parsing regexp: " + e.getDescription() + ": `" + expression + "`", e);
    }
  }

  /// The values that a regular expression such as `eth0|wlan0|br\\.1` stands for; null for any
  /// other.
  private static @Nullable Set<String> choice(String expression) {
    Set<String> values = new HashSet<>();
    StringBuilder value = new StringBuilder();
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (c == '|') {
        values.add(value.toString());
        value.setLength(0);
      } else if (c == '\\') {
        i++;
        // Before a letter or a digit it is a class or a control character.
        if (i == expression.length() || ESCAPABLE.indexOf(expression.charAt(i)) < 0) {
          return null;
        }
        value.append(expression.charAt(i));
      } else if (OPERATORS.indexOf(c) >= 0) {
        return null;
      } else {
        value.append(c);
      }
    }
    values.add(value.toString());
    return Set.copyOf(values);
  }

  /// The only values that meet the condition, where it names them.
  public Optional<Set<String>> onlyValues() {
    return switch (operator) {
      case EQUAL -> Optional.of(Set.of(value));
      case MATCHES -> Optional.ofNullable(choice);
      case NOT_EQUAL, MATCHES_NOT -> Optional.empty();
    };
  }

  /// Whether a label's value meets the condition; the empty string stands for no label.
  public boolean matches(String candidate) {
    return switch (operator) {
      case EQUAL -> value.equals(candidate);
      case NOT_EQUAL -> !value.equals(candidate);
      case MATCHES -> matchesExpression(candidate);
      case MATCHES_NOT -> !matchesExpression(candidate);
    };
  }

  private boolean matchesExpression(String candidate) {
    return choice == null ? regex().matches(candidate) : choice.contains(candidate);
  }

  /// Whether series without the label meet the condition.
  public boolean matchesEmpty() {
    return matches("");
  }

  /// Whether a series meets every one of some matchers.
  public static boolean all(List<Matcher> matchers, Labels series) {
    for (Matcher matcher : matchers) {
      if (!matcher.matches(series.valueOrEmpty(matcher.name))) {
        return false;
      }
    }
    return true;
  }

  private Pattern regex() {
    if (pattern == null) {
      throw new IllegalStateException("no pattern for " + this);
    }
    return pattern;
  }

  /// The label's name.
  public String name() {
    return name;
  }

  public Operator operator() {
    return operator;
  }

  /// The value or regular expression as it was given.
  public String value() {
    return value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Matcher that
        && operator == that.operator
        && name.equals(that.name)
        && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + operator.hashCode()) + value.hashCode();
  }

  @Override
  public String toString() {
    return name + operator.symbol() + '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
