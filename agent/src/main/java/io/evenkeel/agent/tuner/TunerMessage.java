package io.evenkeel.agent.tuner;

import io.evenkeel.model.command.CommandOrder;

/// What an agent says to the tuner: one line.
sealed interface TunerMessage {
  /// No line is longer: a command's texts are bounded, and at most three times as long on their
  /// way.
  int LONGEST = 16 << 10;

  /// What answers a [NotCarriedOut].
  String NOTED = "noted";

  String ORDER = "order";
  String REFUSED = "refused";

  /// Carry out an order: answered by a [io.evenkeel.model.command.CommandResult].
  record Order(CommandOrder order) implements TunerMessage {}

  /// Write down an order that the agent did not pass on.
  ///
  /// @param order as it came
  record NotCarriedOut(String order, String reason) implements TunerMessage {}

  /// The line.
  default String text() {
    return switch (this) {
      case Order(CommandOrder order) -> ORDER + "\t" + order.text();
      case NotCarriedOut(String order, String reason) ->
          REFUSED + "\t" + plain(order) + "\t" + plain(reason);
    };
  }

  private static String plain(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() > LONGEST / 8 ? plain.substring(0, LONGEST / 8) : plain;
  }

  /// Reads what [#text] wrote.
  ///
  /// @throws IllegalArgumentException when it is no such line, or a command out of its bounds
  static TunerMessage parse(String line) {
    String[] words = line.split("\t", -1);
    if (words.length == 2 && words[0].equals(ORDER)) {
      return new Order(CommandOrder.parse(words[1]));
    }
    if (words.length == 3 && words[0].equals(REFUSED)) {
      return new NotCarriedOut(words[1], words[2]);
    }
    throw new IllegalArgumentException("it is no message of an agent");
  }
}
