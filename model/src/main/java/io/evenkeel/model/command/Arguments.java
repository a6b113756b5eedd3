package io.evenkeel.model.command;

import java.time.Duration;
import java.util.List;

/// Reads the arguments of commands and checks their bounds.
final class Arguments {
  private Arguments() {}

  static void count(String kind, List<String> arguments, int expected) {
    if (arguments.size() != expected) {
      throw new IllegalArgumentException(
          kind + " takes " + expected + " arguments, not " + arguments.size());
    }
  }

  static Duration seconds(String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("'" + text + "' is not a number of seconds");
    }
    return Duration.ofSeconds(Long.parseLong(text));
  }

  static void within(String name, Duration value, Duration most) {
    if (value.compareTo(Duration.ofSeconds(1)) < 0
        || value.compareTo(most) > 0
        || value.getNano() != 0) {
      throw new IllegalArgumentException(
          name + " is a whole number of seconds from 1 to " + most.toSeconds());
    }
  }
}
