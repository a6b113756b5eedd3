package io.evenkeel.hub.wiring;

import io.evenkeel.agent.Agent;
import io.evenkeel.agent.profile.Profiler;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.CommandResult.State;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.profile.ProfileReport;
import java.util.function.Consumer;
import java.util.function.Function;

/// Carries out commands in the agent of the hub's own machine.
final class OwnCommands implements Function<CommandOrder, CommandResult> {
  private final Agent agent;
  private final Profiler profiler;
  private final Consumer<ProfileReport> profiles;

  /// @param profiles takes what came of profiles
  OwnCommands(Agent agent, Profiler profiler, Consumer<ProfileReport> profiles) {
    this.agent = agent;
    this.profiler = profiler;
    this.profiles = profiles;
  }

  @Override
  public CommandResult apply(CommandOrder order) {
    return switch (order.command()) {
      case Command.CollectEvery collect -> {
        agent.collectEvery(collect.period(), collect.lease());
        yield new CommandResult(
            order.id(), State.DONE, "collecting every " + collect.period().toSeconds() + " s");
      }
      case Command.Profile profile ->
          profiler
              .start(order.id(), profile, profiles)
              .map(reason -> new CommandResult(order.id(), State.REFUSED, reason.text()))
              .orElseGet(() -> new CommandResult(order.id(), State.DONE, "recording"));
      case TuningCommand tuning ->
          new CommandResult(
              order.id(), State.REFUSED, "the hub turns its own machine's knobs itself");
      case Command.RenewCertificate renew ->
          new CommandResult(order.id(), State.REFUSED, "the hub's own agent needs no certificate");
    };
  }
}
