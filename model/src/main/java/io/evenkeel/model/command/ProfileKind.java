package io.evenkeel.model.command;

import java.util.Locale;

/// What a profile of a process tells.
public enum ProfileKind {
  /// Which code the processor runs: Java by the Java Flight Recorder, everything else by perf.
  CPU,
  /// The same with native and kernel code below Java's, by perf.
  MIXED,
  /// Where threads spend time, waiting included: Java only.
  WALL,
  /// Which code allocates how many bytes: Java only.
  ALLOCATION,
  /// Which code waits for locks, and how long: Java only.
  LOCK,
  /// Which mappings hold the memory, and how it grew.
  MEMORY;

  /// The word that names it on the wire and in addresses.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The kind with a word.
  ///
  /// @throws IllegalArgumentException when there is none such
  public static ProfileKind of(String word) {
    for (ProfileKind kind : values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("there is no kind of profile '" + word + "'");
  }
}
