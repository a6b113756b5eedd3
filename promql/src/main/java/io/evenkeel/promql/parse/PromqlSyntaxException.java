package io.evenkeel.promql.parse;

/// A query that is not PromQL; says what is wrong and where.
public final class PromqlSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;
  private final int position;

  PromqlSyntaxException(String query, int position, String problem) {
    this(lineOf(query, position), columnOf(query, position), position, problem);
  }

  private PromqlSyntaxException(int line, int column, int position, String problem) {
    super(line + ":" + column + ": parse error: " + problem, null, false, false);
    this.line = line;
    this.column = column;
    this.position = position;
  }

  private static int lineOf(String query, int position) {
    return 1
        + (int)
            query
                .substring(0, Math.min(position, query.length()))
                .chars()
                .filter(c -> c == '\n')
                .count();
  }

  private static int columnOf(String query, int position) {
    return position - query.lastIndexOf('\n', Math.max(0, position - 1));
  }

  /// The line, from 1.
  public int line() {
    return line;
  }

  /// The column, from 1.
  public int column() {
    return column;
  }

  /// The offset in the text, from 0, in UTF-16 units.
  public int position() {
    return position;
  }
}
