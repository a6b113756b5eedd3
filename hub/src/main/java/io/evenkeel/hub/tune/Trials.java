package io.evenkeel.hub.tune;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.tune.measure.GuardQueries;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.tune.trial.Reason.Code;
import io.evenkeel.hub.tune.trial.RefusalWords;
import io.evenkeel.hub.tune.trial.TrialPlan;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Trials of changes: one at a time on a host, each kept in the settings database with its report.
///
/// A trial has a thread of its own that mostly waits. When the hub stops, its trials end and the
/// old values come back; when it dies, the servers put them back as the leases run out, and the
/// next start notes those trials as aborted. Safe for use by many threads.
public final class Trials implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("tune");

  /// By whom it is when nobody approved it.
  static final String HUB = "hub";

  /// How long what ended and does not stay is remembered.
  private static final Duration REMEMBERED = Duration.ofDays(730);

  /// A measure's samples are in the store this much later than they were taken, at most.
  private static final int LATE_SECONDS = 2;

  private final Database database;
  private final TrialStore store = new TrialStore();
  private final AuditStore audit;
  private final TunedServers servers;
  private final HostNumbers numbers;
  private final PooledBackends backends;
  private final Refilling refilling;
  private final Pace pace;
  private final InstantSource clock;
  private final Map<String, RunningTrial> running = new ConcurrentHashMap<>();
  private final Map<String, Thread> threads = new ConcurrentHashMap<>();
  private volatile Consumer<TrialDetail> whenKept = kept -> {};

  public Trials(
      Database database,
      AuditStore audit,
      TunedServers servers,
      HostNumbers numbers,
      PooledBackends backends,
      Pace pace,
      InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.servers = servers;
    this.numbers = numbers;
    this.backends = backends;
    this.refilling = new Refilling(backends, this::refilled, clock);
    this.pace = pace;
    this.clock = clock;
  }

  /// Notes how the trials ended that the hub before did not end, and fills the backends again that
  /// it had drained for them. The pools must be there.
  public void start() {
    List<TrialDetail> left = database.read(store::open);
    Map<String, List<TrialDetail.Step>> filled = new HashMap<>();
    left.forEach(open -> filled.put(open.trial().id(), filledAgain(open)));
    database.change(transaction -> {
      store.forgetEndedBefore(transaction, clock.millis() - REMEMBERED.toMillis());
      for (TrialDetail open : store.open(transaction)) {
        TrialSummary ended = endedByRestart(open.trial());
        store.update(
            transaction,
            open.with(ended).withSteps(filled.getOrDefault(open.trial().id(), List.of())));
        LOG.warn(
            "The trial of {} on {} was not over when the hub ended: {}",
            ended.request().knob(),
            ended.host(),
            ended.reason());
      }
    });
    for (TrialDetail each : database.read(store::drained)) {
      each.drained().forEach(member -> refilling.owe(each.trial().id(), member));
    }
    refilling.start();
  }

  /// A backend of a trial, which runs or not any more, gets requests again.
  private void refilled(String trialId, TrialDetail.Step step) {
    Optional<RunningTrial> trial =
        running.values().stream().filter(one -> one.id().equals(trialId)).findFirst();
    if (trial.isPresent()) {
      trial.get().stepped(step);
      store(trial.get());
    } else {
      database.change(transaction ->
          store
              .find(transaction, trialId)
              .ifPresent(detail -> store.update(transaction, detail.withSteps(List.of(step)))));
    }
  }

  private List<TrialDetail.Step> filledAgain(TrialDetail open) {
    List<TrialDetail.Step> steps = new ArrayList<>();
    for (PooledBackends.Member member : open.drained()) {
      Optional<String> problem =
          backends.door().drain(member.pool(), member.backend(), false, DrainedServer.ACTOR);
      steps.add(
          new TrialDetail.Step(
              clock.millis(),
              problem.isEmpty()
                  ? TrialDetail.Step.Kind.REFILLED
                  : TrialDetail.Step.Kind.NOT_REFILLED,
              member.pool(),
              member.backend(),
              problem.orElse("")));
    }
    return steps;
  }

  private TrialSummary endedByRestart(TrialSummary trial) {
    Optional<TunedServer> server = servers.named(trial.host());
    boolean kept =
        server.stream()
            .flatMap(one -> one.standing().changes().stream())
            .anyMatch(change -> change.id().equals(trial.id()) && change.kept());
    Reason knob =
        kept
            ? Reason.of(Code.NEW_VALUE_STAYS)
            : server.map(one -> knobNow(one, trial)).orElse(Reason.of(Code.NO_AGENT));
    return trial.verdict() == null
        ? trial.ended(
            TrialVerdict.ABORTED,
            List.of(Reason.of(Code.HUB_RESTARTED), knob),
            false,
            clock.millis())
        : trial
            .also(Reason.of(Code.RESTARTED_AT_END), kept, clock.millis())
            .also(knob, kept, clock.millis());
  }

  /// What became of the knob of a trial that has no end.
  private static Reason knobNow(TunedServer server, TrialSummary trial) {
    String before = trial.before();
    if (before == null) {
      return Reason.of(Code.NOTHING_TURNED);
    }
    return switch (server.look(trial.request()).result()) {
      case TuningResult.Done(String now, String wanted) when now.equals(before) ->
          Reason.of(Code.OLD_VALUE_BACK);
      case TuningResult.Done(String now, String wanted) when now.equals(trial.value()) ->
          Reason.of(Code.LEASE_ENDS);
      case TuningResult.Done(String now, String wanted) -> Reason.of(Code.SET_BY_OTHERS, now);
      case TuningResult.Refused(String reason) -> Reason.told(Code.UNREADABLE, reason);
      case TuningResult.Failed(String reason) -> Reason.told(Code.UNREADABLE, reason);
      case TuningResult.Busy(String reason) -> Reason.told(Code.OLD_VALUE_OWED, reason);
      case TuningResult.Yielded(String found) -> Reason.of(Code.SET_BY_OTHERS, found);
    };
  }

  /// Tells somebody of every trial from now on whose value stays.
  void whenKept(Consumer<TrialDetail> told) {
    whenKept = told;
  }

  /// Whether a trial runs on a host now.
  boolean isRunningOn(String host) {
    return running.containsKey(host);
  }

  /// Begins a trial.
  ///
  /// @param approvedBy who approves it; empty when only the server's policy does
  public Outcome<TrialDetail> begin(WantedTrial wanted, String approvedBy)
      throws InterruptedException {
    String actor = approvedBy.isEmpty() ? HUB : approvedBy;
    RunningTrial before = running.get(wanted.host());
    if (before != null) {
      return runsAlready(before);
    }
    Optional<Outcome<TrialDetail>> refusal = refusal(wanted);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    TunedServer server = servers.named(wanted.host()).orElseThrow();
    TuningAction action = TuningActions.named(wanted.request().action()).orElseThrow();
    long slowStart = wanted.drained() ? backends.slowStartSeconds(backends.of(wanted.host())) : 0;
    RunningTrial trial =
        new RunningTrial(
            UUID.randomUUID().toString(),
            wanted,
            actor,
            TrialPlan.usual(wanted.measure().lowerIsBetter()),
            TrialTiming.of(
                wanted.blockSeconds(), washout(action, wanted) + Math.toIntExact(slowStart)),
            server,
            clock);
    RunningTrial other = running.putIfAbsent(wanted.host(), trial);
    if (other != null) {
      return runsAlready(other);
    }
    TrialDetail begun = trial.detail();
    try {
      database.change(transaction -> {
        store.insert(transaction, begun);
        audit.append(
            transaction,
            actor,
            "tuning.trial",
            wanted.host(),
            wanted.request().knob() + " to " + wanted.request().value());
      });
    } catch (RuntimeException e) {
      running.remove(wanted.host(), trial);
      throw e;
    }
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("trial-" + trial.id())
            .unstarted(() -> run(trial, server));
    threads.put(trial.id(), thread);
    thread.start();
    return Outcome.done(begun);
  }

  private static Outcome<TrialDetail> runsAlready(RunningTrial other) {
    String knob = other.wanted().request().knob();
    String host = other.wanted().host();
    return conflict(
        Text.of(
            "A trial of " + knob + " runs on " + host + ": wait for its end or abort it.",
            host + " 上正在试验 " + knob + "：请等待其结束，或结束该试验。"));
  }

  private Optional<Outcome<TrialDetail>> refusal(WantedTrial wanted) throws InterruptedException {
    Optional<TunedServer> server = servers.named(wanted.host());
    if (server.isEmpty()) {
      return Optional.of(
          Outcome.invalid(
              "host",
              Text.of(
                  "No agent that takes commands is on '" + wanted.host() + "': enrol it.",
                  "“" + wanted.host() + "”上没有接受命令的代理：请注册该服务器。")));
    }
    Optional<String> objection = wanted.request().objection();
    if (objection.isPresent()) {
      return Optional.of(Outcome.invalid("value", sentence(RefusalWords.of(objection.get()))));
    }
    if (!(wanted.sought() >= WantedTrial.LEAST_SOUGHT
        && wanted.sought() <= WantedTrial.MOST_SOUGHT)) {
      return Optional.of(
          Outcome.invalid(
              "sought",
              Text.of(
                  "What is sought is a share from 0.03 to 0.9, such as 0.1 for 10 %.",
                  "期望改善为 0.03 至 0.9 的比例，例如 0.1 表示 10 %。")));
    }
    if (wanted.blockSeconds() < WantedTrial.SHORTEST_BLOCK
        || wanted.blockSeconds() > WantedTrial.LONGEST_BLOCK) {
      return Optional.of(
          Outcome.invalid(
              "blockSeconds", Text.of("A block takes 10 to 300 seconds.", "每个时段为 10 至 300 秒。")));
    }
    for (Map.Entry<String, String> each : expressions(wanted.measure()).entrySet()) {
      Optional<Text> problem = numbers.objection(wanted.host(), each.getValue(), clock.millis());
      if (problem.isPresent()) {
        return Optional.of(Outcome.invalid("measure." + each.getKey(), sentence(problem.get())));
      }
    }
    Optional<Outcome<TrialDetail>> undrainable = undrainable(wanted);
    return undrainable.isPresent()
        ? undrainable
        : cannotTurn(server.get(), wanted).map(Trials::conflict);
  }

  private Optional<Outcome<TrialDetail>> undrainable(WantedTrial wanted) {
    if (!wanted.drained()) {
      return Optional.empty();
    }
    List<PooledBackends.Member> members = backends.of(wanted.host());
    if (members.isEmpty()) {
      return Optional.of(
          Outcome.invalid(
              "drain",
              Text.of(
                  "'"
                      + wanted.host()
                      + "' is no backend of a pool that this hub balances or steers.",
                  "“" + wanted.host() + "”不是本中心均衡或调度的任何后端池的后端。")));
    }
    return members.stream()
        .flatMap(member -> backends.objection(member).stream())
        .findFirst()
        .map(reason -> conflict(framed("Not drained: ", "未排空：", RefusalWords.of(reason))));
  }

  private static Map<String, String> expressions(Measure measure) {
    Map<String, String> expressions = new LinkedHashMap<>();
    expressions.put("expression", measure.expression());
    String offered = measure.offered();
    if (offered != null) {
      expressions.put("offered", offered);
    }
    String errors = measure.errors();
    if (errors != null) {
      expressions.put("errors", errors);
    }
    String p99 = measure.p99();
    if (p99 != null) {
      expressions.put("p99", p99);
    }
    return expressions;
  }

  private static Optional<Text> cannotTurn(TunedServer server, WantedTrial wanted) {
    TuningLook look = server.look(wanted.request());
    return switch (look.result()) {
      case TuningResult.Refused(String reason) -> notTried(reason);
      case TuningResult.Failed(String reason) -> notTried(reason);
      case TuningResult.Busy(String reason) -> notTried(reason);
      case TuningResult.Yielded(String found) -> notTried(Refusal.SET_BY_OTHERS.text(found));
      case TuningResult.Done(String before, String after) when before.equals(after) ->
          Optional.of(
              Text.of(
                  "It is " + after + " already: there is nothing to try.",
                  "已经是 " + after + "，没有可试验的更改。"));
      case TuningResult.Done done when !look.objection().isEmpty() -> notTried(look.objection());
      case TuningResult.Done done -> Optional.empty();
    };
  }

  private static Optional<Text> notTried(String reason) {
    return Optional.of(framed("Not tried: ", "未试验：", RefusalWords.of(reason)));
  }

  private static Text framed(String en, String zh, Text reason) {
    return Text.of(en + reason.en() + ".", zh + reason.zh() + "。");
  }

  private static int washout(TuningAction action, WantedTrial wanted) {
    Stream<String> guards =
        Stream.of(Guard.values()).flatMap(g -> GuardQueries.of(g, wanted.measure()).stream());
    long window =
        Stream.concat(expressions(wanted.measure()).values().stream(), guards)
            .mapToLong(expression -> HostNumbers.windowSeconds(wanted.host(), expression))
            .max()
            .orElse(0);
    return (int) Math.max(action.washoutSeconds(), window + LATE_SECONDS);
  }

  private void run(RunningTrial trial, TunedServer server) {
    WantedTrial wanted = trial.wanted();
    try {
      PromqlSeconds seconds =
          new PromqlSeconds(server, wanted.measure(), numbers, clock, pace, trial.ended());
      TrialOutcome outcome =
          new TrialRun(
                  turned(trial, server),
                  trial.plan(),
                  trial.timing(),
                  seconds,
                  event -> told(trial, event))
              .run(
                  trial.id(),
                  wanted.request(),
                  trial.by().equals(HUB) ? "" : trial.by(),
                  wanted.sought(),
                  trial.id().hashCode());
      switch (outcome) {
        case TrialOutcome.NotTried(Reason reason) ->
            trial.ended(TrialVerdict.NOT_TRIED, reason, false, Reason.of(Code.NOTHING_TURNED));
        case TrialOutcome.Tried tried ->
            trial.ended(
                TrialVerdict.of(tried.report().verdict()),
                tried.report().reason(),
                tried.kept(),
                tried.ended());
      }
    } catch (InterruptedException e) {
      trial.ended(
          TrialVerdict.ABORTED, trial.endReason(), false, knobNow(server, trial.detail().trial()));
    } catch (RuntimeException e) {
      LOG.error("The trial of {} on {} failed", wanted.request().knob(), wanted.host(), e);
      trial.ended(
          TrialVerdict.ABORTED,
          Reason.of(Code.HUB_FAILED, String.valueOf(e.getMessage())),
          false,
          knobNow(server, trial.detail().trial()));
    } finally {
      // Stored before the host is free for the next.
      store(trial);
      running.remove(wanted.host(), trial);
      threads.remove(trial.id());
    }
    TrialSummary ended = trial.detail().trial();
    if (ended.kept()) {
      whenKept.accept(trial.detail());
    }
    LOG.info(
        "Trial of {} on {}: {} ({})",
        wanted.request().knob(),
        wanted.host(),
        ended.verdict(),
        ended.reason());
  }

  private TunedServer turned(RunningTrial trial, TunedServer server) {
    return trial.wanted().drained()
        ? new DrainedServer(
            server,
            backends,
            backends.of(server.host()),
            pace,
            trial.ended(),
            step -> stepped(trial, step),
            clock)
        : server;
  }

  private void stepped(RunningTrial trial, TrialDetail.Step step) {
    trial.stepped(step);
    // What a restart must find is on the disk before the pool is told.
    TrialDetail now = trial.detail();
    database.change(transaction -> store.update(transaction, now));
    if (step.kind() == TrialDetail.Step.Kind.NOT_REFILLED) {
      refilling.owe(trial.id(), new PooledBackends.Member(step.pool(), step.backend()));
    }
  }

  private void told(RunningTrial trial, TrialEvent event) {
    trial.accept(event);
    switch (event) {
      // What a restart must find is on the disk before the trial goes on.
      case TrialEvent.Turned _, TrialEvent.Decided _, TrialEvent.BlockDone _ -> store(trial);
      case TrialEvent.SecondPassed _,
          TrialEvent.PairVoid _,
          TrialEvent.ComparedWithBefore _,
          TrialEvent.NoiseSeen _,
          TrialEvent.Tripped _ -> {}
    }
  }

  private void store(RunningTrial trial) {
    TrialDetail now = trial.detail();
    try {
      database.change(transaction -> store.update(transaction, now));
    } catch (DatabaseException e) {
      // The next block's store tells the same and more.
      LOG.warn("The trial {} could not be stored: {}", trial.id(), e.getMessage());
    }
  }

  /// Tells a trial to end; the old value comes back within seconds.
  public Outcome<String> abort(String id, String actor) {
    Optional<RunningTrial> trial =
        running.values().stream().filter(one -> one.id().equals(id)).findFirst();
    if (trial.isEmpty()) {
      return find(id).isPresent()
          ? conflict(Text.of("This trial is over.", "该试验已结束。"))
          : Outcome.refused(
              Outcome.Reason.NOT_FOUND,
              Text.of("There is no trial '" + id + "'.", "没有试验“" + id + "”。"));
    }
    database.change(transaction ->
        audit.append(
            transaction,
            actor,
            "tuning.abort",
            trial.get().wanted().host(),
            trial.get().wanted().request().knob()));
    trial.get().end(Reason.of(Code.ENDED_BY, actor));
    return Outcome.done(id);
  }

  /// Notes that the value of a trial's change does not stay any longer.
  public void wasPutBack(String id, String actor) {
    database.change(transaction ->
        store
            .find(transaction, id)
            .filter(detail -> detail.trial().kept())
            .ifPresent(
                detail -> store.update(transaction, detail.with(detail.trial().putBack(actor)))));
  }

  /// A trial as it is now.
  public Optional<TrialDetail> find(String id) {
    Optional<TrialDetail> live =
        running.values().stream()
            .filter(one -> one.id().equals(id))
            .findFirst()
            .map(RunningTrial::detail);
    return live.isPresent() ? live : database.read(transaction -> store.find(transaction, id));
  }

  /// Running trials, then the newest.
  ///
  /// @param host empty for every host
  public List<TrialSummary> newest(String host, int limit) {
    List<TrialSummary> all = new ArrayList<>();
    for (TrialDetail each : database.read(transaction -> store.newest(transaction, host, limit))) {
      RunningTrial now = running.get(each.trial().host());
      all.add(
          now != null && now.id().equals(each.trial().id()) ? now.detail().trial() : each.trial());
    }
    return all;
  }

  /// What helped on which hosts.
  public TrialHistory history() {
    return TrialHistory.of(database.read(store::ended));
  }

  private static <T> Outcome<T> conflict(Text message) {
    return Outcome.refused(Outcome.Reason.CONFLICT, message);
  }

  private static Text sentence(Text reason) {
    String en = Character.toUpperCase(reason.en().charAt(0)) + reason.en().substring(1);
    return Text.of(
        en.endsWith(".") ? en : en + ".",
        reason.zh().endsWith("。") ? reason.zh() : reason.zh() + "。");
  }

  /// Ends every trial; the old values are back then.
  @Override
  public void close() {
    running.values().forEach(trial -> trial.end(Reason.of(Code.HUB_STOPPED)));
    for (Thread thread : List.copyOf(threads.values())) {
      try {
        thread.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    refilling.close();
  }
}
