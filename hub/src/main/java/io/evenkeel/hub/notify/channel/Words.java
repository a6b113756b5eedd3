package io.evenkeel.hub.notify.channel;

/// One text in both languages.
public record Words(String en, String zh) {
  public static Words of(String en, String zh) {
    return new Words(en, zh);
  }

  public String in(Language language) {
    return switch (language) {
      case EN -> en;
      case ZH -> zh;
    };
  }
}
