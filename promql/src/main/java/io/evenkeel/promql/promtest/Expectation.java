package io.evenkeel.promql.promtest;

import java.util.ArrayList;
import java.util.List;

/// What a script says of a case: the lines below its `eval`.
///
/// @param text the expected string, or empty
/// @param rangeVector the header of an expected range vector, or empty
/// @param values the lines with values
record Expectation(
    boolean fails,
    boolean warns,
    boolean informs,
    boolean ordered,
    String text,
    String rangeVector,
    List<String> values) {

  static Expectation of(@org.jspecify.annotations.Nullable String suffix, List<String> block) {
    boolean fails = "fail".equals(suffix);
    boolean warns = "warn".equals(suffix);
    boolean informs = "info".equals(suffix);
    boolean ordered = "ordered".equals(suffix);
    String text = "";
    String rangeVector = "";
    List<String> values = new ArrayList<>();
    for (String line : block) {
      if (line.startsWith("expected_fail_")) {
        continue;
      }
      if (!line.startsWith("expect ")) {
        values.add(line);
        continue;
      }
      String what = line.substring("expect ".length()).strip();
      fails |= what.startsWith("fail");
      warns |= what.startsWith("warn");
      informs |= what.startsWith("info");
      ordered |= what.startsWith("ordered");
      if (what.startsWith("string ")) {
        String quoted = what.substring("string ".length()).strip();
        text = quoted.substring(1, quoted.length() - 1);
      } else if (what.startsWith("range vector")) {
        rangeVector = what;
      }
    }
    return new Expectation(fails, warns, informs, ordered, text, rangeVector, List.copyOf(values));
  }
}
