package io.evenkeel.promql.parse;

/// The type of an expression, in the words that Prometheus's errors use.
public enum ValueType {
  SCALAR("scalar", "scalar"),
  STRING("string", "string"),
  VECTOR("instant vector", "vector"),
  MATRIX("range vector", "matrix");

  private final String words;
  private final String key;

  ValueType(String words, String key) {
    this.words = words;
    this.key = key;
  }

  /// The type as Prometheus's API names it.
  public String key() {
    return key;
  }

  /// The type as an error message names it.
  public String words() {
    return words;
  }
}
