package io.evenkeel.hub.tune;

import io.evenkeel.hub.tune.PooledBackends.Member;
import io.evenkeel.hub.tune.TrialDetail.Step;
import io.evenkeel.model.tune.Refusal;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// A server that is a backend: whenever a trial turns its knob, the pools give it no new requests
/// first, those in flight end, the knob is turned, and the pools fill it again with their slow
/// start. A backend that cannot be spared, or does not become empty in time, is filled again and
/// the knob stays. An old value that has to come back never waits for that.
///
/// Used by the trial's thread.
final class DrainedServer implements ForwardingServer {
  /// How long requests in flight are waited for.
  static final int MOST_SECONDS = 30;

  /// By whom the audit log has it.
  static final String ACTOR = "tuning";

  private final TunedServer server;
  private final PooledBackends backends;
  private final List<Member> members;
  private final Pace pace;
  private final CountDownLatch ended;
  private final Consumer<Step> told;
  private final InstantSource clock;
  private final List<Member> drained = new ArrayList<>();
  private boolean on;

  /// @param members what it is in pools
  /// @param ended at 0 when the trial is told to end
  /// @param told a step is known, and on the disk, before it is done
  DrainedServer(
      TunedServer server,
      PooledBackends backends,
      List<Member> members,
      Pace pace,
      CountDownLatch ended,
      Consumer<Step> told,
      InstantSource clock) {
    this.server = server;
    this.backends = backends;
    this.members = List.copyOf(members);
    this.pace = pace;
    this.ended = ended;
    this.told = told;
    this.clock = clock;
  }

  /// Turns a knob while the backend has no requests.
  ///
  /// @param change whose lease is renewed meanwhile; empty for none
  private TuningResult turned(boolean to, String change, Supplier<TuningResult> turn) {
    try {
      Optional<String> objection = emptied(change);
      if (objection.isPresent()) {
        return new TuningResult.Refused(objection.get());
      }
      TuningResult result = turn.get();
      if (result instanceof TuningResult.Done) {
        on = to;
        for (Member member : drained) {
          tell(member, to ? Step.Kind.TURNED_ON : Step.Kind.TURNED_OFF, "");
        }
      }
      return result;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new TuningResult.Refused(Refusal.ENDED_WHILE_DRAINED.text());
    } finally {
      fill();
    }
  }

  private Optional<String> emptied(String change) throws InterruptedException {
    for (Member member : members) {
      Optional<String> objection = backends.objection(member);
      if (objection.isPresent()) {
        return objection;
      }
      // Told first: whoever finds the trial after a crash knows what to fill again.
      tell(member, Step.Kind.DRAINING, backends.inFlight(member) + "");
      drained.add(member);
      Optional<String> problem =
          backends.door().drain(member.pool(), member.backend(), true, ACTOR);
      if (problem.isPresent()) {
        return problem;
      }
    }
    for (int second = 0; !isEmpty(); second++) {
      if (second == MOST_SECONDS) {
        drained.forEach(
            member -> tell(member, Step.Kind.NOT_EMPTY, backends.inFlight(member) + ""));
        return Optional.of(notEmpty());
      }
      if (!change.isEmpty() && second % server.lease().renewedEverySeconds() == 0) {
        TuningResult renewed = server.renew(change, server.lease().length());
        if (!(renewed instanceof TuningResult.Done)) {
          return Optional.of(refusal(renewed));
        }
      }
      pace.second(ended);
      if (ended.getCount() == 0) {
        return Optional.of(Refusal.ENDED_WHILE_DRAINED.text());
      }
    }
    drained.forEach(member -> tell(member, Step.Kind.EMPTY, ""));
    return Optional.empty();
  }

  private boolean isEmpty() {
    return members.stream().allMatch(backends::isHeldBack) && inFlight() == 0;
  }

  private int inFlight() {
    return members.stream().mapToInt(backends::inFlight).sum();
  }

  private String notEmpty() {
    int busy = inFlight();
    String seconds = Integer.toString(MOST_SECONDS);
    return busy > 0
        ? Refusal.STILL_IN_FLIGHT.text(seconds, Integer.toString(busy))
        : Refusal.DRAIN_UNTAKEN.text(seconds);
  }

  /// What a server says against a lease that is to go on.
  private static String refusal(TuningResult result) {
    return switch (result) {
      case TuningResult.Refused(String reason) -> reason;
      case TuningResult.Failed(String reason) -> reason;
      case TuningResult.Busy(String reason) -> reason;
      case TuningResult.Yielded(String found) -> Refusal.SET_BY_OTHERS.text(found);
      case TuningResult.Done done -> done.diff();
    };
  }

  /// Gives the pools their backend back.
  void fill() {
    for (Member member : drained) {
      Optional<String> problem =
          backends.door().drain(member.pool(), member.backend(), false, ACTOR);
      tell(
          member,
          problem.isEmpty() ? Step.Kind.REFILLED : Step.Kind.NOT_REFILLED,
          problem.orElse(""));
    }
    drained.clear();
  }

  private void tell(Member member, Step.Kind kind, String detail) {
    told.accept(new Step(clock.millis(), kind, member.pool(), member.backend(), detail));
  }

  @Override
  public TuningResult apply(String id, TuningRequest request, String approvedBy, Duration lease) {
    return turned(true, "", () -> server.apply(id, request, approvedBy, lease));
  }

  @Override
  public TuningResult hold(String id, boolean to) {
    if (to == on) {
      return server.hold(id, to);
    }
    TuningResult result = turned(to, id, () -> server.hold(id, to));
    // Told to end, a trial finds that out at its next second.
    return ended.getCount() == 0 && result instanceof TuningResult.Refused
        ? new TuningResult.Done("", "")
        : result;
  }

  @Override
  public TuningResult keep(String id, String actor) {
    return on ? server.keep(id, actor) : turned(true, id, () -> server.keep(id, actor));
  }

  @Override
  public TuningResult revert(String id, String actor, String why) {
    on = false;
    return server.revert(id, actor, why);
  }

  @Override
  public TunedServer server() {
    return server;
  }
}
