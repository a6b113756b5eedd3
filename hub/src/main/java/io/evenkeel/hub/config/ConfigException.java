package io.evenkeel.hub.config;

import java.util.List;

/// Settings that cannot be used: everything that is wrong with them, together.
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public ConfigException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /// One line for each thing that is wrong, each with its place.
  public List<String> problems() {
    return problems;
  }
}
