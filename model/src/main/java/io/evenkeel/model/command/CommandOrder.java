package io.evenkeel.model.command;

import java.util.List;

/// A command on its way to one agent.
///
/// @param id names it, so that the agent carries it out once though it may come twice
/// @param expiresAtMillis after this time of the hub's clock nobody carries it out any more
public record CommandOrder(String id, long expiresAtMillis, Command command) {
  public CommandOrder {
    if (!isId(id)) {
      throw new IllegalArgumentException("not an id of a command: '" + id + "'");
    }
  }

  /// Whether a text may name an order.
  public static boolean isId(String text) {
    return text.matches("[0-9a-z-]{1,40}");
  }

  /// Reads what [#text] wrote.
  ///
  /// @throws IllegalArgumentException when it is no order this version knows
  public static CommandOrder parse(String text) {
    List<String> words = List.of(text.split(" ", -1));
    if (words.size() < 3 || !words.get(1).matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("not a command: '" + text + "'");
    }
    return new CommandOrder(
        words.get(0),
        Long.parseLong(words.get(1)),
        Command.of(words.get(2), words.subList(3, words.size())));
  }

  /// The id, the time and the command, apart by spaces.
  public String text() {
    StringBuilder text = new StringBuilder(id).append(' ').append(expiresAtMillis);
    text.append(' ').append(command.kind());
    command.arguments().forEach(argument -> text.append(' ').append(argument));
    return text.toString();
  }
}
