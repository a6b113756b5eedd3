package io.evenkeel.hub.haproxy;

import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.haproxy.HaproxySettings.Instance;
import io.evenkeel.hub.haproxy.HaproxySettings.SteerBy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HAProxy process: what it told last, and the weights and states that it is given.
/// Thread-safe: one lock for a talk with the process, which takes milliseconds.
///
/// HAProxy keeps what it was given until it starts again; then it has its configured weights, and
/// what people set is given to it again.
final class HaproxyInstance {
  private static final Logger LOG = LoggerFactory.getLogger("gateway");
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  /// HAProxy's weights are whole numbers up to this.
  private static final int MOST_WEIGHT = 256;

  /// Below this configured weight, whole numbers are too coarse to follow health: a step of the
  /// loop is 15 %.
  private static final int FINE_WEIGHT = 20;

  /// Names may be of anything in haproxy.cfg; a command must stay one command.
  private static final String SAFE = "[^\\s;\\\\/]+";

  /// What was set on a server by hand.
  ///
  /// @param weight instead of the configured one; null for none
  record HandSet(boolean draining, @Nullable Double weight) {}

  /// What an agent check is to be told.
  ///
  /// @param percent of the configured weight; empty when it is to stay as it is
  /// @param draining whether the server gets no new requests
  /// @param resumed whether that ended and the process still holds it back
  record Orders(Optional<Integer> percent, boolean draining, boolean resumed) {}

  private final Instance settings;
  private final RuntimeApi api;
  private final Map<String, HandSet> handSet = new HashMap<>();
  private final Map<String, Integer> wanted = new HashMap<>();
  private final Set<String> resumed = new HashSet<>();
  private volatile List<PoolState> pools = List.of();
  private volatile List<String> problems = List.of();
  private volatile String version = "";
  private volatile boolean reached;
  private List<ServerState> states = List.of();
  private String process = "";
  private String complained = "";

  HaproxyInstance(Instance settings) {
    this.settings = settings;
    this.api = new RuntimeApi(settings.runtimeApi(), TIMEOUT);
  }

  Instance settings() {
    return settings;
  }

  /// Its backends as they were at the last look; empty while it cannot be reached.
  List<PoolState> pools() {
    return pools;
  }

  /// Why it is not, or not wholly, in hand.
  List<String> problems() {
    return problems;
  }

  /// Whether it answered at the last look.
  boolean isReached() {
    return reached;
  }

  /// HAProxy's version; empty before it was reached.
  String version() {
    return version;
  }

  /// The pool's name for a backend of this process.
  String poolOf(String backend) {
    return settings.name() + ":" + backend;
  }

  /// The backend that a pool of this process stands for; nothing when it is another's pool.
  Optional<String> backendOf(String pool) {
    String prefix = settings.name() + ":";
    return pool.startsWith(prefix) && pools.stream().anyMatch(one -> one.name().equals(pool))
        ? Optional.of(pool.substring(prefix.length()))
        : Optional.empty();
  }

  /// Notes what people set before, to be given to the process when it starts again.
  synchronized void restore(String pool, String server, HandSet set) {
    handSet.put(pool + "/" + server, set);
  }

  /// Looks at the process: statistics, states, whether it is still the same.
  synchronized void look() {
    try {
      Map<String, String> info = info(api.send("show info"));
      version = info.getOrDefault("Version", "");
      List<ServerFigures> figures = ServerFigures.parse(api.send("show stat json"));
      states = ServerState.parse(api.send("show servers state"));
      pools = new HaproxyPools(settings, figures, states).states();
      states.stream()
          .filter(state -> state.administrative() == 0)
          .forEach(state -> resumed.remove(key(state)));
      String now = info.getOrDefault("Pid", "");
      if (!now.equals(process)) {
        process = now;
        restoreHandSet();
      }
      reached = true;
      report(shortcomings(figures));
    } catch (IOException | IllegalArgumentException e) {
      pools = List.of();
      reached = false;
      process = "";
      report(
          List.of("HAProxy " + settings.name() + " at " + settings.runtimeApi() + ": " + why(e)));
    }
  }

