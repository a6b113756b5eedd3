package io.evenkeel.hub.api;

import io.evenkeel.agent.probe.ProbeFailure;
import io.evenkeel.agent.probe.ProbeResult;
import io.evenkeel.hub.probe.ProbeForm;
import io.evenkeel.hub.probe.Probes;
import io.evenkeel.hub.security.Access;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Services that the hub and its agents ask from outside. Times are epoch milliseconds.
public final class ProbeRoutes {
  public record Listed(List<View> probes) {}

  public record View(String id, Probes.Origin origin, ProbeForm probe, List<Seen> seen) {}

  /// How a probe goes from one place.
  ///
  /// @param server the server whose agent asks; empty for the hub itself
  /// @param last null before the first attempt
  public record Seen(String server, @Nullable Attempt last) {}

  /// How an attempt went.
  ///
  /// @param failure null when all was as expected
  /// @param address the last one that was asked
  /// @param phases in the order in which they ended; a redirect begins them again
  public record Attempt(
      long time,
      @Nullable Failure failure,
      double seconds,
      @Nullable String address,
      List<ProbeResult.Phase> phases,
      ProbeResult.Answer answer) {
    static @Nullable Attempt of(@Nullable ProbeResult result) {
      return result == null ? null : known(result);
    }

    static Attempt known(ProbeResult result) {
      ProbeFailure failure = result.failure();
      return new Attempt(
          result.timeMillis(),
          failure == null
              ? null
              : new Failure(
                  failure.kind().name().toLowerCase(Locale.ROOT),
                  failure.detail(),
                  failure.message()),
          result.seconds(),
          result.address(),
          result.phases(),
          result.answer());
    }
  }

  /// @param kind such as `unknown_host`
  /// @param detail what the kind's sentence leaves open
  /// @param message the whole in English
  public record Failure(String kind, String detail, String message) {}

  private final Probes probes;

  public ProbeRoutes(Probes probes) {
    this.probes = probes;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/probes",
            Access.VIEWER,
            "Lists the probes with how their last attempt went.",
            Listed.class,
            exchange ->
                exchange.answer(new Listed(probes.all().stream().map(ProbeRoutes::view).toList()))),
        Route.post(
            "/api/hub/v1/probes",
            Access.OPERATOR,
            "Adds a probe, which runs from now on.",
            ProbeForm.class,
            View.class,
            exchange ->
                exchange.answer(
                    view(
                        Outcomes.resultOf(
                            probes.add(
                                exchange.json(ProbeForm.class), exchange.caller().auditName()))))),
        Route.put(
            "/api/hub/v1/probes/{id}",
            Access.OPERATOR,
            "Changes a probe.",
            ProbeForm.class,
            View.class,
            exchange ->
                exchange.answer(
                    view(
                        Outcomes.resultOf(
                            probes.change(
                                exchange.variable("id"),
                                exchange.json(ProbeForm.class),
                                exchange.caller().auditName()))))),
        Route.delete(
            "/api/hub/v1/probes/{id}",
            Access.OPERATOR,
            "Removes a probe; the history of its series stays.",
            exchange -> {
              Outcomes.resultOf(
                  probes.delete(exchange.variable("id"), exchange.caller().auditName()));
              exchange.done();
            }),
        Route.post(
            "/api/hub/v1/probes/attempt",
            Access.OPERATOR,
            "Makes one attempt of a probe as it is entered, from the hub, and keeps nothing.",
            ProbeForm.class,
            Attempt.class,
            exchange ->
                exchange.answer(
                    Attempt.known(
                        Outcomes.resultOf(probes.attempt(exchange.json(ProbeForm.class)))))));
  }

  private static View view(Probes.Known known) {
    return new View(
        known.id(),
        known.origin(),
        known.form(),
        known.seen().stream().map(one -> new Seen(one.server(), Attempt.of(one.last()))).toList());
  }
}
