package io.evenkeel.hub.diagnose.finding;

/// A text in both languages.
public record Text(String en, String zh) {
  public static Text of(String en, String zh) {
    return new Text(en, zh);
  }

  /// The text in a language.
  ///
  /// @param code `zh` for Chinese; anything else is English
  public String in(String code) {
    return code.equals("zh") ? zh : en;
  }
}
