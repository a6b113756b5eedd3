package io.evenkeel.promql.parse;

/// A stretch of the query's text, in UTF-16 units.
///
/// @param start where it begins, from 0
/// @param end behind its last character
public record Span(int start, int end) {
  /// From the beginning of one to the end of another.
  public Span to(Span other) {
    return new Span(start, Math.max(end, other.end));
  }
}
