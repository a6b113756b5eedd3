package io.evenkeel.hub.tune;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.tune.Rollout.OnHost;
import io.evenkeel.hub.tune.Rollout.Standing;
import io.evenkeel.hub.tune.Rollout.State;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.tune.trial.Reason.Code;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Place;
import io.evenkeel.model.tune.Risk;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningMode;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a change that a trial found to help on one server of a group, the canary, to the others:
/// one after the other, each by a trial of its own, until it does not help somewhere.
///
/// A person's approval takes all of the group along. Without one a change of low risk goes on by
/// itself to those whose own policy says so and that have the same finding. Each server's policy is
/// asked again at its turn, and one that refuses is left out. What is under way is in the settings
/// database: a restart of the hub ends the trial that ran, and with it the roll-out. Safe for use
/// by many threads.
public final class Rollouts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("tune");
  private static final Duration REMEMBERED = Duration.ofDays(730);

  private final Database database;
  private final RolloutStore store = new RolloutStore();
  private final AuditStore audit;
  private final Trials trials;
  private final TunedServers servers;
  private final Function<String, Set<String>> peers;
  private final BiPredicate<String, String> hasSameFinding;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("rollouts").factory());

  /// @param peers the other hosts of a host's group; none where it has no group
  /// @param hasSameFinding whether a host has now what a finding with an id says
  public Rollouts(
      Database database,
      AuditStore audit,
      Trials trials,
      TunedServers servers,
      Function<String, Set<String>> peers,
      BiPredicate<String, String> hasSameFinding,
      InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.trials = trials;
    this.servers = servers;
    this.peers = peers;
    this.hasSameFinding = hasSameFinding;
    this.clock = clock;
  }

  /// Goes on with what is under way, and listens for canaries. The trials must have begun.
  public void start() {
    database.change(transaction ->
        store.forgetEndedBefore(transaction, clock.millis() - REMEMBERED.toMillis()));
    trials.whenKept(this::goOnByItself);
    var unused = timer.scheduleWithFixedDelay(this::stepSafely, 1, 1, TimeUnit.SECONDS);
  }

  /// The roll-out of a trial's change; empty when there is none.
  public Optional<Rollout> find(String trialId) {
    return database.read(transaction -> store.find(transaction, trialId));
  }

  /// Begins to bring a trial's change to the rest of its group.
  ///
  /// @param actor who approves it
  public synchronized Outcome<Rollout> begin(String trialId, String actor) {
    Optional<TrialDetail> trial = trials.find(trialId);
    if (trial.isEmpty()) {
      return Outcome.refused(
          Outcome.Reason.NOT_FOUND,
          Text.of(
              "There is no trial with the id '" + trialId + "'.", "没有 ID 为“" + trialId + "”的试验。"));
    }
    TrialSummary canary = trial.get().trial();
    if (canary.verdict() != TrialVerdict.HELPED || !canary.kept() || trial.get().drift() != null) {
      return conflict(
          Text.of(
              "Only a change that helped, and whose value still holds, goes to other servers.",
              "只有确有改善且新值仍然有效的更改才能推广到其他服务器。"));
    }
    if (isOfOneProcess(canary.request())) {
      return conflict(
          Text.of(
              "A process is of one server: set the limit where the service is started, and try that.",
              "进程只属于一台服务器：请在启动该服务之处设置限制，再试验它。"));
    }
    if (find(trialId).filter(one -> one.state() == State.RUNNING).isPresent()) {
      return conflict(
          Text.of("This change is on its way to the other servers already.", "此更改已在向其他服务器推广。"));
    }
    List<String> others = others(canary.host());
    return others.isEmpty()
        ? conflict(
            Text.of(
                canary.host()
                    + " shares its group with no server that takes commands: give them one group in"
                    + " the fleet.",
                "没有接受命令的服务器与 " + canary.host() + " 同组：请在“服务器”页面为它们设置同一分组。"))
        : Outcome.done(begun(trialId, canary, others, actor));
  }

  private List<String> others(String canary) {
    Set<String> group = peers.apply(canary);
    return servers.all().stream()
        .map(TunedServer::host)
        .filter(host -> group.contains(host) && !host.equals(canary))
        .sorted()
        .toList();
  }

  private static boolean isOfOneProcess(TuningRequest request) {
    return TuningActions.named(request.action())
        .map(action -> action.place() instanceof Place.ProcessProperty)
        .orElse(true);
  }

  private Rollout begun(String id, TrialSummary canary, List<String> hosts, String actor) {
    Rollout rollout =
        new Rollout(
            id,
            actor,
            State.RUNNING,
            hosts.stream().map(host -> OnHost.of(host, Standing.WAITING, "")).toList(),
            "",
            List.of(),
            clock.millis(),
            null);
    database.change(transaction -> {
      store.put(transaction, rollout);
      audit.append(
          transaction,
          actor.isEmpty() ? Trials.HUB : actor,
          "tuning.rollout",
          canary.host(),
          canary.request().knob() + " to " + canary.request().value() + " on " + hosts);
    });
    return rollout;
  }

  /// What the policies let go on without anybody: after a trial of a finding's advice.
  private synchronized void goOnByItself(TrialDetail kept) {
    TrialSummary canary = kept.trial();
    String finding = canary.finding();
    boolean isLow =
        TuningActions.named(canary.action()).filter(one -> one.risk() == Risk.LOW).isPresent();
    if (finding == null || !isLow || isPartOfOne(canary.id())) {
      return;
    }
    List<String> willing =
        others(canary.host()).stream()
            .filter(host -> hasSameFinding.test(finding, host))
            .filter(host ->
                servers
                    .named(host)
                    .filter(server -> server.standing().mode() == TuningMode.AUTO)
                    .isPresent())
            .toList();
    if (!willing.isEmpty()) {
      var unused = begun(canary.id(), canary, willing, "");
    }
  }

  private boolean isPartOfOne(String trialId) {
    return database.read(transaction -> store.mentions(transaction, trialId));
  }

  /// Ends a roll-out: the trial that runs ends, the rest stays as it is.
  public Outcome<Rollout> stop(String trialId, String actor) {
    Optional<OnHost> trying;
    Rollout stopped;
    synchronized (this) {
      Optional<Rollout> rollout = find(trialId).filter(one -> one.state() == State.RUNNING);
      if (rollout.isEmpty()) {
        return conflict(
            Text.of("This change is not on its way to other servers.", "此更改没有在向其他服务器推广。"));
      }
      trying = rollout.get().current().filter(one -> one.standing() == Standing.TRYING);
      stopped = ended(rollout.get(), State.STOPPED, List.of(Reason.of(Code.STOPPED_BY, actor)));
      database.change(transaction -> {
        store.put(transaction, stopped);
        audit.append(transaction, actor, "tuning.rollout.stop", trialId, "");
      });
    }
    trying.ifPresent(one -> {
      var unused = trials.abort(one.trial(), actor);
    });
    return Outcome.done(stopped);
  }

  private Rollout ended(Rollout rollout, State state, List<Reason> why) {
    return rollout.ended(state, why, clock.millis());
  }

  private void stepSafely() {
    try {
      step();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The next second tries again.
      LOG.warn("a roll-out cannot go on now", e);
    }
  }

  /// Lets each roll-out do what it can do now.
  synchronized void step() throws InterruptedException {
    for (Rollout rollout : database.read(store::running)) {
      Rollout next = next(rollout);
      if (!next.equals(rollout)) {
        database.change(transaction -> store.put(transaction, next));
      }
    }
  }

  private Rollout next(Rollout rollout) throws InterruptedException {
    Optional<OnHost> current = rollout.current();
    if (current.isEmpty()) {
      return ended(rollout, State.DONE, List.of());
    }
    OnHost host = current.get();
    return host.standing() == Standing.TRYING
        ? watched(rollout, host)
        : rollout.with(begun(rollout, host));
  }

  private Rollout watched(Rollout rollout, OnHost host) {
    Optional<TrialSummary> trial = trials.find(host.trial()).map(TrialDetail::trial);
    if (trial.isPresent() && trial.get().phase() != TrialPhase.ENDED) {
      return rollout;
    }
    if (trial.isPresent() && trial.get().verdict() == TrialVerdict.HELPED && trial.get().kept()) {
      return rollout.with(OnHost.of(host.host(), Standing.HELPED, host.trial()));
    }
    OnHost told =
        trial
            .map(one ->
                new OnHost(
                    host.host(), Standing.NOT_HELPED, host.trial(), one.reason(), one.reasons()))
            .orElse(
                OnHost.because(
                    host.host(), Standing.NOT_HELPED, host.trial(), Reason.of(Code.TRIAL_UNKNOWN)));
    return ended(
        rollout.with(told), State.STOPPED, List.of(Reason.of(Code.NOT_HELPED_ON, host.host())));
  }

  private OnHost begun(Rollout rollout, OnHost host) throws InterruptedException {
    Optional<TrialDetail> canary = trials.find(rollout.id());
    Optional<TunedServer> server = servers.named(host.host());
    if (canary.isEmpty() || !canary.get().trial().kept()) {
      return leftOut(host, Reason.of(Code.CANARY_GONE));
    }
    if (server.isEmpty()) {
      return leftOut(host, Reason.of(Code.NO_AGENT));
    }
    if (trials.isRunningOn(host.host())) {
      return host;
    }
    TuningRequest request = canary.get().trial().request();
    TuningLook look = server.get().look(request);
    if (look.result() instanceof TuningResult.Done(String before, String after)
        && before.equals(after)) {
      return leftOut(host, Reason.of(Code.IS_SO_ALREADY, after));
    }
    if (rollout.by().isEmpty() && server.get().standing().mode() != TuningMode.AUTO) {
      return leftOut(host, Reason.of(Code.WANTS_APPROVAL));
    }
    return switch (trials.begin(canary.get().on(host.host()), rollout.by())) {
      case Outcome.Done<TrialDetail>(TrialDetail begun) ->
          OnHost.of(host.host(), Standing.TRYING, begun.trial().id());
      case Outcome.Refused<TrialDetail> refused ->
          leftOut(host, Reason.of(Code.REFUSED, refused.message().en(), refused.message().zh()));
    };
  }

  private static OnHost leftOut(OnHost host, Reason why) {
    return OnHost.because(host.host(), Standing.LEFT_OUT, "", why);
  }

  private static <T> Outcome<T> conflict(Text message) {
    return Outcome.refused(Outcome.Reason.CONFLICT, message);
  }

  /// Ends; what is under way goes on with the next start.
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