  private static String why(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static Map<String, String> info(String answer) {
    Map<String, String> info = new HashMap<>();
    answer
        .lines()
        .forEach(line -> {
          int colon = line.indexOf(": ");
          if (colon > 0) {
            info.put(line.substring(0, colon), line.substring(colon + 2).strip());
          }
        });
    if (!info.containsKey("Pid")) {
      throw new IllegalArgumentException("this is no Runtime API of HAProxy: " + answer);
    }
    return info;
  }

  private void restoreHandSet() {
    handSet.forEach((target, set) -> {
      String pool = target.substring(0, target.lastIndexOf('/'));
      String server = target.substring(target.lastIndexOf('/') + 1);
      backendOf(pool)
          .flatMap(backend -> find(backend, server))
          .ifPresent(state -> {
            if (set.draining() && state.administrative() == 0 && isByRuntime()) {
              command(state, "state drain");
            }
            Double weight = set.weight();
            if (weight != null && Math.round(weight) != state.weight()) {
              give(state, (int) Math.round(weight));
            }
          });
    });
  }

  private List<String> shortcomings(List<ServerFigures> figures) {
    List<String> found = new ArrayList<>();
    TreeSet<String> known = new TreeSet<>();
    figures.stream().filter(ServerFigures::isBackend).forEach(row -> known.add(row.backend()));
    for (HaproxySettings.SteeredBackend backend : settings.backends()) {
      String where = "HAProxy " + settings.name() + ", backend '" + backend.name() + "': ";
      if (!known.contains(backend.name())) {
        found.add(where + "it has none of this name, only " + String.join(", ", known));
        continue;
      }
      for (String server : new TreeSet<>(backend.hosts().keySet())) {
        Optional<ServerState> state = find(backend.name(), server);
        if (state.isEmpty()) {
          found.add(where + "it has no server '" + server + "'");
        } else if (backend.followHealth() && state.get().initialWeight() < FINE_WEIGHT) {
          found.add(
              where
                  + "server '"
                  + server
                  + "' has weight "
                  + state.get().initialWeight()
                  + " and weights are whole numbers: write 'weight 100' for its servers in"
                  + " haproxy.cfg, so that they can follow health");
        }
      }
    }
    return found;
  }

  private void report(List<String> found) {
    problems = List.copyOf(found);
    String all = String.join("\n", found);
    if (!all.equals(complained)) {
      found.forEach(problem -> LOG.warn("{}", problem));
      complained = all;
    }
  }

  private Optional<ServerState> find(String backend, String server) {
    return states.stream()
        .filter(one -> one.backend().equals(backend) && one.server().equals(server))
        .findFirst();
  }

  private boolean isByRuntime() {
    return settings.steerBy() == SteerBy.RUNTIME;
  }

  /// Gives a server another weight.
  ///
  /// @return the change as it was made, in whole numbers; empty when nothing changed
  /// @throws IOException when the process refused it or cannot be reached
  synchronized Optional<WeightChange> weigh(String backend, WeightChange change)
      throws IOException {
    ServerState state = find(backend, change.backend()).orElseThrow();
    boolean byHand = change.reason() == WeightChange.Reason.SET_BY_HAND;
    int least = byHand && change.to() == 0 ? 0 : 1;
    int to = Math.clamp(Math.round(change.to()), least, MOST_WEIGHT);
    int from = wanted.getOrDefault(key(state), state.weight());
    if (byHand) {
      HandSet before = handSet.getOrDefault(target(state), new HandSet(false, null));
      handSet.put(target(state), new HandSet(before.draining(), (double) to));
    }
    if (to == from) {
      return Optional.empty();
    }
    String refused = give(state, to);
    if (!refused.isEmpty()) {
      throw new IOException(refused);
    }
    look();
    return Optional.of(
        new WeightChange(
            change.backend(),
            from,
            to,
            change.reason(),
            change.utilisation(),
            change.average(),
            change.at()));
  }

  /// Stops or resumes giving a server new requests.
  ///
  /// @throws IOException when the process refused it or cannot be reached
  synchronized void drain(String backend, String server, boolean draining) throws IOException {
    ServerState state = find(backend, server).orElseThrow();
    HandSet before = handSet.getOrDefault(target(state), new HandSet(false, null));
    if (isByRuntime()) {
      String refused = command(state, draining ? "state drain" : "state ready");
      if (!refused.isEmpty()) {
        throw new IOException(refused);
      }
    }
    handSet.put(target(state), new HandSet(draining, before.weight()));
    if (draining) {
      resumed.remove(key(state));
    } else {
      resumed.add(key(state));
    }
    look();
  }

  /// What to answer an agent check of a server; empty for a server that is not known.
  synchronized Optional<Orders> orders(String backend, String server) {
    return find(backend, server)
        .map(state -> {
          Integer weight = wanted.get(key(state));
          Optional<Integer> percent =
              weight == null || state.initialWeight() == 0
                  ? Optional.empty()
                  : Optional.of(
                      (int)
                          Math.clamp(
                              Math.round(100.0 * weight / state.initialWeight()),
                              weight == 0 ? 0 : 1,
                              10_000));
          HandSet set = handSet.get(target(state));
          boolean draining = set != null && set.draining();
          return new Orders(percent, draining, resumed.contains(key(state)));
        });
  }

  /// Gives a weight by the way that is set up; what HAProxy says against it, or nothing.
  private String give(ServerState state, int weight) {
    if (isByRuntime()) {
      return command(state, "weight " + weight);
    }
    wanted.put(key(state), weight);
    return "";
  }

  private String command(ServerState state, String order) {
    if (!state.backend().matches(SAFE) || !state.server().matches(SAFE)) {
      return "the name " + key(state) + " cannot be written in a command";
    }
    try {
      return api.send("set server " + key(state) + " " + order);
    } catch (IOException e) {
      return Objects.requireNonNullElse(e.getMessage(), "it cannot be reached");
    }
  }

  private static String key(ServerState state) {
    return state.backend() + "/" + state.server();
  }

  private String target(ServerState state) {
    return poolOf(state.backend()) + "/" + state.server();
  }
}
