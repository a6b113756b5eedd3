package io.evenkeel.hub.db;

import static org.assertj.core.api.Assertions.assertThat;

import org.jdbi.v3.core.statement.ParsedSql;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedParametersTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '^',
      value = {
        "SELECT a FROM t WHERE b = :b AND c IN (:c1,:c_2) ~ SELECT a FROM t WHERE b = ? AND c IN (?,?) ~ b c1 c_2",
        "UPDATE t SET a = ':no', b = 'it''s :no' WHERE id = :id ~ UPDATE t SET a = ':no', b = 'it''s :no' WHERE id = ? ~ id",
        "SELECT \":no\", `:no`, [:no] FROM t LIMIT :n ~ SELECT \":no\", `:no`, [:no] FROM t LIMIT ? ~ n",
        "SELECT 1 /* :no ' */ , :yes ~ SELECT 1 /* :no ' */ , ? ~ yes",
        "SELECT a - :b / :c ~ SELECT a - ? / ? ~ b c",
        "SELECT ':' || :tail ~ SELECT ':' || ? ~ tail",
      })
  void finds_names_and_leaves_what_only_looks_like_one(String sql, String expected, String names) {
    ParsedSql parsed = NamedParameters.parse(sql);
    assertThat(parsed.getSql()).isEqualTo(expected);
    assertThat(parsed.getParameters().getParameterNames()).containsExactly(names.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '^',
      value = {
        "VACUUM INTO ? ~ 1",
        "INSERT INTO t (a, b, c) VALUES (?, '?', ?) ~ 2",
        "SELECT 1 -- ? :no ~ 0",
      })
  void counts_positions(String sql, int count) {
    ParsedSql parsed = NamedParameters.parse(sql);
    assertThat(parsed.getSql()).isEqualTo(sql);
    assertThat(parsed.getParameters().isPositional()).isEqualTo(count > 0);
    assertThat(parsed.getParameters().getParameterCount()).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT 'open", "SELECT \"open :x", "SELECT 1 /* open :x"})
  void leaves_what_is_not_closed_to_sqlite(String sql) {
    assertThat(NamedParameters.parse(sql).getSql()).isEqualTo(sql);
  }
}
