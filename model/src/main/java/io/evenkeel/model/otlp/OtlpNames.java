package io.evenkeel.model.otlp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Prometheus's names for what OpenTelemetry calls otherwise, by the OpenTelemetry specification's
/// "Prometheus and OpenMetrics Compatibility". Pure functions.
final class OtlpNames {
  private static final Map<String, String> UNITS =
      Map.ofEntries(
          Map.entry("d", "days"),
          Map.entry("h", "hours"),
          Map.entry("min", "minutes"),
          Map.entry("s", "seconds"),
          Map.entry("ms", "milliseconds"),
          Map.entry("us", "microseconds"),
          Map.entry("ns", "nanoseconds"),
          Map.entry("By", "bytes"),
          Map.entry("KiBy", "kibibytes"),
          Map.entry("MiBy", "mebibytes"),
          Map.entry("GiBy", "gibibytes"),
          Map.entry("TiBy", "tibibytes"),
          Map.entry("KBy", "kilobytes"),
          Map.entry("kBy", "kilobytes"),
          Map.entry("MBy", "megabytes"),
          Map.entry("GBy", "gigabytes"),
          Map.entry("TBy", "terabytes"),
          Map.entry("m", "meters"),
          Map.entry("V", "volts"),
          Map.entry("A", "amperes"),
          Map.entry("J", "joules"),
          Map.entry("W", "watts"),
          Map.entry("g", "grams"),
          Map.entry("Cel", "celsius"),
          Map.entry("Hz", "hertz"),
          Map.entry("1", ""),
          Map.entry("%", "percent"));

  private static final Map<String, String> PER =
      Map.of(
          "s", "second", "m", "minute", "min", "minute", "h", "hour", "d", "day", "w", "week", "mo",
          "month", "y", "year");

  private OtlpNames() {}

  /// A metric's name with the words for its unit and kind.
  ///
  /// @param monotonicSum whether it is a counter, whose name ends in `_total`
  /// @param gauge whether it is a gauge, which of unit 1 is a ratio
  static String metric(String name, String unit, boolean monotonicSum, boolean gauge) {
    List<String> words = words(name);
    int per = unit.indexOf('/');
    String of = unitWord(per < 0 ? unit : unit.substring(0, per));
    if (!of.isEmpty() && !words.contains(of)) {
      words.add(of);
    }
    if (per >= 0) {
      String rate = perWord(unit.substring(per + 1));
      if (!rate.isEmpty() && !words.contains(rate)) {
        words.add("per");
        words.add(rate);
      }
    }
    if (monotonicSum) {
      words.remove("total");
      words.add("total");
    }
    if (gauge && unit.equals("1")) {
      words.remove("ratio");
      words.add("ratio");
    }
    String joined = String.join("_", words);
    return !joined.isEmpty() && Character.isDigit(joined.charAt(0)) ? "_" + joined : joined;
  }

  private static String unitWord(String unit) {
    String plain = unit.strip();
    return plain.contains("{") ? "" : UNITS.getOrDefault(plain, String.join("_", words(plain)));
  }

  private static String perWord(String unit) {
    String plain = unit.strip();
    return plain.contains("{") ? "" : PER.getOrDefault(plain, String.join("_", words(plain)));
  }

  /// The runs of letters, digits and colons.
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isWordCharacter(c) || c == ':') {
        word.append(c);
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  /// A label's name for an attribute's key.
  static String label(String key) {
    StringBuilder label = new StringBuilder(key.length() + 4);
    for (int i = 0; i < key.length(); i++) {
      char c = isWordCharacter(key.charAt(i)) ? key.charAt(i) : '_';
      // A run of characters that are replaced becomes one; what was written as '_' stays.
      boolean repeats =
          c == '_'
              && key.charAt(i) != '_'
              && !label.isEmpty()
              && label.charAt(label.length() - 1) == '_';
      if (!repeats) {
        label.append(c);
      }
    }
    if (label.isEmpty()) {
      return "";
    }
    if (Character.isDigit(label.charAt(0))) {
      return "key_" + label;
    }
    boolean single = label.charAt(0) == '_' && (label.length() < 2 || label.charAt(1) != '_');
    return single ? "key" + label : label.toString();
  }

  private static boolean isWordCharacter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }
}
