package io.evenkeel.hub.tune;

import io.evenkeel.hub.enrolment.CommandDesk;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.CommandResult.State;
import io.evenkeel.model.command.TuningAnswer;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningLook;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// A server whose agent enrolled: asked by commands, which the agent fetches with its next push.
///
/// Renewals of leases are not waited for, so that a trial's seconds stay seconds: one is on its way
/// while the next second passes, and the trial hears of it a renewal later. When none came back for
/// as long as a lease holds, the server has put the old value back by itself, and says so here.
public final class EnrolledServer implements TunedServer {
  private static final Lease LEASE = new Lease(Duration.ofSeconds(30), 5);

  /// How long an agent is kept collecting each second after it was asked something, so that the
  /// next answer comes within a second.
  private static final Duration AWAKE = Duration.ofMinutes(1);

  private static final Duration EACH_SECOND = Duration.ofSeconds(1);

  private final String host;
  private final String hostId;
  private final CommandDesk desk;
  private final Supplier<Optional<String>> silence;
  private final Supplier<Duration> period;
  private final LongSupplier nanos;
  private final Map<String, Renewal> renewals = new ConcurrentHashMap<>();
  private volatile long wokenNanos;

  /// @param order the renewal on its way
  /// @param goodNanos when the newest that held was sent
  private record Renewal(String order, long sentNanos, long goodNanos) {}

  /// @param silence why the agent cannot be asked now; empty when it can
  /// @param period how often agents report now
  /// @param nanos a clock that no one sets
  public EnrolledServer(
      String host,
      String hostId,
      CommandDesk desk,
      Supplier<Optional<String>> silence,
      Supplier<Duration> period,
      LongSupplier nanos) {
    this.host = host;
    this.hostId = hostId;
    this.desk = desk;
    this.silence = silence;
    this.period = period;
    this.nanos = nanos;
    this.wokenNanos = nanos.getAsLong() - AWAKE.toNanos();
  }

  @Override
  public String host() {
    return host;
  }

  @Override
  public TuningStanding standing() {
    return TuningAnswer.standing(ask(new TuningCommand.Standing()));
  }

  @Override
  public TuningLook look(TuningRequest request) {
    return asked(() -> new TuningCommand.Look(request), TuningAnswer::look);
  }

  @Override
  public TuningResult read(String action, String target) {
    return result(() -> new TuningCommand.Read(action, target));
  }

  @Override
  public List<String> processesNamed(String comm) {
    return asked(() -> new TuningCommand.Processes(comm), TuningAnswer::names);
  }

  @Override
  public TuningResult apply(String id, TuningRequest request, String approvedBy, Duration lease) {
    TuningResult result = result(() -> new TuningCommand.Apply(id, request, approvedBy, lease));
    if (result instanceof TuningResult.Done) {
      long now = nanos.getAsLong();
      renewals.put(id, new Renewal("", now, now));
    }
    return result;
  }

  @Override
  public TuningResult hold(String id, boolean on) {
    return result(() -> new TuningCommand.Hold(id, on));
  }

  @Override
  public TuningResult renew(String id, Duration lease) {
    long now = nanos.getAsLong();
    Renewal last = renewals.getOrDefault(id, new Renewal("", now, now));
    Optional<CommandResult> came = last.order.isEmpty() ? Optional.empty() : came(last.order);
    long good = last.goodNanos;
    if (came.isPresent() && came.get().state() != State.EXPIRED) {
      TuningResult result = TuningAnswer.result(came.get());
      if (!(result instanceof TuningResult.Done)) {
        return result;
      }
      good = last.sentNanos;
    }
    if (now - good > lease.toNanos()) {
      return new TuningResult.Failed(
          "the agent of "
              + host
              + " has not answered for "
              + (now - good) / 1_000_000_000L
              + " s: it has put the old value back by itself");
    }
    boolean isOnItsWay = !last.order.isEmpty() && came.isEmpty();
    String order = isOnItsWay ? last.order : send(new TuningCommand.Renew(id, lease), lease);
    renewals.put(id, new Renewal(order, isOnItsWay ? last.sentNanos : now, good));
    return new TuningResult.Done("", "");
  }

  private Optional<CommandResult> came(String order) {
    try {
      return desk.await(hostId, order, Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /// The order's id; empty when too many wait already, as when the agent does not fetch them.
  private String send(TuningCommand command, Duration within) {
    try {
      return desk.send(hostId, command, within).id();
    } catch (IllegalStateException e) {
      return "";
    }
  }

  @Override
  public TuningResult keep(String id, String actor) {
    return ended(id, result(() -> new TuningCommand.Keep(id, actor)));
  }

  @Override
  public TuningResult revert(String id, String actor, String why) {
    String reason =
        why.length() > TuningCommand.LONGEST_TEXT
            ? why.substring(0, TuningCommand.LONGEST_TEXT)
            : why;
    return ended(
        id,
        result(() -> new TuningCommand.Revert(id, actor, reason.replaceAll("\\p{Cntrl}", " "))));
  }

  private TuningResult ended(String id, TuningResult result) {
    if (result instanceof TuningResult.Done) {
      renewals.remove(id);
    }
    return result;
  }

  @Override
  public TuningResult stop(String actor) {
    return result(() -> new TuningCommand.Stop(actor));
  }

  @Override
  public TuningResult resume(String actor) {
    return result(() -> new TuningCommand.Resume(actor));
  }

  @Override
  public Lease lease() {
    return LEASE;
  }

  @Override
  public void collectEachSecond(Duration during) {
    try {
      var unused = desk.send(hostId, new Command.CollectEvery(EACH_SECOND, during), patience());
    } catch (IllegalStateException e) {
      // Too many commands wait: whoever asks next is told.
      return;
    }
  }

  private TuningResult result(Supplier<TuningCommand> command) {
    return asked(command, TuningAnswer::result);
  }

  /// What cannot even be said is refused as the agent would.
  private <T> T asked(Supplier<TuningCommand> command, Function<CommandResult, T> answer) {
    TuningCommand said;
    try {
      said = command.get();
    } catch (IllegalArgumentException e) {
      return answer.apply(new CommandResult("", State.REFUSED, String.valueOf(e.getMessage())));
    }
    return answer.apply(ask(said));
  }

  private CommandResult ask(TuningCommand command) {
    Optional<String> silent = silence.get();
    if (silent.isPresent()) {
      return new CommandResult("", State.FAILED, silent.get());
    }
    // A standing is looked at every minute, by nobody in a hurry.
    if (!(command instanceof TuningCommand.Standing)) {
      keepAwake();
    }
    Duration patience = patience();
    try {
      CommandOrder order = desk.send(hostId, command, patience);
      return desk.await(hostId, order.id(), patience.plusSeconds(1))
          .filter(result -> result.state() != State.EXPIRED)
          .orElseGet(() ->
              new CommandResult(
                  order.id(),
                  State.FAILED,
                  Refusal.AGENT_SILENT.text(host, Long.toString(patience.toSeconds()))));
    } catch (IllegalStateException e) {
      return new CommandResult("", State.FAILED, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new CommandResult("", State.FAILED, "the hub stops");
    }
  }

  private void keepAwake() {
    long now = nanos.getAsLong();
    if (period.get().compareTo(EACH_SECOND) > 0
        && now - wokenNanos >= AWAKE.dividedBy(2).toNanos()) {
      wokenNanos = now;
      collectEachSecond(AWAKE);
    }
  }

  /// An agent fetches commands each period; the rest is for one that is short of processor time.
  private Duration patience() {
    return period.get().plusSeconds(14);
  }
}
