package io.evenkeel.hub.pools;

import io.evenkeel.gateway.Gateway;
import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.event.GatewayEvent;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.DatabaseException;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.haproxy.Haproxies;
import io.evenkeel.hub.pools.PoolStore.HandSet;
import io.evenkeel.hub.pools.file.GatewayFile;
import io.evenkeel.hub.pools.file.Place;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.settings.SettingStore;
import io.evenkeel.hub.telemetry.LabelledCounter;
import io.evenkeel.hub.yaml.YamlEdit;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The load balancers in the hub's hands: its own, with its configuration from the settings or from
/// a file, and the HAProxy processes it steers; their pools as they run, and every change of a
/// weight. Safe for use by many threads.
///
/// A configuration that cannot be used is never half applied: what ran before goes on, and the
/// problems are kept for the pages. A hub watches servers even when its balancer cannot start.
///
/// What people set on a running backend (drained, another weight) is kept beside the configuration
/// and survives a restart; a weight that the configuration changes later replaces it.
public final class Pools implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("gateway");
  private static final String KEY = "gateway.configuration";
  private static final Duration KEEP_CHANGES = Duration.ofDays(90);

  /// How old a change may be for a start to go on from it: one that holds is not made again, and
  /// the loop corrects it within its next turns.
  private static final Duration RESUME_WITHIN = Duration.ofDays(1);

  private static final int MOST_RESUMED = 10_000;
  private static final long LOOK_SECONDS = 2;

  /// Where the configuration comes from.
  public enum Origin {
    NONE,
    SETTINGS,
    FILE
  }

  /// The configuration as it was written.
  ///
  /// @param file where it stands, for [Origin#FILE]
  /// @param problems why it is not in force; empty when it is
  public record Configuration(Origin origin, String text, String file, List<String> problems) {
    public Configuration {
      problems = List.copyOf(problems);
    }
  }

  /// A backend as it is added or changed.
  ///
  /// @param address such as `10.0.0.1:8080`
  /// @param host the monitored host it runs on; empty for none
  public record NewBackend(String address, double weight, String host) {}

  private final Database database;
  private final AuditStore audit;
  private final @Nullable Path file;
  private final Haproxies haproxies;
  private final InstantSource clock;
  private final SettingStore settings = new SettingStore();
  private final PoolStore store = new PoolStore();
  private final Consumer<GatewayEvent> log = new GatewayLog();
  private final LabelledCounter weightChanges = new LabelledCounter();
  private final Map<List<String>, HandSet> handSet = new HashMap<>();
  private final ExecutorService keeper =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("weight-changes").factory());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gateway-file").factory());
  private volatile @Nullable Gateway gateway;
  private volatile Configuration configuration;
  private volatile @Nullable String inForce;
  private @Nullable GatewayConfig written;
  private FileTime seen = FileTime.fromMillis(0);

  /// @param file the gateway's file; empty when the pools are kept in the settings
  public Pools(
      Database database,
      AuditStore audit,
      Optional<Path> file,
      Haproxies haproxies,
      InstantSource clock) {
    this.haproxies = haproxies;
    this.database = database;
    this.audit = audit;
    this.file = file.orElse(null);
    this.clock = clock;
    this.configuration = new Configuration(Origin.NONE, "", "", List.of());
  }

  /// Starts the balancer when one is configured, and follows its file.
  public synchronized void start() {
    database
        .read(store::handSet)
        .forEach(set -> {
          handSet.put(List.of(set.pool(), set.backend()), set);
          haproxies.restore(set.pool(), set.backend(), set.draining(), set.weight());
        });
    haproxies.start();
    if (file != null) {
      readFile(file);
      var unused =
          timer.scheduleWithFixedDelay(
              this::lookAtFile, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
      return;
    }
    String text = database.read(t -> settings.find(t, KEY)).orElse("");
    if (text.isBlank()) {
      inForce = "";
    } else {
      take(Origin.SETTINGS, text, "", problemsOf(text));
    }
  }

  private synchronized void lookAtFile() {
    Path followed = file;
    try {
      if (followed != null && !lastChange(followed).equals(seen)) {
        readFile(followed);
      }
    } catch (RuntimeException e) {
      // Else the timer would end without a word.
      LOG.error("{} could not be followed", followed, e);
    }
  }

  private static FileTime lastChange(Path of) {
    try {
      return Files.getLastModifiedTime(of);
    } catch (IOException e) {
      // Gone for a moment while an editor replaces it; reading says so when it stays away.
      return FileTime.fromMillis(0);
    }
  }

  private void readFile(Path from) {
    seen = lastChange(from);
    String text;
    try {
      text = Files.readString(from);
    } catch (IOException e) {
      keepProblems(Origin.FILE, "", from.toString(), List.of(from + ": it cannot be read: " + e));
      return;
    }
    take(Origin.FILE, text, from.toString(), List.of());
  }

  /// Puts a text in force, or keeps its problems.
  private void take(Origin origin, String text, String name, List<String> known) {
    List<String> problems = new ArrayList<>(known);
    if (problems.isEmpty()) {
      try {
        put(text, name.isEmpty() ? "the pools" : name);
      } catch (ConfigException e) {
        problems.addAll(e.problems());
      } catch (IOException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    if (problems.isEmpty()) {
      configuration = new Configuration(origin, text, name, List.of());
    } else {
      keepProblems(origin, text, name, problems);
    }
  }

  private void keepProblems(Origin origin, String text, String name, List<String> problems) {
    problems.forEach(problem -> LOG.error("{}; the load balancer does not use it", problem));
    configuration = new Configuration(origin, text, name, problems);
  }

  private void put(String text, String name) throws ConfigException, IOException {
    GatewayConfig next = GatewayFile.parse(name, text, Place.HUB);
    forgetReplacedWeights(next);
    GatewayConfig effective = withHandSetWeights(next);
    Gateway running = gateway;
    if (running == null) {
      running = Gateway.start(effective, clock, this::happened);
      gateway = running;
      for (var listener : effective.listeners()) {
        LOG.info("the load balancer listens on {}", running.address(listener.name()));
      }
      resumeSteering(running);
    } else {
      running.apply(effective);
    }
    inForce = text;
    written = next;
    for (HandSet set : List.copyOf(handSet.values())) {
      running.setDraining(set.pool(), set.backend(), set.draining());
    }
  }

  /// Goes on from the weights that followed health when the hub stopped: a restart must not send a
  /// full share to a server that was overloaded a moment ago.
  private void resumeSteering(Gateway running) {
    Instant now = clock.instant();
    for (PoolState pool : running.pools()) {
      Map<String, WeightChange> last = new HashMap<>();
      if (followsHealth(pool.name())) {
        changes(pool.name(), now.minus(RESUME_WITHIN), now, MOST_RESUMED)
            .forEach(change -> last.putIfAbsent(change.backend(), change));
      }
      for (PoolState.BackendState backend : pool.backends()) {
        WeightChange change = last.get(backend.name());
        if (change != null && change.reason().isOfHost()) {
          running.applyWeight(pool.name(), change.again(backend.steadyWeight(), now));
        }
      }
    }
  }

  /// A weight that the configuration changes counts more than one that was set before.
  private void forgetReplacedWeights(GatewayConfig next) {
    GatewayConfig before = written;
    if (before == null) {
      return;
    }
    for (HandSet set : List.copyOf(handSet.values())) {
      Optional<Double> was = weightOf(before, set);
      Optional<Double> is = weightOf(next, set);
      if (set.weight() != null && was.isPresent() && is.isPresent() && !was.equals(is)) {
        keep(set.withWeight(null), transaction -> {});
      }
    }
  }

  private static Optional<Double> weightOf(GatewayConfig config, HandSet set) {
    return config.pools().stream()
        .filter(pool -> pool.name().equals(set.pool()))
        .flatMap(pool -> pool.backends().stream())
        .filter(backend -> backend.name().equals(set.backend()))
        .map(BackendConfig::weight)
        .findFirst();
  }

  private GatewayConfig withHandSetWeights(GatewayConfig config) {
    List<PoolConfig> pools = new ArrayList<>();
    for (PoolConfig pool : config.pools()) {
      List<BackendConfig> backends = new ArrayList<>();
      for (BackendConfig backend : pool.backends()) {
        HandSet set = handSet.get(List.of(pool.name(), backend.name()));
        Double weight = set == null ? null : set.weight();
        backends.add(
            weight == null
                ? backend
                : new BackendConfig(backend.name(), backend.address(), weight, backend.host()));
      }
      pools.add(pool.withBackends(backends));
    }
    return config.withPools(pools);
  }

  private void keep(HandSet set, Consumer<Transaction> alongside) {
    database.change(transaction -> {
      store.put(transaction, set);
      alongside.accept(transaction);
    });
    handSet.put(List.of(set.pool(), set.backend()), set);
  }

  private void happened(GatewayEvent event) {
    log.accept(event);
    if (event instanceof GatewayEvent.WeightChanged(String pool, WeightChange change)) {
      weightChanges.add(1, pool, change.backend(), change.reason().name().toLowerCase(Locale.ROOT));
      keeper.execute(() -> keep(pool, change));
    }
  }

  /// A pool whose weights follow the health of its backends' hosts.
  ///
  /// @param maxConcurrent requests in flight that a backend may have; 0 for no limit
  record Following(PoolState pool, int maxConcurrent) {}

  /// The pools whose weights follow health, as they are now.
  List<Following> following() {
    List<Following> following = new ArrayList<>();
    for (PoolConfig config : configured()) {
      if (config.spread().followHealth()) {
        gateway().stream()
            .flatMap(running -> running.pools().stream())
            .filter(state -> state.name().equals(config.name()))
            .forEach(state -> following.add(new Following(state, config.load().maxConcurrent())));
      }
    }
    haproxies.states().stream()
        .filter(state -> haproxies.followsHealth(state.name()))
        .forEach(state -> following.add(new Following(state, 0)));
    return following;
  }

  /// Changes a weight for the reason that the change tells.
  ///
  /// @return the change as it was made; empty when it was not
  Optional<WeightChange> apply(String pool, WeightChange change) {
    if (haproxies.engineOf(pool).isPresent()) {
      return switch (haproxies.weigh(pool, change)) {
        case Outcome.Done<Optional<WeightChange>>(Optional<WeightChange> made) -> {
          made.ifPresent(one -> happened(new GatewayEvent.WeightChanged(pool, one)));
          yield made;
        }
        case Outcome.Refused<Optional<WeightChange>> refused -> {
          LOG.warn("{}/{}: {}", pool, change.backend(), refused.message().en());
          yield Optional.empty();
        }
      };
    }
    return gateway().filter(running -> running.applyWeight(pool, change)).map(unused -> change);
  }

  private void keep(String pool, WeightChange change) {
    try {
      database.change(transaction ->
          store.append(transaction, pool, change, clock.instant().minus(KEEP_CHANGES)));
    } catch (DatabaseException e) {
      LOG.warn("{}/{} could not be stored: {}", pool, change.sentence(), e.getMessage());
    }
  }

  /// The running gateway; empty when none is configured.
  public Optional<Gateway> gateway() {
    return Optional.ofNullable(gateway);
  }

  /// The pools as they are now.
  public List<PoolState> states() {
    List<PoolState> all = new ArrayList<>(gateway().map(Gateway::pools).orElse(List.of()));
    all.addAll(haproxies.states());
    return all;
  }

  /// The HAProxy processes.
  public List<Haproxies.Engine> engines() {
    return haproxies.engines();
  }

  /// The HAProxy process that a pool belongs to; empty for one of the hub's own balancer.
  public Optional<String> engineOf(String pool) {
    return haproxies.engineOf(pool);
  }

  /// Whether a pool's weights follow the health of its backends' hosts.
  public boolean followsHealth(String pool) {
    return haproxies.followsHealth(pool)
        || configured().stream()
            .anyMatch(one -> one.name().equals(pool) && one.spread().followHealth());
  }

  /// The configuration as it was written.
  public Configuration configuration() {
    return configuration;
  }

  /// The configuration that gateways of their own are to run: the last one that could be used.
  /// Empty before there is one; an empty text means that nothing is to be balanced.
  public Optional<String> inForce() {
    return Optional.ofNullable(inForce);
  }

  /// The pools' configuration that is in force.
  public List<PoolConfig> configured() {
    return gateway().map(running -> running.config().pools()).orElse(List.of());
  }

  /// Where clients come in, by the listener's name.
  public Map<String, InetSocketAddress> listeners() {
    Map<String, InetSocketAddress> listeners = new LinkedHashMap<>();
    gateway()
        .ifPresent(running ->
            running
                .config()
                .listeners()
                .forEach(one -> listeners.put(one.name(), running.address(one.name()))));
    return listeners;
  }

  /// How often weights changed, by pool, backend and reason.
  public LabelledCounter weightChanges() {
    return weightChanges;
  }

  /// A pool's changes of weights in a span of time, the newest first.
  public List<WeightChange> changes(String pool, Instant from, Instant to, int limit) {
    return database.read(transaction -> store.changes(transaction, pool, from, to, limit));
  }

  /// Puts another configuration in force and keeps it. An empty text stops the balancer.
  public synchronized Outcome<Configuration> configure(String text, String actor) {
    if (file != null) {
      return fileDecides(file);
    }
    if (text.isBlank()) {
      stopGateway();
      inForce = "";
      written = null;
      configuration = new Configuration(Origin.NONE, "", "", List.of());
    } else {
      List<String> problems = new ArrayList<>(problemsOf(text));
      if (problems.isEmpty()) {
        try {
          put(text, "the pools");
        } catch (ConfigException e) {
          problems.addAll(e.problems());
        } catch (IOException e) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
      if (!problems.isEmpty()) {
        return Outcome.invalid(
            "text",
            Text.of(
                String.join("\n", problems),
                problems.stream()
                    .map(problem -> "配置有误：" + problem)
                    .collect(Collectors.joining("\n"))));
      }
      configuration = new Configuration(Origin.SETTINGS, text, "", List.of());
    }
    database.change(transaction -> {
      settings.put(transaction, KEY, text);
      audit.append(
          transaction, actor, "gateway.configure", "gateway", text.length() + " characters");
    });
    return Outcome.done(configuration);
  }

  private static Outcome<Configuration> fileDecides(Path file) {
    return Outcome.refused(
        Outcome.Reason.CONFLICT,
        Text.of(
            "The load balancer is configured by " + file + "; change it there.",
            "负载均衡由 " + file + " 配置，请在该文件中修改。"));
  }

  /// What a configuration from the pages may not do: whoever administers the hub does not thereby
  /// write files of this machine.
  private static List<String> problemsOf(String text) {
    return YamlEdit.has(text, "accessLog")
        ? List.of("'accessLog' names a file of this machine: it can only stand in a gateway file")
        : List.of();
  }

  /// Adds a backend, or changes one.
  public Outcome<Configuration> putBackend(
      String pool, String name, NewBackend backend, String actor) {
    return edit(
        pool,
        backends -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("name", name);
          entry.put("address", backend.address());
          entry.put("weight", backend.weight());
          if (!backend.host().isBlank()) {
            entry.put("host", backend.host());
          }
          int at = indexOf(backends, name);
          if (at < 0) {
            backends.add(entry);
          } else {
            backends.set(at, entry);
          }
          return true;
        },
        Text.of("There is no pool '" + pool + "'.", "没有后端池“" + pool + "”。"),
        actor);
  }

  /// Removes a backend; what it has in flight ends undisturbed.
  public Outcome<Configuration> removeBackend(String pool, String name, String actor) {
    return edit(
        pool,
        backends -> {
          int at = indexOf(backends, name);
          return at >= 0 && backends.remove(at) != null;
        },
        noBackendText(pool, name),
        actor);
  }

  private synchronized Outcome<Configuration> edit(
      String pool, YamlEdit.ListEdit change, Text missing, String actor) {
    if (file != null) {
      return fileDecides(file);
    }
    Optional<String> edited =
        YamlEdit.inList(configuration.text(), "pools", "name", pool, "backends", change);
    return edited.isPresent()
        ? configure(edited.get(), actor)
        : Outcome.refused(Outcome.Reason.NOT_FOUND, missing);
  }

  private static int indexOf(List<Object> backends, String name) {
    for (int i = 0; i < backends.size(); i++) {
      if (backends.get(i) instanceof Map<?, ?> entry
          && name.equals(
              String.valueOf(
                  entry.containsKey("name") ? entry.get("name") : entry.get("address")))) {
        return i;
      }
    }
    return -1;
  }

  /// Stops or resumes giving a backend new requests.
  public synchronized Outcome<PoolState> drain(
      String pool, String backend, boolean draining, String actor) {
    if (haproxies.engineOf(pool).isPresent()) {
      if (haproxies.drain(pool, backend, draining) instanceof Outcome.Refused<Boolean> refused) {
        return Outcome.refused(refused.reason(), refused.message());
      }
    } else {
      Gateway running = gateway;
      if (running == null || !running.setDraining(pool, backend, draining)) {
        return noBackend(pool, backend);
      }
    }
    keep(
        setOn(pool, backend).withDraining(draining),
        transaction ->
            audit.append(
                transaction,
                actor,
                draining ? "gateway.drain" : "gateway.undrain",
                pool + "/" + backend,
                ""));
    return Outcome.done(state(pool));
  }

  /// Gives a backend another weight, until the configuration changes it.
  public synchronized Outcome<PoolState> weigh(
      String pool, String backend, double weight, String actor) {
    if (!(weight >= 0 && weight <= 1000)) {
      return Outcome.invalid(
          "weight", Text.of("A weight is a number from 0 to 1000.", "权重是 0 至 1000 的数字。"));
    }
    if (haproxies.engineOf(pool).isPresent()) {
      WeightChange change =
          new WeightChange(
              backend,
              Double.NaN,
              weight,
              WeightChange.Reason.SET_BY_HAND,
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              clock.instant());
      switch (haproxies.weigh(pool, change)) {
        case Outcome.Done<Optional<WeightChange>>(Optional<WeightChange> made) ->
            made.ifPresent(one -> happened(new GatewayEvent.WeightChanged(pool, one)));
        case Outcome.Refused<Optional<WeightChange>> refused -> {
          return Outcome.refused(refused.reason(), refused.message());
        }
      }
    } else {
      Gateway running = gateway;
      if (running == null || !running.setWeight(pool, backend, weight)) {
        return noBackend(pool, backend);
      }
    }
    keep(
        setOn(pool, backend).withWeight(weight),
        transaction ->
            audit.append(
                transaction,
                actor,
                "gateway.weight",
                pool + "/" + backend,
                Double.toString(weight)));
    return Outcome.done(state(pool));
  }

  private HandSet setOn(String pool, String backend) {
    return handSet.getOrDefault(List.of(pool, backend), new HandSet(pool, backend, false, null));
  }

  private PoolState state(String pool) {
    return states().stream().filter(one -> one.name().equals(pool)).findFirst().orElseThrow();
  }

  private static <T> Outcome<T> noBackend(String pool, String backend) {
    return Outcome.refused(Outcome.Reason.NOT_FOUND, noBackendText(pool, backend));
  }

  private static Text noBackendText(String pool, String backend) {
    return Text.of(
        Refusal.NO_BACKEND.text(backend, pool), "后端池“" + pool + "”中没有后端“" + backend + "”。");
  }

  private void stopGateway() {
    Gateway running = gateway;
    gateway = null;
    if (running != null) {
      running.stop();
    }
  }

  /// Stops gracefully: requests in flight end, then every change of a weight is on disk.
  @Override
  public void close() {
    timer.close();
    haproxies.close();
    synchronized (this) {
      stopGateway();
    }
    keeper.close();
  }
}
