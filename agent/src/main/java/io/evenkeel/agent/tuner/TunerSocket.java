package io.evenkeel.agent.tuner;

import io.evenkeel.agent.tune.ExecutorOrders;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.CommandResult.State;
import io.evenkeel.model.command.TuningCommand;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/// The tuner's door: a local socket that takes one order a connection, from one user alone.
///
/// Who connects is asked of the kernel (SO_PEERCRED), which knows it from the moment of the
/// connection. Orders are carried out one after another; a connection that says nothing is closed
/// after a while, so that none keeps the others out for good.
final class TunerSocket {
  private static final System.Logger LOG = System.getLogger(TunerSocket.class.getName());

  /// On a server that is short of processor time an agent may be held up between connecting and
  /// speaking.
  static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final int MOST_REMEMBERED = 4_096;

  private final ExecutorOrders orders;
  private final UserPrincipal agent;
  private final Duration patience;
  private final LongSupplier nanos;
  private final Set<String> seen =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MOST_REMEMBERED;
            }
          });

  /// @param agent the one user whose orders are taken
  /// @param patience how long a connection may take to say what it wants
  /// @param nanos a clock that no one sets
  TunerSocket(ExecutorOrders orders, UserPrincipal agent, Duration patience, LongSupplier nanos) {
    this.orders = orders;
    this.agent = agent;
    this.patience = patience;
    this.nanos = nanos;
  }

  /// Takes orders until no change has been open and nothing was asked for a while.
  ///
  /// @param linger how long that is; a zero one never ends
  /// @throws IOException when the socket fails
  void serve(ServerSocketChannel socket, Duration linger) throws IOException {
    socket.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      socket.register(selector, SelectionKey.OP_ACCEPT);
      long asked = nanos.getAsLong();
      while (linger.isZero() || nanos.getAsLong() - asked < linger.toNanos()) {
        selector.select(linger.isZero() ? 0 : linger.toMillis() / 4 + 1);
        selector.selectedKeys().clear();
        SocketChannel connection = socket.accept();
        if (connection != null) {
          take(connection);
        }
        if (connection != null || !orders.isIdle()) {
          asked = nanos.getAsLong();
        }
      }
    }
  }

  private void take(SocketChannel connection) {
    try (connection) {
      answer(connection);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "an order was not taken: " + e.getMessage());
    }
  }

  private void answer(SocketChannel connection) throws IOException {
    UnixDomainPrincipal peer = connection.getOption(ExtendedSocketOptions.SO_PEERCRED);
    String line = SocketLine.read(connection, TunerMessage.LONGEST, patience);
    if (!peer.user().equals(agent)) {
      String reason = "this socket takes orders of " + agent.getName() + " alone";
      orders.notCarriedOut("a connection of " + peer.user().getName(), reason);
      SocketLine.write(connection, new CommandResult("-", State.REFUSED, reason).text());
      return;
    }
    if (!line.isEmpty()) {
      SocketLine.write(connection, answer(line));
    }
  }

  private String answer(String line) {
    TunerMessage message;
    try {
      message = TunerMessage.parse(line);
    } catch (IllegalArgumentException e) {
      String reason = String.valueOf(e.getMessage());
      orders.notCarriedOut(line, reason);
      return new CommandResult("-", State.REFUSED, reason).text();
    }
    return switch (message) {
      case TunerMessage.Order(CommandOrder order) -> carriedOut(order).text();
      case TunerMessage.NotCarriedOut(String order, String reason) -> {
        orders.notCarriedOut(order, reason);
        yield TunerMessage.NOTED;
      }
    };
  }

  private CommandResult carriedOut(CommandOrder order) {
    String reason;
    if (!(order.command() instanceof TuningCommand command)) {
      reason = "the tuner takes orders about knobs alone";
    } else if (!seen.add(order.id())) {
      reason = "the order " + order.id() + " came before";
    } else {
      return orders.execute(order, command);
    }
    orders.notCarriedOut(order.text(), reason);
    return new CommandResult(order.id(), State.REFUSED, reason);
  }
}
