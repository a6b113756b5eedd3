package io.evenkeel.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ParserTest {
  private static PromqlSyntaxException refused(String query) {
    try {
      Parser.parse(query);
    } catch (PromqlSyntaxException e) {
      return e;
    }
    throw new AssertionError("'" + query + "' was taken");
  }

  @Test
  void binds_operators_as_promql_does() {
    assertThat(Parser.parse("1 + 2 * 3 ^ 2 ^ 2"))
        .isInstanceOfSatisfying(
            Expr.Binary.class,
            sum -> {
              assertThat(sum.operator()).isEqualTo(Expr.Operator.ADD);
              Expr.Binary product = (Expr.Binary) sum.right();
              assertThat(product.operator()).isEqualTo(Expr.Operator.MULTIPLY);
              Expr.Binary power = (Expr.Binary) product.right();
              assertThat(power.right()).isInstanceOf(Expr.Binary.class);
            });
    assertThat(Parser.parse("-1 ^ 2")).isInstanceOf(Expr.Unary.class);
  }

  @Test
  void reads_modifiers_in_either_order() {
    assertThat(Parser.parse("up[5m] offset -1m @ 100"))
        .isInstanceOfSatisfying(
            Expr.MatrixSelector.class,
            matrix -> assertThat(Formatter.line(matrix)).isEqualTo("up[5m] @ 100.000 offset -1m"));
    assertThat(Parser.parse("rate(up[5m])[1h:] @ end()")).isInstanceOf(Expr.Subquery.class);
  }

  @Test
  void reads_a_name_beside_other_matchers_of_the_name_in_any_order() {
    for (String query : List.of("{__name__=~\"a|b\",\"x\"}", "{\"x\",__name__=~\"a|b\"}")) {
      assertThat(Parser.parse(Formatter.line(Parser.parse(query)))).isNotNull();
    }
    assertThat(refused("{\"x\",__name__=\"y\"}")).hasMessageContaining("must not be set twice");
    assertThat(refused("x{__name__=~\"y\"}")).hasMessageContaining("must not be set twice");
  }

  @Test
  void says_where_an_error_is() {
    assertThat(refused("sum(up))"))
        .hasMessage("1:8: parse error: unexpected right parenthesis ')'");
    assertThat(refused("up{job=~\"(\"}").position()).isEqualTo(8);
    assertThat(refused("rate(up)"))
        .hasMessageContaining(
            "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector");
    assertThat(refused("nope(up)")).hasMessageContaining("unknown function with name \"nope\"");
    assertThat(refused("1 == 2"))
        .hasMessageContaining("comparisons between scalars must use BOOL modifier");
    assertThat(refused("{job=\"\"}"))
        .hasMessageContaining("must contain at least one non-empty matcher");
    assertThat(refused("")).hasMessageContaining("no expression found in input");
    assertThat(refused("up\n + +\n )").line()).isEqualTo(3);
  }

  @Test
  void bounds_depth_and_length() {
    assertThat(refused("(".repeat(5_000))).hasMessageContaining("nested deeper");
    assertThat(refused("1+".repeat(20_000))).hasMessageContaining("longer than");
  }

  @Test
  void answers_any_text_with_a_tree_or_an_error_that_has_a_place() {
    Random random = new Random(20261123);
    String[] pieces = {
      "sum", "rate", "(", ")", "{", "}", "[", "]", "5m", "1", "0x", "up", "=~", "\"a\"", "\"", "by",
      "on", "bool", "@", "offset", "-", "+", "^", ",", ":", "and", "e", ".", "名", "`", "'", "#",
      "\\", "start()", "inf", "\n"
    };
    for (int round = 0; round < 50_000; round++) {
      StringBuilder query = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        query.append(pieces[random.nextInt(pieces.length)]).append(random.nextBoolean() ? " " : "");
      }
      try {
        assertThat(Parser.parse(query.toString()).type()).isNotNull();
      } catch (PromqlSyntaxException e) {
        assertThat(e.position()).isBetween(0, query.length());
        assertThat(e.getMessage()).matches("(?s)\\d+:\\d+: parse error: .+");
      }
    }
  }

  @Test
  void formats_durations_as_they_are_written() {
    assertThat(Durations.parse("1h30m").orElseThrow()).isEqualTo(5_400_000);
    assertThat(Durations.parse("1y2w3d4h5m6s7ms")).isPresent();
    assertThat(Durations.parse("1m1h")).isEmpty();
    assertThat(Durations.format(5_400_000)).isEqualTo("1h30m");
    assertThat(Durations.format(90)).isEqualTo("90ms");
    assertThatThrownBy(() -> Parser.parse("up[0s]"))
        .hasMessageContaining("duration must be greater than 0");
  }

  @Test
  void writes_an_infinite_base_without_a_sign_on_one_line_and_on_several() {
    String query = "level != Inf ^ scalar(" + "a_rather_long_name + ".repeat(6) + "b)";
    Expr expr = Parser.parse(query);
    assertThat(Formatter.line(expr)).isEqualTo(query);
    assertThat(Formatter.line(Parser.parse(Formatter.pretty(expr)))).isEqualTo(query);
  }
}
