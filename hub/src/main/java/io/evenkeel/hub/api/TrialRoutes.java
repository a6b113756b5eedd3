package io.evenkeel.hub.api;

import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.tune.Proposals;
import io.evenkeel.hub.tune.Rollout;
import io.evenkeel.hub.tune.Rollouts;
import io.evenkeel.hub.tune.TrialDetail;
import io.evenkeel.hub.tune.TrialHistory;
import io.evenkeel.hub.tune.TrialSummary;
import io.evenkeel.hub.tune.TrialTiming;
import io.evenkeel.hub.tune.Trials;
import io.evenkeel.hub.tune.TunedServers;
import io.evenkeel.hub.tune.WantedTrial;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.TuningRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Trials of changes: what runs, what was found, what helped where.
public final class TrialRoutes {
  /// @param host the hub's own machine when null
  /// @param target what has the knob; empty for the whole machine
  /// @param sought the share by which the measure is hoped to get better, 0.03 to 0.9; null for 0.1
  /// @param blockSeconds 10 to 300; null for 20
  /// @param finding the finding whose advice it is; null for none's
  /// @param drain true to drain the server in its pools whenever the knob is turned; null for false
  public record NewTrial(
      @Nullable String host,
      String action,
      String target,
      String value,
      Measure measure,
      @Nullable Double sought,
      @Nullable Integer blockSeconds,
      @Nullable String finding,
      @Nullable Boolean drain) {}

  public record TrialList(List<TrialSummary> trials) {}

  /// @param rollout null when the change was not brought to other servers
  public record RolloutView(@Nullable Rollout rollout) {}

  public record ProposalList(List<Proposals.ProposedChange> proposals) {}

  private static final String BASE = "/api/hub/v1/tuning";
  private static final int USUAL = 50;
  private static final int MOST = 500;

  private final Trials trials;
  private final TunedServers servers;
  private final Proposals proposals;
  private final Rollouts rollouts;

  public TrialRoutes(Trials trials, TunedServers servers, Proposals proposals, Rollouts rollouts) {
    this.trials = trials;
    this.servers = servers;
    this.proposals = proposals;
    this.rollouts = rollouts;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
            BASE + "/trials",
            Access.ADMIN,
            "Begins a trial of a change: the value stays only if it helped.",
            NewTrial.class,
            TrialDetail.class,
            this::begin),
        Route.get(
            BASE + "/trials",
            Access.VIEWER,
            "Lists trials (`host`, `limit`), running ones first, then the newest.",
            TrialList.class,
            exchange ->
                exchange.answer(
                    new TrialList(
                        trials.newest(
                            exchange.parameter("host").orElse(""),
                            exchange.count("limit", USUAL, MOST))))),
        Route.get(
            BASE + "/trials/{id}",
            Access.VIEWER,
            "Tells a trial with its blocks and guards, while it runs and after.",
            TrialDetail.class,
            this::find),
        Route.post(
            BASE + "/trials/{id}/abort",
            Access.ADMIN,
            "Ends a trial; the old value comes back within seconds.",
            null,
            null,
            this::abort),
        Route.post(
            BASE + "/trials/{id}/rollout",
            Access.ADMIN,
            "Brings a change that helped to the other servers of its server's group: one after the other, each by a trial, until it does not help somewhere.",
            null,
            Rollout.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        rollouts.begin(exchange.variable("id"), exchange.caller().auditName())))),
        Route.get(
            BASE + "/trials/{id}/rollout",
            Access.VIEWER,
            "Tells where the change of a trial is on its way to the other servers of its group.",
            RolloutView.class,
            exchange ->
                exchange.answer(
                    new RolloutView(rollouts.find(exchange.variable("id")).orElse(null)))),
        Route.post(
            BASE + "/trials/{id}/rollout/stop",
            Access.ADMIN,
            "Stops a change on its way: the trial that runs ends, the rest of the group stays as it is.",
            null,
            Rollout.class,
            exchange ->
                exchange.answer(
                    Outcomes.resultOf(
                        rollouts.stop(exchange.variable("id"), exchange.caller().auditName())))),
        Route.get(
            "/api/hub/v1/findings/{id}/proposals",
            Access.VIEWER,
            "Tells what the advice of a finding comes to on its server now.",
            ProposalList.class,
            this::propose),
        Route.get(
            BASE + "/history",
            Access.VIEWER,
            "Tells which changes helped on which hosts.",
            TrialHistory.class,
            exchange -> exchange.answer(trials.history())));
  }

  private void begin(Exchange exchange) throws InterruptedException {
    NewTrial wanted = exchange.json(NewTrial.class);
    Double sought = wanted.sought();
    Integer block = wanted.blockSeconds();
    exchange.answer(
        Outcomes.resultOf(
            trials.begin(
                new WantedTrial(
                    Optional.ofNullable(wanted.host()).orElse(servers.own().host()),
                    new TuningRequest(wanted.action(), wanted.target(), wanted.value()),
                    wanted.measure(),
                    sought == null ? WantedTrial.USUAL_SOUGHT : sought,
                    block == null ? TrialTiming.USUAL_BLOCK : block,
                    Optional.ofNullable(wanted.finding()),
                    Boolean.TRUE.equals(wanted.drain())),
                exchange.caller().auditName())));
  }

  private void find(Exchange exchange) {
    String id = exchange.variable("id");
    exchange.answer(
        trials
            .find(id)
            .orElseThrow(() ->
                ApiException.notFound(
                    Text.of(
                        "There is no trial with the id '" + id + "'.",
                        "没有 ID 为“" + id + "”的试验。"))));
  }

  private void propose(Exchange exchange) throws InterruptedException {
    String id = exchange.variable("id");
    exchange.answer(
        new ProposalList(
            proposals
                .of(id)
                .orElseThrow(() ->
                    ApiException.notFound(
                        Text.of(
                            "There is no finding with the id '" + id + "'.",
                            "没有 ID 为“" + id + "”的诊断发现。")))));
  }

  private void abort(Exchange exchange) {
    var unused =
        Outcomes.resultOf(trials.abort(exchange.variable("id"), exchange.caller().auditName()));
    exchange.done();
  }
}
