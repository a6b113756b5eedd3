package io.evenkeel.hub.enrolment;

import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Commands on their way to agents, and what came of them.
///
/// An order is repeated in every answer to its agent until a result comes or its time is over; the
/// agent carries it out once. The agent inside the hub is called directly. In memory: after a
/// restart of the hub nothing is outstanding, which is safe, as an order only ever asks. Safe for
/// use by many threads.
public final class CommandDesk {
  private static final int MOST_OUTSTANDING = 16;
  private static final int MOST_RESULTS = 64;

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();
  private final Map<String, Desk> desks = new HashMap<>();

  private static final class Desk {
    final Map<String, CommandOrder> outstanding = new LinkedHashMap<>();
    final Map<String, CommandResult> results = new LinkedHashMap<>();
    Optional<Function<CommandOrder, CommandResult>> inside = Optional.empty();
  }

  public CommandDesk(InstantSource clock) {
    this.clock = clock;
  }

  /// Gives the orders for a host to an agent of this process instead of the link.
  public void attach(String hostId, Function<CommandOrder, CommandResult> agent) {
    lock.lock();
    try {
      desk(hostId).inside = Optional.of(agent);
    } finally {
      lock.unlock();
    }
  }

  /// Whether a host's agent is in this process.
  public boolean isAttached(String hostId) {
    lock.lock();
    try {
      Desk desk = desks.get(hostId);
      return desk != null && desk.inside.isPresent();
    } finally {
      lock.unlock();
    }
  }

  private Desk desk(String hostId) {
    return desks.computeIfAbsent(hostId, id -> new Desk());
  }

  /// Sends a command to a host's agent.
  ///
  /// @param within after this time it is not carried out any more
  /// @throws IllegalStateException when too many commands wait for this host
  public CommandOrder send(String hostId, Command command, Duration within) {
    return send(hostId, newId(), command, within);
  }

  /// An id that no other order has.
  public String newId() {
    byte[] id = new byte[8];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /// As [#send(String, Command, Duration)], under an id of [#newId] that the sender knows before.
  public CommandOrder send(String hostId, String id, Command command, Duration within) {
    CommandOrder order = new CommandOrder(id, clock.millis() + within.toMillis(), command);
    Optional<Function<CommandOrder, CommandResult>> inside;
    lock.lock();
    try {
      Desk desk = desk(hostId);
      expire(desk);
      if (desk.outstanding.size() >= MOST_OUTSTANDING) {
        throw new IllegalStateException(
            MOST_OUTSTANDING + " commands wait for this server already: see that it reports");
      }
      desk.outstanding.put(order.id(), order);
      inside = desk.inside;
    } finally {
      lock.unlock();
    }
    inside.ifPresent(agent -> Thread.ofVirtual().start(() -> answered(hostId, agent.apply(order))));
    return order;
  }

  /// The orders that an agent's next answer carries.
  public List<CommandOrder> outstanding(String hostId) {
    lock.lock();
    try {
      Desk desk = desks.get(hostId);
      if (desk == null) {
        return List.of();
      }
      expire(desk);
      return new ArrayList<>(desk.outstanding.values());
    } finally {
      lock.unlock();
    }
  }

  private void expire(Desk desk) {
    long now = clock.millis();
    List<CommandOrder> over =
        desk.outstanding.values().stream().filter(order -> order.expiresAtMillis() < now).toList();
    for (CommandOrder order : over) {
      keep(
          desk,
          new CommandResult(
              order.id(), CommandResult.State.EXPIRED, "the agent did not answer in time"));
    }
  }

  private void keep(Desk desk, CommandResult result) {
    desk.outstanding.remove(result.id());
    desk.results.put(result.id(), result);
    if (desk.results.size() > MOST_RESULTS) {
      desk.results.remove(desk.results.keySet().iterator().next());
    }
    answered.signalAll();
  }

  /// Takes what came of a command; a result of an order that is not outstanding changes nothing.
  public void answered(String hostId, CommandResult result) {
    lock.lock();
    try {
      Desk desk = desks.get(hostId);
      if (desk != null && desk.outstanding.containsKey(result.id())) {
        keep(desk, result);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a command's result; empty when it has not come by then.
  public Optional<CommandResult> await(String hostId, String id, Duration longest)
      throws InterruptedException {
    lock.lock();
    try {
      long until = System.nanoTime() + longest.toNanos();
      Desk desk = desk(hostId);
      while (!desk.results.containsKey(id) && until - System.nanoTime() > 0) {
        long left = Math.min(until - System.nanoTime(), TimeUnit.SECONDS.toNanos(1));
        var unused = answered.awaitNanos(left);
        expire(desk);
      }
      return Optional.ofNullable(desk.results.get(id));
    } finally {
      lock.unlock();
    }
  }
}
