package io.evenkeel.agent.tune;

import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.TuningCommand;
import java.io.IOException;

/// Carries out what a hub asks about the knobs of this server: in this process ([ExecutorOrders]),
/// or in one that has the rights for it. Either way the executor's bounds and the server's own
/// policy decide. Thread-safe.
public interface TuningOrders extends AutoCloseable {
  /// Why nothing can be turned; empty when something can.
  String problem();

  /// Carries out a command; what cannot be done is an answer too.
  ///
  /// @param order whose command it is
  CommandResult execute(CommandOrder order, TuningCommand command);

  /// Notes a command about knobs that is not carried out, as one that was altered or came too late.
  ///
  /// @param order as it came
  void notCarriedOut(String order, String reason);

  /// Ends. Leased changes of this process are put back.
  @Override
  void close() throws IOException;
}
