package io.evenkeel.hub.api;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.hub.security.Access;
import io.evenkeel.hub.tune.PooledBackends;
import io.evenkeel.hub.tune.Trials;
import io.evenkeel.hub.tune.TunedServer;
import io.evenkeel.hub.tune.TunedServers;
import io.evenkeel.hub.tune.measure.BackendMeasures;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.tune.measure.ReadyMeasures;
import io.evenkeel.hub.tune.trial.BoundsWords;
import io.evenkeel.hub.tune.trial.RefusalWords;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Place;
import io.evenkeel.model.tune.TuningAction;
import io.evenkeel.model.tune.TuningActions;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import io.evenkeel.model.tune.TurnedKnob;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The knobs of a server: what its policy allows, what a change would do, and changes that end by
/// themselves unless somebody keeps them.
public final class TuningRoutes {
  /// @param host whose knobs they are
  /// @param available whether anything can be turned there now
  /// @param problem why not; empty when something can
  /// @param problemText the same in the reader's language
  /// @param mode `observe`, `approve` or `auto`: the server's own policy
  /// @param reason why it is stricter than its file says; empty when it is not
  /// @param reasonText the same in the reader's language
  /// @param stopped whether all tuning is stopped
  /// @param measures what a trial may look at
  /// @param pools where it is a backend that can be drained while a knob is turned
  public record Tuning(
      String host,
      boolean available,
      String problem,
      Text problemText,
      String mode,
      String reason,
      Text reasonText,
      boolean stopped,
      List<Action> actions,
      List<Change> changes,
      List<Measure> measures,
      List<String> pools) {}

  /// What has a knob.
  public enum Target {
    NONE,
    DEVICE,
    CPU,
    UNIT,
    PROCESS,
    SERVICE
  }

  /// @param bounds which values it takes, in words
  /// @param boundsText the same in both languages
  /// @param newConnectionsOnly whether what is open already keeps the old value
  public record Action(
      String name,
      String bounds,
      Text boundsText,
      String risk,
      Target target,
      boolean newConnectionsOnly) {}

  /// @param drifted whether somebody else wrote the knob since
  /// @param secondsLeft until the old value comes back; 0 when it is kept
  /// @param trial whether a trial with this id made it
  public record Change(
      String id,
      String action,
      String target,
      String value,
      String before,
      String now,
      boolean drifted,
      boolean kept,
      long secondsLeft,
      boolean trial) {}

  public record Hosts(List<TunedHost> hosts) {}

  /// @param own whether it is the hub's own machine
  public record TunedHost(String host, boolean own) {}

  /// @param host the hub's own machine when null
  /// @param target what has the knob; empty for the whole machine
  public record Wanted(@Nullable String host, String action, String target, String value) {}

  /// @param host the hub's own machine when null
  /// @param seconds until the old value comes back unless it is kept: 1 to 3600
  public record WantedChange(
      @Nullable String host, String action, String target, String value, int seconds) {}

  /// @param objection why the server's policy would refuse it; empty when it would not
  /// @param objectionText the same in the reader's language
  /// @param diff what it would change in a file, as a unified difference; empty when it is no
  ///   file's
  public record Difference(
      String before, String after, String objection, Text objectionText, String diff) {}

  public record Made(String id, String before, String after) {}

  private static final String BASE = "/api/hub/v1/tuning";

  private final TunedServers servers;
  private final Trials trials;
  private final PooledBackends backends;

  public TuningRoutes(TunedServers servers, Trials trials, PooledBackends backends) {
    this.servers = servers;
    this.trials = trials;
    this.backends = backends;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            BASE,
            Access.VIEWER,
            "Tells which knobs of a server (`host`; else this machine) may be turned, and what was turned.",
            Tuning.class,
            exchange -> exchange.answer(tuning(server(exchange)))),
        Route.get(
            BASE + "/hosts",
            Access.VIEWER,
            "Lists the servers whose knobs can be asked for.",
            Hosts.class,
            exchange ->
                exchange.answer(
                    new Hosts(
                        servers.all().stream()
                            .map(one ->
                                new TunedHost(one.host(), one.host().equals(servers.own().host())))
                            .toList()))),
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
            "Turns a knob for a while, as far as the server's own policy allows.",
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

  private TunedServer server(Exchange exchange) {
    return server(exchange.parameter("host").orElse(null));
  }

  private TunedServer server(@Nullable String host) {
    return host == null
        ? servers.own()
        : servers
            .named(host)
            .orElseThrow(() ->
                ApiException.notFound(
                    Text.of(
                        "No agent that takes commands is on '" + host + "'.",
                        "“" + host + "”上没有接受命令的代理。")));
  }

