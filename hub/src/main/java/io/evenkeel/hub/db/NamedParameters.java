package io.evenkeel.hub.db;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.StatementContext;

/// Finds the `:named` and the `?` parameters of a statement of SQLite, and leaves alone what only
/// looks like one: in texts, in quoted names and in comments (<https://sqlite.org/lang_expr.html>,
/// <https://sqlite.org/lang_comment.html>).
///
/// Jdbi's own parsers run on ANTLR, whose interpreter took a sixth of the processor time of a hub's
/// start. Safe for use by many threads; statements are parsed once and kept.
final class NamedParameters implements SqlParser {
  /// More than the hub has, for its statements are constants but for a few filters.
  private static final int MOST_KEPT = 2_000;

  private final Map<String, ParsedSql> kept = new ConcurrentHashMap<>();

  @Override
  public ParsedSql parse(String sql, StatementContext context) {
    ParsedSql known = kept.get(sql);
    if (known == null) {
      known = parse(sql);
      if (kept.size() < MOST_KEPT) {
        kept.put(sql, known);
      }
    }
    return known;
  }

  @Override
  public String nameParameter(String rawName, StatementContext context) {
    return ":" + rawName;
  }

  static ParsedSql parse(String sql) {
    ParsedSql.Builder parsed = ParsedSql.builder();
    int copied = 0;
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      int end =
          switch (c) {
            case '\'', '"', '`' -> after(sql, String.valueOf(c), at + 1);
            case '[' -> after(sql, "]", at + 1);
            case '-' -> sql.startsWith("--", at) ? after(sql, "\n", at) : at + 1;
            case '/' -> sql.startsWith("/*", at) ? after(sql, "*/", at + 2) : at + 1;
            default -> at + 1;
          };
      if (c == '?') {
        parsed.append(sql.substring(copied, at)).appendPositionalParameter();
        copied = end;
      } else if (c == ':' && nameEnd(sql, end) > end) {
        end = nameEnd(sql, end);
        parsed.append(sql.substring(copied, at)).appendNamedParameter(sql.substring(at + 1, end));
        copied = end;
      }
      at = end;
    }
    return parsed.append(sql.substring(copied)).build();
  }

  /// Behind the next `closing`; the end where there is none, for SQLite to complain about. A quote
  /// that is doubled closes and opens at once.
  private static int after(String sql, String closing, int from) {
    int found = sql.indexOf(closing, from);
    return found < 0 ? sql.length() : found + closing.length();
  }

  private static int nameEnd(String sql, int from) {
    int end = from;
    while (end < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_')) {
      end++;
    }
    return end;
  }
}
