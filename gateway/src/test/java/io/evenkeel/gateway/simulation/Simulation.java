package io.evenkeel.gateway.simulation;

import io.evenkeel.gateway.config.BackendConfig;
import io.evenkeel.gateway.config.PoolConfig;
import io.evenkeel.gateway.event.GatewayEvent;
import io.evenkeel.gateway.policy.HealthWeights;
import io.evenkeel.gateway.policy.WeightChange;
import io.evenkeel.gateway.pool.Backend;
import io.evenkeel.gateway.pool.Ending;
import io.evenkeel.gateway.pool.Pool;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.ObjDoubleConsumer;

/// A seeded discrete-event simulation of a pool: requests arrive at random (Poisson), each backend
/// works on four at once and queues the others, and the real pool with its real policy decides with
/// a virtual clock. The same seed gives the same run.
final class Simulation {
  private static final long SECOND = 1_000_000_000L;
  private static final int WORKERS = 4;
  private static final double SERVICE_SECONDS = 0.01;

  private final Random random;
  private final Pool pool;
  private final Server[] servers;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<double[]> answers = new ArrayList<>();
  private final List<GatewayEvent> happened = new ArrayList<>();
  private long now;
  private long sequence;
  private long arrivals;

  /// Something that happens at a time; the sequence keeps equal times in order.
  private record Event(long at, long sequence, Runnable run) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /// A backend's machine.
  static final class Server {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private double slowness = 1;
    private double failing;
    private int busy;
    private long busyNanos;
    private long served;

    void slow(double times) {
      slowness = times;
    }

    void fail(double part) {
      failing = part;
    }
  }

  Simulation(long seed, String policy, double... weights) {
    random = new Random(seed);
    List<BackendConfig> backends = new ArrayList<>();
    servers = new Server[weights.length];
    for (int i = 0; i < weights.length; i++) {
      servers[i] = new Server();
      backends.add(
          new BackendConfig(
              "b" + i, new InetSocketAddress("127.0.0.1", 1000 + i), weights[i], Optional.empty()));
    }
    pool = new Pool(PoolConfig.of("p", policy, backends), random::nextInt, happened::add, 0);
  }

  static double[] equal(int backends) {
    double[] weights = new double[backends];
    Arrays.fill(weights, 1);
    return weights;
  }

  Server server(int index) {
    return servers[index];
  }

  Pool pool() {
    return pool;
  }

  List<GatewayEvent> events() {
    return happened;
  }

  double seconds() {
    return now / 1e9;
  }

  long served(int index) {
    return servers[index].served;
  }

  /// The requests a second that all backends together could take if all were of normal speed.
  double capacity() {
    return servers.length * WORKERS / SERVICE_SECONDS;
  }

  void at(double seconds, Runnable run) {
    events.add(new Event((long) (seconds * 1e9), sequence++, run));
  }

  /// Lets requests come until a time.
  void run(double perSecond, double untilSeconds) {
    arrive(perSecond, untilSeconds);
    tick(untilSeconds);
    long end = (long) (untilSeconds * 1e9);
    while (!events.isEmpty() && events.peek().at <= end) {
      Event next = events.remove();
      now = next.at;
      next.run.run();
    }
    now = end;
  }

  private void arrive(double perSecond, double until) {
    double next = seconds() - Math.log(1 - random.nextDouble()) / perSecond;
    if (next < until) {
      at(
          next,
          () -> {
            request();
            arrive(perSecond, until);
          });
    }
  }

  private void tick(double until) {
    if (seconds() + 0.1 < until) {
      at(
          seconds() + 0.1,
          () -> {
            pool.tick(now);
            tick(until);
          });
    }
  }

  private void request() {
    arrivals++;
    long sent = now;
    Backend backend = pool.acquire(random.nextLong(), List.of(), now);
    if (backend == null) {
      return;
    }
    int load = backend.inFlight() - 1;
    Server server = servers[Integer.parseInt(backend.name().substring(1))];
    Runnable start = () -> start(server, backend, load, sent);
    if (server.busy < WORKERS) {
      start.run();
    } else {
      server.waiting.add(start);
    }
  }

  private void start(Server server, Backend backend, int load, long sent) {
    server.busy++;
    boolean fails = random.nextDouble() < server.failing;
    double takes =
        fails ? 0.0005 : -Math.log(1 - random.nextDouble()) * SERVICE_SECONDS * server.slowness;
    at(
        seconds() + takes,
        () -> {
          server.busy--;
          server.busyNanos += (long) (takes * 1e9);
          server.served++;
          pool.release(backend, load, sent, fails ? 500 : 200, Ending.ANSWERED, now);
          answers.add(new double[] {now / 1e9, (now - sent) / 1e9, fails ? 1 : 0});
          Runnable next = server.waiting.poll();
          if (next != null) {
            next.run();
          }
        });
  }

  /// The latency in seconds that a part of the requests answered in a span did not exceed.
  double quantile(double part, double fromSeconds, double toSeconds) {
    double[] in =
        answers.stream()
            .filter(a -> a[0] >= fromSeconds && a[0] < toSeconds)
            .mapToDouble(a -> a[1])
            .sorted()
            .toArray();
    return in.length == 0 ? Double.NaN : in[(int) Math.ceil(part * in.length) - 1];
  }

  long answered(double fromSeconds, double toSeconds) {
    return answers.stream().filter(a -> a[0] >= fromSeconds && a[0] < toSeconds).count();
  }

  long failed(double fromSeconds, double toSeconds) {
    return answers.stream()
        .filter(a -> a[0] >= fromSeconds && a[0] < toSeconds && a[2] > 0)
        .count();
  }

  /// Lets the weights follow the utilisation of the servers, as the hub does: measured each second,
  /// stepped each five, told with a delay.
  ///
  /// @param staleSeconds how old the figures are when they arrive
  /// @param changes told each change and its time
  void followHealth(
      double untilSeconds, double staleSeconds, ObjDoubleConsumer<WeightChange> changes) {
    HealthWeights loop = new HealthWeights(HealthWeights.Settings.USUAL);
    long[] before = new long[servers.length];
    for (double t = 5; t < untilSeconds; t += 5) {
      double measured = t;
      at(
          measured,
          () -> {
            List<OptionalDouble> utilisation = new ArrayList<>();
            for (int i = 0; i < servers.length; i++) {
              double used = (servers[i].busyNanos - before[i]) / (5.0 * SECOND * WORKERS);
              before[i] = servers[i].busyNanos;
              utilisation.add(OptionalDouble.of(Math.min(1, used)));
            }
            at(measured + staleSeconds, () -> step(loop, utilisation, measured, changes));
          });
    }
  }

  private void step(
      HealthWeights loop,
      List<OptionalDouble> utilisation,
      double measured,
      ObjDoubleConsumer<WeightChange> changes) {
    List<HealthWeights.Reading> readings = new ArrayList<>();
    for (Backend backend : pool.members()) {
      int i = Integer.parseInt(backend.name().substring(1));
      readings.add(
          new HealthWeights.Reading(
              backend.name(),
              backend.configuredWeight(),
              backend.steadyWeight(),
              utilisation.get(i),
              Instant.EPOCH.plus(Duration.ofMillis((long) (measured * 1000)))));
    }
    Instant at = Instant.EPOCH.plus(Duration.ofNanos(now));
    for (WeightChange change : loop.step(readings, at)) {
      pool.changeWeight(change);
      changes.accept(change, seconds());
    }
  }

  long arrivals() {
    return arrivals;
  }
}
