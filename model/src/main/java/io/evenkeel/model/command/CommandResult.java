package io.evenkeel.model.command;

import java.util.Locale;

/// What came of a command.
///
/// @param id the command's
/// @param detail for a person to read, or what the command answers; one line
public record CommandResult(String id, State state, String detail) {
  static final int LONGEST_DETAIL = 16 << 10;

  /// How it ended.
  public enum State {
    DONE,
    /// The agent may not or cannot do such a thing; nothing was changed.
    REFUSED,
    /// It was tried and did not work.
    FAILED,
    /// It came too late.
    EXPIRED
  }

  public CommandResult {
    detail = detail.replaceAll("\\p{Cntrl}+", " ");
    if (detail.length() > LONGEST_DETAIL) {
      detail = detail.substring(0, LONGEST_DETAIL);
    }
  }

  /// Reads what [#text] wrote.
  ///
  /// @throws IllegalArgumentException when it is no result
  public static CommandResult parse(String text) {
    String[] words = text.split(" ", 3);
    if (words.length != 3) {
      throw new IllegalArgumentException("not a command's result: '" + text + "'");
    }
    return new CommandResult(words[0], State.valueOf(words[1].toUpperCase(Locale.ROOT)), words[2]);
  }

  /// The id, the state and the detail, apart by spaces.
  public String text() {
    return id + ' ' + state.name().toLowerCase(Locale.ROOT) + ' ' + detail;
  }
}
