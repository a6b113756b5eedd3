package io.evenkeel.hub.yaml;

import java.util.Comparator;

/// Something wrong in a YAML file.
///
/// @param line from 1
/// @param column from 1
public record YamlProblem(int line, int column, String message) implements Comparable<YamlProblem> {
  private static final Comparator<YamlProblem> ORDER =
      Comparator.comparingInt(YamlProblem::line)
          .thenComparingInt(YamlProblem::column)
          .thenComparing(YamlProblem::message);

  /// In the order of the file.
  @Override
  public int compareTo(YamlProblem other) {
    return ORDER.compare(this, other);
  }

  /// `12:5: what is wrong`, for a compiler-like line after a file's name.
  @Override
  public String toString() {
    return line + ":" + column + ": " + message;
  }
}
