package io.evenkeel.hub.api;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.agent.tune.TuningPolicy;
import io.evenkeel.agent.tune.TuningResult;
import io.evenkeel.hub.security.Access;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/// The knobs of the hub's own machine: what its policy allows, what a change would do, and changes
/// that end by themselves unless somebody keeps them.
public final class TuningRoutes {
  /// @param mode `observe`, `approve` or `auto`: the machine's own policy
  /// @param reason why it is stricter than its file says; empty when it is not
  /// @param stopped whether all tuning is stopped
  public record Tuning(
      String mode, String reason, boolean stopped, List<Action> actions, List<Change> changes) {}

  /// @param bounds which values it takes, in words
  public record Action(String name, String bounds, String risk) {}

  /// @param drifted whether somebody else wrote the knob since
  /// @param secondsLeft until the old value comes back; 0 when it is kept
  public record Change(
      String id,
      String action,
      String target,
      String value,
      String before,
      String now,
      boolean drifted,
      boolean kept,
      long secondsLeft) {}

  /// @param target what has the knob; empty for the whole machine
  public record Wanted(String action, String target, String value) {
    TuningRequest request() {
      return new TuningRequest(action, target, value);
    }
  }

  /// @param seconds until the old value comes back unless it is kept: 1 to 3600
  public record WantedChange(String action, String target, String value, int seconds) {}

  public record Difference(String before, String after) {}

  public record Made(String id, String before, String after) {}

  private static final String BASE = "/api/hub/v1/tuning";

  private final TuningExecutor executor;

  public TuningRoutes(TuningExecutor executor) {
    this.executor = executor;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            BASE,
            Access.VIEWER,
            "Tells which knobs of this machine may be turned, and what was turned.",
            Tuning.class,
            exchange -> exchange.answer(tuning())),
        Route.post(
            BASE + "/dry-run",
            Access.OPERATOR,
            "Tells what a change would do; changes nothing.",
            Wanted.class,
            Difference.class,
            this::dryRun),
        Route.post(
            BASE + "/changes",
            Access.ADMIN,
            "Turns a knob for a while, as far as the machine's own policy allows.",
            WantedChange.class,
            Made.class,
            this::change),
        Route.post(
            BASE + "/changes/{id}/keep",
            Access.ADMIN,
            "Lets a changed value stay.",
            null,
            null,
            this::keep),
        Route.post(
            BASE + "/changes/{id}/revert",
            Access.ADMIN,
            "Puts the old value back, unless somebody else wrote the knob since.",
            null,
            null,
            this::revert),
        Route.post(
            BASE + "/stop",
            Access.ADMIN,
            "Puts every leased change back and refuses new ones until tuning is resumed.",
            null,
            null,
            this::stop),
        Route.post(
            BASE + "/resume", Access.ADMIN, "Allows changes again.", null, null, this::resume));
  }

  private Tuning tuning() {
    TuningPolicy policy = executor.policy();
    return new Tuning(
        policy.mode().name().toLowerCase(Locale.ROOT),
        policy.reason(),
        executor.isStopped(),
        TuningActions.ALL.stream()
            .map(action ->
                new Action(
                    action.name(),
                    action.bounds().describe(),
                    action.risk().name().toLowerCase(Locale.ROOT)))
            .toList(),
        executor.changes().stream().map(TuningRoutes::shown).toList());
  }

  private static Change shown(TuningExecutor.Change change) {
    return new Change(
        change.id(),
        change.request().action(),
        change.request().target(),
        change.request().value(),
        change.before(),
        change.now(),
        change.drifted(),
        change.kept(),
        change.leaseLeft().toSeconds());
  }

  private void dryRun(Exchange exchange) {
    TuningResult.Done done = done(executor.dryRun(exchange.json(Wanted.class).request()));
    exchange.answer(new Difference(done.before(), done.after()));
  }

  private void change(Exchange exchange) {
    WantedChange wanted = exchange.json(WantedChange.class);
    long most = TuningExecutor.LONGEST_LEASE.toSeconds();
    if (wanted.seconds() < 1 || wanted.seconds() > most) {
      throw ApiException.badField("seconds", "A change takes 1 to " + most + " seconds.");
    }
    String id = UUID.randomUUID().toString();
    TuningResult.Done done =
        done(
            executor.apply(
                id,
                new TuningRequest(wanted.action(), wanted.target(), wanted.value()),
                exchange.caller().auditName(),
                Duration.ofSeconds(wanted.seconds())));
    exchange.answer(new Made(id, done.before(), done.after()));
  }

  private void keep(Exchange exchange) {
    done(executor.keep(exchange.variable("id"), exchange.caller().auditName()));
    exchange.done();
  }

  private void revert(Exchange exchange) {
    done(
        executor.revert(
            exchange.variable("id"), exchange.caller().auditName(), "asked for by hand"));
    exchange.done();
  }

  private void stop(Exchange exchange) throws IOException {
    executor.stop(exchange.caller().auditName());
    exchange.done();
  }

  private void resume(Exchange exchange) throws IOException {
    executor.resume(exchange.caller().auditName());
    exchange.done();
  }

  private static TuningResult.Done done(TuningResult result) {
    return switch (result) {
      case TuningResult.Done done -> done;
      case TuningResult.Refused(String reason) -> throw ApiException.conflict(sentence(reason));
      case TuningResult.Failed(String reason) -> throw ApiException.conflict(sentence(reason));
      case TuningResult.Yielded(String found) ->
          throw ApiException.conflict("Somebody else set it to " + found + ", which stays.");
    };
  }

  private static String sentence(String reason) {
    return "Not done: " + reason + ".";
  }
}
