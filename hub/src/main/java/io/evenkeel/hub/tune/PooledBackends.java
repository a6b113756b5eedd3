package io.evenkeel.hub.tune;

import io.evenkeel.gateway.health.CircuitBreaker;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.gateway.pool.PoolState.BackendState;
import io.evenkeel.model.tune.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// The backends of pools that are hosts which may be tuned, whoever balances them, the hub itself,
/// an HAProxy that it steers or gateways of their own: whether one can be spared, whether it has no
/// requests any more, and the door by which it is drained and filled again. Safe for use by many
/// threads.
///
/// @param pools as they are now, of the hub's own balancer and of each HAProxy
/// @param slowStartSeconds of the pool with a name
/// @param door gives a backend no new requests, or again some
/// @param gateways what the gateways of their own make of it, which run the hub's pools too
public record PooledBackends(
    Supplier<List<PoolState>> pools,
    ToLongFunction<String> slowStartSeconds,
    Door door,
    Elsewhere gateways) {
  /// No pools at all.
  public static final PooledBackends NONE =
      new PooledBackends(
          List::of,
          pool -> 0,
          (pool, backend, draining, actor) -> Optional.of(Refusal.NO_POOL.text()),
          Elsewhere.NOWHERE);

  /// The part of a pool that must stay ready: below it a pool uses all of its backends, whatever
  /// their health (gateway's panic threshold).
  private static final double LEAST_READY = 0.5;

  /// Drains a backend or fills it again.
  @FunctionalInterface
  public interface Door {
    /// @return why it was not done; empty when it was
    Optional<String> drain(String pool, String backend, boolean draining, String actor);
  }

  /// Balancers of other machines, which take a drain when they ask the next time.
  @FunctionalInterface
  public interface Elsewhere {
    /// There are none.
    Elsewhere NOWHERE = member -> new Standing(true, 0, "");

    Standing of(Member member);
  }

  /// How a backend stands with the balancers of other machines.
  ///
  /// @param heldBack whether each of them gives it no new requests
  /// @param inFlight requests of theirs
  /// @param silent one of them that does not tell, though it may still send requests; else empty
  public record Standing(boolean heldBack, int inFlight, String silent) {}

  /// A backend of a pool.
  public record Member(String pool, String backend) {
    @Override
    public String toString() {
      return pool + "/" + backend;
    }
  }

  /// Where a host is a backend.
  public List<Member> of(String host) {
    List<Member> members = new ArrayList<>();
    for (PoolState pool : pools.get()) {
      for (BackendState backend : pool.backends()) {
        if (backend.host().equals(host)) {
          members.add(new Member(pool.name(), backend.name()));
        }
      }
    }
    return members;
  }

  /// Why a backend cannot be spared now; empty when it can.
  public Optional<String> objection(Member member) {
    Optional<PoolState> pool = pool(member);
    Optional<BackendState> own = pool.flatMap(one -> backend(one, member));
    if (pool.isEmpty() || own.isEmpty()) {
      return Optional.of(Refusal.BACKEND_GONE.text(member.toString()));
    }
    if (own.get().draining()) {
      return Optional.of(Refusal.DRAINED_ALREADY.text(member.toString()));
    }
    String silent = gateways.of(member).silent();
    if (!silent.isEmpty()) {
      return Optional.of(Refusal.GATEWAY_SILENT.text(silent, member.toString()));
    }
    List<BackendState> all = pool.get().backends();
    long others =
        all.stream().filter(one -> !one.name().equals(member.backend()) && isReady(one)).count();
    return others > 0 && others >= LEAST_READY * all.size()
        ? Optional.empty()
        : Optional.of(
            Refusal.TOO_FEW_READY.text(
                member.toString(), Long.toString(others), Integer.toString(all.size())));
  }

  private static boolean isReady(BackendState backend) {
    return backend.checksPass()
        && !backend.draining()
        && backend.weight() > 0
        && backend.circuit() == CircuitBreaker.State.CLOSED;
  }

  /// Requests in flight, of every balancer; none when there is no such backend any more.
  int inFlight(Member member) {
    return pool(member).flatMap(pool -> backend(pool, member)).map(BackendState::inFlight).orElse(0)
        + gateways.of(member).inFlight();
  }

  /// Whether every balancer has taken that a backend is drained: HAProxy by its agent check, and
  /// gateways of their own, do so seconds later.
  boolean isHeldBack(Member member) {
    Standing elsewhere = gateways.of(member);
    return pool(member).flatMap(pool -> backend(pool, member)).stream()
            .allMatch(BackendState::draining)
        && elsewhere.heldBack()
        && elsewhere.silent().isEmpty();
  }

  /// How long the slowest of some pools gives a backend less once it is back.
  long slowStartSeconds(List<Member> members) {
    return members.stream()
        .mapToLong(member -> slowStartSeconds.applyAsLong(member.pool()))
        .max()
        .orElse(0);
  }

  private Optional<PoolState> pool(Member member) {
    return pools.get().stream().filter(one -> one.name().equals(member.pool())).findFirst();
  }

  private static Optional<BackendState> backend(PoolState pool, Member member) {
    return pool.backends().stream().filter(one -> one.name().equals(member.backend())).findFirst();
  }
}
