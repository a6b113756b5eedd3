package io.evenkeel.agent.tune;

import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.TuningAnswer;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Carries out orders in an executor of this process. Where the executor cannot start everything is
/// refused with the reason, and the agent goes on watching. Thread-safe.
public final class ExecutorOrders implements TuningOrders {
  private final Optional<TuningExecutor> executor;
  private final String problem;

  private ExecutorOrders(Optional<TuningExecutor> executor, String problem) {
    this.executor = executor;
    this.problem = problem;
  }

  /// Starts an executor; what a process before left turned is put back then.
  public static ExecutorOrders start(
      TuningExecutor.Settings settings, InstantSource clock, LongSupplier nanos) {
    try {
      return of(TuningExecutor.start(settings, clock, nanos));
    } catch (IOException e) {
      return new ExecutorOrders(Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  /// Orders to an executor that runs; closing them closes it.
  public static ExecutorOrders of(TuningExecutor executor) {
    return new ExecutorOrders(Optional.of(executor), "");
  }

  @Override
  public String problem() {
    return problem;
  }

  /// Whether no change is open: nothing here would come back by itself.
  public boolean isIdle() {
    return executor.isEmpty() || executor.get().isIdle();
  }

  @Override
  public CommandResult execute(CommandOrder order, TuningCommand command) {
    String id = order.id();
    if (executor.isEmpty()) {
      return command instanceof TuningCommand.Standing
          ? TuningAnswer.of(id, TuningStanding.without(problem))
          : TuningAnswer.of(id, new TuningResult.Refused(problem));
    }
    TuningExecutor knobs = executor.get();
    return switch (command) {
      case TuningCommand.Standing none -> TuningAnswer.of(id, knobs.standing());
      case TuningCommand.Look(TuningRequest request) -> TuningAnswer.of(id, knobs.look(request));
      case TuningCommand.Read(String action, String target) ->
          TuningAnswer.of(id, knobs.read(action, target));
      case TuningCommand.Processes(String comm) -> TuningAnswer.of(id, knobs.processesNamed(comm));
      case TuningCommand.Apply(
              String change,
              TuningRequest request,
              String approvedBy,
              Duration lease) ->
          TuningAnswer.of(id, knobs.apply(change, request, approvedBy, lease));
      case TuningCommand.Hold(String change, boolean on) ->
          TuningAnswer.of(id, knobs.hold(change, on));
      case TuningCommand.Renew(String change, Duration lease) ->
          TuningAnswer.of(id, knobs.renew(change, lease));
      case TuningCommand.Keep(String change, String actor) ->
          TuningAnswer.of(id, knobs.keep(change, actor));
      case TuningCommand.Revert(String change, String actor, String why) ->
          TuningAnswer.of(id, knobs.revert(change, actor, why));
      case TuningCommand.Stop(String actor) -> TuningAnswer.of(id, knobs.stop(actor));
      case TuningCommand.Resume(String actor) -> TuningAnswer.of(id, knobs.resume(actor));
    };
  }

  @Override
  public void notCarriedOut(String order, String reason) {
    executor.ifPresent(knobs -> knobs.refused(order, reason));
  }

  /// Puts every leased change back and ends.
  @Override
  public void close() throws IOException {
    if (executor.isPresent()) {
      executor.get().close();
    }
  }
}
