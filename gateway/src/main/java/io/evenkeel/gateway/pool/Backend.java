package io.evenkeel.gateway.pool;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.HealthCheck;
import io.evenkeel.gateway.health.CheckState;
import io.evenkeel.gateway.health.CircuitBreaker;
import io.evenkeel.gateway.health.SlowStart;
import io.evenkeel.gateway.policy.KeyHash;
import io.evenkeel.gateway.policy.LatencyEstimate;
import io.evenkeel.gateway.policy.Peer;
import io.evenkeel.gateway.stats.BackendTraffic;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A server of a pool at run time: its load, health, weight and counters. Thread-safe.
public final class Backend implements Peer {
  private final String name;
  private final InetSocketAddress address;
  private final @Nullable String host;
  private final long id;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final LatencyEstimate latency = new LatencyEstimate();
  private final BackendTraffic traffic = new BackendTraffic();
  private final CircuitBreaker breaker = new CircuitBreaker();
  private volatile CheckState checks;
  private volatile double configuredWeight;
  private volatile double setWeight;
  private volatile double weight;
  private volatile long lastPickedNanos;
  private volatile long backSinceNanos;
  private volatile boolean slowlyStarting;
  private volatile boolean draining;
  private volatile boolean gone;

  Backend(BackendConfig config, Optional<HealthCheck> check, long nowNanos) {
    name = config.name();
    address = config.address();
    host = config.host().orElse(null);
    id = idOf(config.name());
    checks = checksOf(check);
    configuredWeight = config.weight();
    setWeight = config.weight();
    weight = config.weight();
    lastPickedNanos = nowNanos;
    backSinceNanos = nowNanos;
  }

  private static CheckState checksOf(Optional<HealthCheck> check) {
    return check.map(c -> new CheckState(c.fall(), c.rise())).orElseGet(() -> new CheckState(1, 1));
  }

  /// The hash of the name, never 0: 0 means that no backend is named.
  static long idOf(String name) {
    long hash = KeyHash.of(name);
    return hash == 0 ? 1 : hash;
  }

  public String name() {
    return name;
  }

  public InetSocketAddress address() {
    return address;
  }

  /// The monitored host it runs on.
  public Optional<String> host() {
    return Optional.ofNullable(host);
  }

  @Override
  public long id() {
    return id;
  }

  /// The weight now: what was set, less while it starts slowly.
  @Override
  public double weight() {
    return weight;
  }

  /// The weight that was set, by configuration, by hand or by health.
  public double steadyWeight() {
    return setWeight;
  }

  /// The weight by configuration.
  public double configuredWeight() {
    return configuredWeight;
  }

  @Override
  public int inFlight() {
    return inFlight.get();
  }

  @Override
  public LatencyEstimate latency() {
    return latency;
  }

  @Override
  public long lastPickedNanos() {
    return lastPickedNanos;
  }

  public BackendTraffic traffic() {
    return traffic;
  }

  public CircuitBreaker breaker() {
    return breaker;
  }

  public CheckState checks() {
    return checks;
  }

  /// Whether it gets no new requests.
  public boolean isDraining() {
    return draining;
  }

  /// Whether it left the pool: idle connections to it may be closed.
  public boolean isGone() {
    return gone;
  }

  /// Whether it may be asked, as far as is known.
  public boolean isHealthy() {
    return checks.isUp() && breaker.state() != CircuitBreaker.State.OPEN;
  }

  /// Takes a place for a request.
  ///
  /// @param most the most in flight; 0 means no limit
  /// @param evenIfBroken whether a circuit that is not closed is ignored (panic)
  boolean tryBegin(int most, boolean evenIfBroken, long nowNanos) {
    if (!evenIfBroken && !breaker.admits()) {
      return false;
    }
    if (most <= 0) {
      inFlight.incrementAndGet();
    } else {
      int now;
      do {
        now = inFlight.get();
        if (now >= most) {
          return false;
        }
      } while (!inFlight.compareAndSet(now, now + 1));
    }
    breaker.begin();
    lastPickedNanos = nowNanos;
    return true;
  }

  void end() {
    inFlight.decrementAndGet();
  }

  void setWeight(double to) {
    setWeight = to;
    weight = to;
  }

  void configureWeight(double to) {
    configuredWeight = to;
  }

  /// Starts over with other checks: up until one fails.
  void checkBy(Optional<HealthCheck> check) {
    checks = checksOf(check);
  }

  void setDraining(boolean to) {
    draining = to;
  }

  void leave() {
    gone = true;
    draining = true;
  }

  /// Begins a slow start.
  void comeBack(long nowNanos) {
    backSinceNanos = nowNanos;
    slowlyStarting = true;
  }

  /// Moves a slow start on.
  void warm(long windowNanos, long nowNanos) {
    if (slowlyStarting) {
      double factor = SlowStart.factor(nowNanos - backSinceNanos, windowNanos, 1);
      weight = setWeight * factor;
      slowlyStarting = factor < 1;
    }
  }
}
