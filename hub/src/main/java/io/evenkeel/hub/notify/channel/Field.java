package io.evenkeel.hub.notify.channel;

import io.evenkeel.model.Text;
import java.util.List;

/// One input of a channel's form, described so that pages can draw it without knowing the channel.
///
/// @param key its name in the channel's settings
/// @param help what to enter and where to find it
/// @param usual what holds when nothing is entered
/// @param choices the values of a [Kind#CHOICE]
public record Field(
    String key,
    Kind kind,
    Text label,
    Text help,
    boolean required,
    String usual,
    List<String> choices) {
  /// How it is entered and kept.
  public enum Kind {
    TEXT,
    /// Kept encrypted and never shown again.
    SECRET,
    NUMBER,
    CHOICE,
    /// More than one line.
    LONG_TEXT
  }

  public Field {
    choices = List.copyOf(choices);
  }

  static Field text(String key, Text label, Text help) {
    return new Field(key, Kind.TEXT, label, help, true, "", List.of());
  }

  static Field secret(String key, Text label, Text help) {
    return new Field(key, Kind.SECRET, label, help, true, "", List.of());
  }

  static Field number(String key, int usual, Text label, Text help) {
    return new Field(key, Kind.NUMBER, label, help, false, Integer.toString(usual), List.of());
  }

  static Field choice(String key, List<String> choices, Text label, Text help) {
    return new Field(key, Kind.CHOICE, label, help, false, choices.getFirst(), choices);
  }

  static Field longText(String key, Text label, Text help) {
    return new Field(key, Kind.LONG_TEXT, label, help, false, "", List.of());
  }

  /// The service's address, which only few people change.
  static Field server(String usual) {
    return text(
            "server",
            Text.of("Service address", "服务地址"),
            Text.of(
                "Leave it as it is unless a gateway of your own stands in between.",
                "一般无需修改；经由自建网关时填写网关地址。"))
        .usually(usual);
  }

  Field optional() {
    return new Field(key, kind, label, help, false, usual, choices);
  }

  Field usually(String value) {
    return new Field(key, kind, label, help, false, value, choices);
  }
}
