package io.evenkeel.hub.haproxy;

import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.PoolState;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HAProxy processes that the hub steers. This is the folder's front door. Thread-safe.
///
/// Each of their backends is a pool named `process:backend`.
public final class Haproxies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("gateway");
  private static final long LOOK_SECONDS = 2;

  /// A process as it is shown.
  ///
  /// @param version empty before it was reached
  /// @param problems why it is not, or not wholly, in hand
  /// @param isReached whether it answered at the last look
  public record Engine(String name, String version, boolean isReached, List<String> problems) {
    public Engine {
      problems = List.copyOf(problems);
    }
  }

  private final HaproxySettings settings;
  private final Map<String, HaproxyInstance> instances = new LinkedHashMap<>();
  private final ScheduledExecutorService timer;
  private @Nullable AgentCheckPort agentCheck;
  private volatile @Nullable String agentProblem;

  public Haproxies(HaproxySettings settings) {
    this.settings = settings;
    settings.instances().forEach(one -> instances.put(one.name(), new HaproxyInstance(one)));
    // One thread each, so that a process that hangs holds up no other.
    timer =
        Executors.newScheduledThreadPool(
            Math.max(1, settings.instances().size()),
            Thread.ofVirtual().name("haproxy-", 0).factory());
  }

  /// Begins to look at the processes and to answer their agent checks.
  public synchronized void start() {
    settings
        .agentCheck()
        .ifPresent(address -> {
          try {
            agentCheck = AgentCheckPort.open(address, this::orders);
          } catch (IOException e) {
            LOG.error("{}", e.getMessage());
            agentProblem = e.getMessage();
          }
        });
    for (HaproxyInstance instance : instances.values()) {
      var unused =
          timer.scheduleWithFixedDelay(
              () -> lookAndReport(instance), 0, LOOK_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void lookAndReport(HaproxyInstance instance) {
    try {
      instance.look();
    } catch (RuntimeException e) {
      // Else the timer would end without a word.
      LOG.error("HAProxy {} could not be looked at", instance.settings().name(), e);
    }
  }

  /// Looks at every process now.
  void look() {
    instances.values().forEach(HaproxyInstance::look);
  }

  /// The port of agent checks, when it is open.
  synchronized Optional<Integer> agentPort() {
    return Optional.ofNullable(agentCheck).map(AgentCheckPort::port);
  }

  private Optional<HaproxyInstance.Orders> orders(String server) {
    String[] parts = server.split("/", -1);
    HaproxyInstance instance = parts.length == 3 ? instances.get(parts[0]) : null;
    return instance == null ? Optional.empty() : instance.orders(parts[1], parts[2]);
  }

  /// The processes.
  public List<Engine> engines() {
    List<Engine> engines = new ArrayList<>();
    for (HaproxyInstance instance : instances.values()) {
      List<String> problems = new ArrayList<>(instance.problems());
      String agent = agentProblem;
      if (agent != null && instance.settings().steerBy() == HaproxySettings.SteerBy.AGENT) {
        problems.add(agent);
      }
      engines.add(
          new Engine(
              instance.settings().name(), instance.version(), instance.isReached(), problems));
    }
    return engines;
  }

  /// Their backends as they are now.
  public List<PoolState> states() {
    return instances.values().stream().flatMap(one -> one.pools().stream()).toList();
  }

  /// The process that a pool belongs to; empty for a pool that is none of theirs.
  public Optional<String> engineOf(String pool) {
    return instanceOf(pool).map(instance -> instance.settings().name());
  }

  /// Whether a pool's weights follow the health of the hosts.
  public boolean followsHealth(String pool) {
    return instanceOf(pool).stream()
        .anyMatch(instance ->
            instance.backendOf(pool).stream()
                .anyMatch(backend -> instance.settings().backend(backend).followHealth()));
  }

  private Optional<HaproxyInstance> instanceOf(String pool) {
    return instances.values().stream().filter(one -> one.backendOf(pool).isPresent()).findFirst();
  }

  /// Notes what people set before on a server, to be given to its process when it starts again.
  public void restore(String pool, String server, boolean draining, @Nullable Double weight) {
    instances.values().stream()
        .filter(instance -> pool.startsWith(instance.poolOf("")))
        .forEach(instance ->
            instance.restore(pool, server, new HaproxyInstance.HandSet(draining, weight)));
  }

  /// Gives a server another weight, in HAProxy's whole numbers.
  ///
  /// @return the change as it was made; empty when the weight is that already
  public Outcome<Optional<WeightChange>> weigh(String pool, WeightChange change) {
    return with(pool, change.backend(), (instance, backend) -> instance.weigh(backend, change));
  }

  /// Stops or resumes giving a server new requests.
  public Outcome<Boolean> drain(String pool, String server, boolean draining) {
    return with(
        pool,
        server,
        (instance, backend) -> {
          instance.drain(backend, server, draining);
          return true;
        });
  }

  private interface Order<T> {
    T give(HaproxyInstance instance, String backend) throws IOException;
  }

  private <T> Outcome<T> with(String pool, String server, Order<T> order) {
    Optional<HaproxyInstance> instance = instanceOf(pool);
    if (instance.isEmpty()
        || states().stream()
            .filter(one -> one.name().equals(pool))
            .flatMap(one -> one.backends().stream())
            .noneMatch(one -> one.name().equals(server))) {
      return Outcome.refused(
          Outcome.Reason.NOT_FOUND,
          Text.of(
              Refusal.NO_BACKEND.text(server, pool), "后端池“" + pool + "”中没有后端“" + server + "”。"));
    }
    try {
      String backend = instance.get().backendOf(pool).orElseThrow();
      return Outcome.done(order.give(instance.get(), backend));
    } catch (IOException e) {
      String name = instance.get().settings().name();
      return Outcome.refused(
          Outcome.Reason.CONFLICT,
          Text.of(
              Refusal.HAPROXY_REFUSED.text(name, String.valueOf(e.getMessage())),
              "HAProxy " + name + " 未接受：" + e.getMessage()));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    synchronized (this) {
      AgentCheckPort port = agentCheck;
      if (port != null) {
        port.close();
      }
    }
  }
}
