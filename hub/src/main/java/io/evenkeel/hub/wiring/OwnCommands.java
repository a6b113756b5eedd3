package io.evenkeel.hub.wiring;

import io.evenkeel.agent.Agent;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.CommandResult.State;
import java.util.function.Function;

/// Carries out commands in the agent of the hub's own machine.
final class OwnCommands implements Function<CommandOrder, CommandResult> {
  private final Agent agent;

  OwnCommands(Agent agent) {
    this.agent = agent;
  }

  @Override
  public CommandResult apply(CommandOrder order) {
    return switch (order.command()) {
      case Command.CollectEvery collect -> {
        agent.collectEvery(collect.period(), collect.lease());
        yield new CommandResult(
            order.id(), State.DONE, "collecting every " + collect.period().toSeconds() + " s");
      }
      case Command.RenewCertificate renew ->
          new CommandResult(order.id(), State.REFUSED, "the hub's own agent needs no certificate");
    };
  }
}
