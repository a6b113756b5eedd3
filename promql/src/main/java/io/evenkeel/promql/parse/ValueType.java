package io.evenkeel.promql.parse;

/// The type of an expression, in the words that Prometheus's errors use.
public enum ValueType {
  SCALAR("scalar"),
  STRING("string"),
  VECTOR("instant vector"),
  MATRIX("range vector");

  private final String words;

  ValueType(String words) {
    this.words = words;
  }

  /// The type as an error message names it.
  public String words() {
    return words;
  }
}
