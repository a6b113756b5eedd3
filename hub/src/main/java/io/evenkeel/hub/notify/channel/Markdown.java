package io.evenkeel.hub.notify.channel;

/// Texts inside the markdown dialects of chat services, which know no way to escape: what would
/// mention people, link or format is replaced by a character that looks alike.
final class Markdown {
  private Markdown() {}

  /// A text that stays a text.
  static String quiet(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      out.append(
          switch (text.charAt(i)) {
            case '<' -> '‹';
            case '>' -> '›';
            case '@' -> '＠';
            case '`' -> '\'';
            case '*' -> '∗';
            case '[' -> '［';
            case ']' -> '］';
            case '#' -> '＃';
            default -> text.charAt(i);
          });
    }
    return out.toString();
  }

  /// A text inside Slack's markup or HTML, where three characters count.
  static String entities(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
