package io.evenkeel.model;

/// A text in both languages that people read it in. Whoever tells something makes one, so that
/// there is no sentence that was written in one language only.
public record Text(String en, String zh) {
  /// Nothing to say.
  public static final Text NONE = new Text("", "");

  public static Text of(String en, String zh) {
    return new Text(en, zh);
  }

  /// The text in a language.
  ///
  /// @param code `zh` for Chinese; anything else is English
  public String in(String code) {
    return code.equals("zh") ? zh : en;
  }

  /// Whether it is [#NONE]: how what looks for mistakes says that there are none.
  public boolean saysNothing() {
    return en.isEmpty();
  }

  /// This text behind what it is about, such as a field's label or a name.
  public Text behind(Text what) {
    return new Text(what.en + ": " + en, what.zh + "：" + zh);
  }
}
