package io.evenkeel.model.link;

import io.evenkeel.model.command.CommandOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a hub says to an agent in its answer to each push: the settings that hold, and what there
/// is to do. Immutable.
///
/// @param instance the host's name, the `instance` label of all its samples
/// @param period the time between two rounds, 1 s to 60 s
/// @param switchedOff collectors that are not to be read
/// @param probes what the hub calls the probes that the agent is to run, another text whenever they
///   change; empty for none. The agent fetches them when it has not heard of it
/// @param hubMillis the hub's clock, epoch milliseconds
/// @param orders commands to carry out
/// @param unreadable commands that this version of the agent cannot read
public record HubInstructions(
    String instance,
    Duration period,
    Set<String> switchedOff,
    String probes,
    long hubMillis,
    List<CommandOrder> orders,
    List<Unreadable> unreadable) {
  /// A command that is none, or out of its bounds.
  ///
  /// @param id the order's; empty when not even that can be read
  /// @param text as it came
  /// @param reason why it cannot be read
  public record Unreadable(String id, String text, String reason) {
    static Unreadable of(String text, String reason) {
      String id = text.split(" ", 2)[0];
      return new Unreadable(CommandOrder.isId(id) ? id : "", text, reason);
    }
  }

  public HubInstructions {
    if (period.compareTo(Duration.ofSeconds(1)) < 0
        || period.compareTo(Duration.ofSeconds(60)) > 0) {
      throw new IllegalArgumentException("a period is 1 s to 60 s, not " + period);
    }
    switchedOff = Set.copyOf(switchedOff);
    orders = List.copyOf(orders);
    unreadable = List.copyOf(unreadable);
  }

  /// Reads the answer to a push.
  ///
  /// @throws LinkMessageException when it is not what a hub answers
  public static HubInstructions parse(String text) throws LinkMessageException {
    LinkMessage message = LinkMessage.parse(text);
    List<CommandOrder> orders = new ArrayList<>();
    List<Unreadable> unreadable = new ArrayList<>();
    for (String order : message.values("command")) {
      try {
        orders.add(CommandOrder.parse(order));
      } catch (IllegalArgumentException e) {
        unreadable.add(Unreadable.of(order, String.valueOf(e.getMessage())));
      }
    }
    try {
      return new HubInstructions(
          message.needed("instance"),
          Duration.ofMillis(Long.parseLong(message.needed("period"))),
          new TreeSet<>(message.values("off")),
          message.value("probes").orElse(""),
          Long.parseLong(message.needed("time")),
          orders,
          unreadable);
    } catch (IllegalArgumentException e) {
      throw new LinkMessageException("the hub's answer cannot be read: " + e.getMessage());
    }
  }

  /// The message that says this.
  public LinkMessage message() {
    LinkMessage.Builder message =
        new LinkMessage.Builder()
            .add("instance", instance)
            .add("period", Long.toString(period.toMillis()))
            .add("time", Long.toString(hubMillis));
    switchedOff.forEach(name -> message.add("off", name));
    if (!probes.isEmpty()) {
      message.add("probes", probes);
    }
    orders.forEach(order -> message.add("command", order.text()));
    return message.build();
  }
}
