package io.evenkeel.hub.yaml;

/// A value as it is written, with its place.
///
/// @param text without quotes; empty for a null
/// @param line where it begins, from 1
/// @param column where it begins, from 1
/// @param block whether it is a block (`|` or `>`), whose text begins on the next line
public record YamlScalar(String text, int line, int column, boolean block) {

  /// The place in the file of an offset in the text; exact for plain and quoted texts of one line
  /// and for literal blocks but for their indentation.
  YamlProblem problemAt(int offset, String message) {
    String before = text.substring(0, Math.clamp(offset, 0, text.length()));
    int lines = (int) before.chars().filter(c -> c == '\n').count();
    int inLine = before.length() - (before.lastIndexOf('\n') + 1);
    return block || lines > 0
        ? new YamlProblem(line + lines + (block ? 1 : 0), inLine + 1, message)
        : new YamlProblem(line, column + inLine, message);
  }
}