  private Tuning tuning(TunedServer server) {
    TuningStanding standing = server.standing();
    List<PooledBackends.Member> members = backends.of(server.host());
    return new Tuning(
        server.host(),
        standing.problem().isEmpty(),
        standing.problem(),
        RefusalWords.of(standing.problem()),
        standing.mode().name().toLowerCase(Locale.ROOT),
        standing.reason(),
        RefusalWords.of(standing.reason()),
        standing.stopped(),
        TuningActions.ALL.stream().map(TuningRoutes::shown).toList(),
        standing.changes().stream().map(this::shown).toList(),
        Stream.concat(
                members.stream()
                    .flatMap(one -> BackendMeasures.of(one.pool(), one.backend()).stream()),
                ReadyMeasures.ALL.stream())
            .toList(),
        members.stream().map(PooledBackends.Member::pool).distinct().toList());
  }

  private static Action shown(TuningAction action) {
    return new Action(
        action.name(),
        action.bounds().describe(),
        BoundsWords.of(action.bounds()),
        action.risk().name().toLowerCase(Locale.ROOT),
        switch (action.place()) {
          case Place.Sysctl _, Place.SysFile _ -> Target.NONE;
          case Place.BlockQueue _, Place.ReceiveQueue _ -> Target.DEVICE;
          case Place.CpuFrequency _ -> Target.CPU;
          case Place.UnitProperty _ -> Target.UNIT;
          case Place.ProcessProperty _ -> Target.PROCESS;
          case Place.Directive _ -> Target.SERVICE;
        },
        action.newConnectionsOnly());
  }

  private Change shown(TurnedKnob change) {
    return new Change(
        change.id(),
        change.request().action(),
        change.request().target(),
        change.request().value(),
        change.before(),
        change.now(),
        change.drifted(),
        change.kept(),
        change.leaseLeft().toSeconds(),
        trials.find(change.id()).isPresent());
  }

  private void dryRun(Exchange exchange) {
    Wanted wanted = exchange.json(Wanted.class);
    TuningLook look =
        server(wanted.host())
            .look(new TuningRequest(wanted.action(), wanted.target(), wanted.value()));
    TuningResult.Done done = done(look.result());
    exchange.answer(
        new Difference(
            done.before(),
            done.after(),
            look.objection(),
            RefusalWords.of(look.objection()),
            look.diff()));
  }

  private void change(Exchange exchange) {
    WantedChange wanted = exchange.json(WantedChange.class);
    long most = TuningExecutor.LONGEST_LEASE.toSeconds();
    if (wanted.seconds() < 1 || wanted.seconds() > most) {
      throw ApiException.badField(
          "seconds",
          Text.of("A change takes 1 to " + most + " seconds.", "一次更改为 1 至 " + most + " 秒。"));
    }
    String id = UUID.randomUUID().toString();
    TuningResult.Done done =
        done(
            server(wanted.host())
                .apply(
                    id,
                    new TuningRequest(wanted.action(), wanted.target(), wanted.value()),
                    exchange.caller().auditName(),
                    Duration.ofSeconds(wanted.seconds())));
    exchange.answer(new Made(id, done.before(), done.after()));
  }

  private void keep(Exchange exchange) {
    var unused =
        done(server(exchange).keep(exchange.variable("id"), exchange.caller().auditName()));
    exchange.done();
  }

  private void revert(Exchange exchange) {
    TuningResult result =
        server(exchange)
            .revert(exchange.variable("id"), exchange.caller().auditName(), "asked for by hand");
    if (result instanceof TuningResult.Done || result instanceof TuningResult.Busy) {
      // Owed or back: it does not stay.
      trials.wasPutBack(exchange.variable("id"), exchange.caller().auditName());
    }
    var unused = done(result);
    exchange.done();
  }

  private void stop(Exchange exchange) {
    var unused = done(server(exchange).stop(exchange.caller().auditName()));
    exchange.done();
  }

  private void resume(Exchange exchange) {
    var unused = done(server(exchange).resume(exchange.caller().auditName()));
    exchange.done();
  }

  private static TuningResult.Done done(TuningResult result) {
    return switch (result) {
      case TuningResult.Done done -> done;
      case TuningResult.Refused(String reason) -> throw ApiException.conflict(sentence(reason));
      case TuningResult.Failed(String reason) -> throw ApiException.conflict(sentence(reason));
      case TuningResult.Busy(String reason) -> {
        Text why = RefusalWords.of(reason);
        throw ApiException.conflict(
            Text.of(
                "Not yet: " + why.en() + ". It is tried again until the old value is back.",
                "尚未完成：" + why.zh() + "。将会重试，直到旧值恢复。"));
      }
      case TuningResult.Yielded(String found) ->
          throw ApiException.conflict(
              Text.of(
                  "Somebody else set it to " + found + ", which stays.",
                  "他人已将其设为 " + found + "，保持不变。"));
    };
  }

  private static Text sentence(String reason) {
    Text why = RefusalWords.of(reason);
    return Text.of("Not done: " + why.en() + ".", "未执行：" + why.zh() + "。");
  }
}
