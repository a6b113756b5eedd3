package io.evenkeel.hub.config;

import java.util.List;

/// A settings file that cannot be used: everything that is wrong with it, together.
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public ConfigException(String file, List<String> problems) {
    super(file + ": " + String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /// One sentence for each thing that is wrong.
  public List<String> problems() {
    return problems;
  }
}
