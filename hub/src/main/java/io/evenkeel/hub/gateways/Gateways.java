package io.evenkeel.hub.gateways;

import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.gateway.stats.BackendTraffic;
import io.evenkeel.gateway.stats.TrafficShare;
import io.evenkeel.hub.pools.Pools;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Outcome.Reason;
import io.evenkeel.model.Text;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The gateways of their own that report to this hub: they run its configuration, with its weights
/// and drains, and their traffic counts with the hub's own. Kept in memory; each tells everything
/// again within a second. Safe for use by many threads.
public final class Gateways {
  /// How often a gateway reports.
  public static final Duration PERIOD = Duration.ofSeconds(1);

  /// A gateway that reported this lately is there.
  static final Duration SILENT_AFTER = Duration.ofSeconds(5);

  /// One that has not reported for so long is taken for dead, as one that was killed or whose
  /// machine is off: longer than a restart or a lost link of moments takes. From here a dead one
  /// cannot be told from one that is cut off from the hub alone and serves on.
  static final Duration GONE_AFTER = Duration.ofMinutes(1);

  private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);
  private static final int MOST = 200;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final Pools pools;
  private final String ownInstance;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<String, Heard> gateways = new ConcurrentHashMap<>();

  private record Heard(GatewayReport report, String address, Instant at, long nanos) {}

  /// How a gateway is.
  public enum State {
    /// It runs the configuration that is in force.
    STEERED,
    /// It has not taken the newest configuration yet.
    BEHIND,
    /// It cannot run the configuration, and goes on with the one before.
    REFUSING,
    /// It stopped on purpose.
    STOPPED,
    /// It has not reported for a while.
    SILENT
  }

  /// A gateway as people see it.
  ///
  /// @param address from where it reports
  /// @param listeners where clients come in
  /// @param pools what it serves
  /// @param requests answered since its start
  public record View(
      String name,
      State state,
      String address,
      String version,
      List<String> problems,
      Map<String, String> listeners,
      List<String> pools,
      long requests,
      int inFlight,
      int connections,
      Instant lastAt) {}

  /// @param ownInstance the `instance` of the hub's own series, which no gateway may be called
  /// @param nanos a clock that is never set
  public Gateways(Pools pools, String ownInstance, InstantSource clock, LongSupplier nanos) {
    this.pools = pools;
    this.ownInstance = ownInstance;
    this.clock = clock;
    this.nanos = nanos;
  }

  /// Takes a gateway's report.
  ///
  /// @return what it is to run, or why this hub does not take it
  public Outcome<GatewayOrders> report(String name, GatewayReport report, InetAddress from) {
    if (!NAME.matcher(name).matches()) {
      return Outcome.invalid(
          "gateway",
          Text.of(
              "A gateway's name has 1 to 64 letters, digits and . _ - and begins with a letter or digit.",
              "网关名称有 1 至 64 个字符，可含字母、数字和 . _ -，以字母或数字开头。"));
    }
    if (name.equals(ownInstance)) {
      return Outcome.refused(
          Reason.CONFLICT,
          Text.of(
              "The hub itself is called '" + name + "': start this gateway with another --name.",
              "中心自己名为“" + name + "”：请用另一个 --name 启动该网关。"));
    }
    Optional<String> text = pools.inForce();
    if (text.isEmpty()) {
      return Outcome.tooMany(
          Text.of("The hub has no configuration that could be used yet.", "中心还没有可用的配置。"),
          Duration.ofSeconds(1));
    }
    Heard next = new Heard(report, from.getHostAddress(), clock.instant(), nanos.getAsLong());
    Heard kept =
        gateways.compute(name, (unused, before) -> isOthers(before, report) ? before : next);
    if (!kept.report().run().equals(report.run())) {
      return Outcome.refused(
          Reason.CONFLICT,
          Text.of(
              "Another gateway reports as '" + name + "': start this one with another --name.",
              "另一个网关正以“" + name + "”的名义上报：请用另一个 --name 启动该网关。"));
    }
    if (gateways.size() > MOST) {
      gateways.remove(name);
      return Outcome.tooMany(
          Text.of("This hub steers at most " + MOST + " gateways.", "本中心最多管理 " + MOST + " 个网关。"),
          SILENT_AFTER);
    }
    GatewayOrders orders = GatewayOrders.of(text.get(), ownPools());
    return Outcome.done(report.seen().equals(orders.revision()) ? orders.withoutText() : orders);
  }

  private boolean isOthers(@Nullable Heard before, GatewayReport report) {
    return before != null
        && !before.report().run().equals(report.run())
        && !before.report().stopping()
        && !isSilent(before);
  }

  private boolean serves(Heard heard) {
    return !isSilent(heard) && !heard.report().stopping();
  }

  private boolean isSilent(Heard heard) {
    return nanos.getAsLong() - heard.nanos() > SILENT_AFTER.toNanos();
  }

  private boolean isGone(Heard heard) {
    return nanos.getAsLong() - heard.nanos() > GONE_AFTER.toNanos();
  }

  private List<PoolState> ownPools() {
    return pools.gateway().map(running -> running.pools()).orElse(List.of());
  }

  /// Every gateway that was heard of within a day, by name.
  public List<View> all() {
    long now = nanos.getAsLong();
    gateways.values().removeIf(one -> now - one.nanos() > FORGOTTEN_AFTER.toNanos());
    String revision =
        pools.inForce().map(text -> GatewayOrders.of(text, List.of()).revision()).orElse("");
    List<View> views = new ArrayList<>();
    new TreeMap<>(gateways).forEach((name, heard) -> views.add(view(name, heard, revision)));
    return views;
  }

  private View view(String name, Heard heard, String revision) {
    GatewayReport report = heard.report();
    List<PoolState> states = report.states(ownPools());
    return new View(
        name,
        state(heard, revision),
        heard.address(),
        report.version(),
        report.problems(),
        new TreeMap<>(report.listeners()),
        states.stream().map(PoolState::name).toList(),
        states.stream()
            .flatMap(pool -> pool.backends().stream())
            .mapToLong(backend -> backend.traffic().requests())
            .sum(),
        report.inFlight(),
        report.connections(),
        heard.at());
  }

  private State state(Heard heard, String revision) {
    GatewayReport report = heard.report();
    if (report.stopping()) {
      return State.STOPPED;
    }
    if (isSilent(heard)) {
      return State.SILENT;
    }
    if (!report.problems().isEmpty()) {
      return State.REFUSING;
    }
    return report.seen().equals(revision) ? State.STEERED : State.BEHIND;
  }

  /// What the gateways that are there told last, by their names.
  Map<String, GatewayReport> reports() {
    Map<String, GatewayReport> reports = new TreeMap<>();
    gateways.forEach((name, heard) -> {
      if (serves(heard)) {
        reports.put(name, heard.report());
      }
    });
    return reports;
  }

  /// How a backend stands with the gateways.
  ///
  /// @param heldBack whether each one that is there gives it no new requests
  /// @param inFlight requests of theirs that it has
  /// @param silent one that is not heard of though it did not stop: it may go on with what it was
  ///   told last; else empty, also once it is silent for so long that it is taken for dead
  public record Standing(boolean heldBack, int inFlight, String silent) {}

  /// How a backend of a pool stands, as the gateways told last.
  public Standing standing(String pool, String backend) {
    List<PoolState> own = ownPools();
    boolean heldBack = true;
    int inFlight = 0;
    String silent = "";
    for (Map.Entry<String, Heard> each : new TreeMap<>(gateways).entrySet()) {
      Heard heard = each.getValue();
      Optional<PoolState.BackendState> told =
          heard.report().states(own).stream()
              .filter(one -> one.name().equals(pool))
              .findFirst()
              .flatMap(one -> find(one, backend));
      if (told.isPresent() && !heard.report().stopping() && !isGone(heard)) {
        heldBack &= told.get().draining();
        inFlight += told.get().inFlight();
        silent = isSilent(heard) ? each.getKey() : silent;
      }
    }
    return new Standing(heldBack, inFlight, silent);
  }

  /// The pools with what all gateways served, the hub's own included. What one that is gone served
  /// still counts; what was on its way through it then is on its way no more.
  public List<PoolState> states() {
    List<PoolState> own = ownPools();
    List<PoolState> all = new ArrayList<>(pools.states());
    for (Heard heard : gateways.values()) {
      for (PoolState told : heard.report().states(own)) {
        all.replaceAll(
            pool -> pool.name().equals(told.name()) ? plus(pool, told, serves(heard)) : pool);
      }
    }
    return all;
  }

  private static PoolState plus(PoolState pool, PoolState told, boolean serving) {
    List<BackendTraffic.Counts> counts = new ArrayList<>();
    long all = 0;
    for (PoolState.BackendState backend : pool.backends()) {
      BackendTraffic.Counts sum =
          find(told, backend.name())
              .map(other -> backend.traffic().plus(other.traffic()))
              .orElse(backend.traffic());
      counts.add(sum);
      all += sum.requests();
    }
    List<PoolState.BackendState> backends = new ArrayList<>();
    for (int i = 0; i < counts.size(); i++) {
      PoolState.BackendState own = pool.backends().get(i);
      backends.add(
          new PoolState.BackendState(
              own.name(),
              own.address(),
              own.host(),
              own.weight(),
              own.steadyWeight(),
              own.configuredWeight(),
              own.draining(),
              own.checksPass(),
              own.lastFailure(),
              own.circuit(),
              own.inFlight()
                  + (serving
                      ? find(told, own.name()).map(PoolState.BackendState::inFlight).orElse(0)
                      : 0),
              TrafficShare.of(counts.get(i).requests(), all),
              own.expectedShare(),
              counts.get(i)));
    }
    return new PoolState(
        pool.name(),
        pool.policy(),
        pool.panicking() || serving && told.panicking(),
        pool.waiting() + (serving ? told.waiting() : 0),
        pool.shed() + told.shed(),
        backends,
        pool.weightChanges());
  }

  private static Optional<PoolState.BackendState> find(PoolState pool, String backend) {
    return pool.backends().stream().filter(one -> one.name().equals(backend)).findFirst();
  }
}
