package io.evenkeel.hub.simulate;

import io.evenkeel.hub.simulate.SimulatedAgent.Outcome.Answered;
import io.evenkeel.hub.simulate.SimulatedAgent.Outcome.Pending;
import io.evenkeel.hub.telemetry.DurationHistogram;
import io.evenkeel.model.remotewrite.RemoteWriteEncoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Many simulated servers, each with an agent that has its own connection to a hub and pushes at
/// its own moment of the period; after a failure each comes back on its own, with jitter.
///
/// All of it is one event loop on the thread that calls [#run], so that ten thousand agents cost no
/// more than their bytes. [#report] and [#ledger] are for that thread too.
public final class Simulation implements AutoCloseable {
  /// The fewest series of a server: the pages' golden signals need them.
  public static final int FEWEST_SERIES = SeriesPlan.FEWEST;

  /// The most series of a server.
  public static final int MOST_SERIES = SeriesPlan.MOST;

  /// How many samples one request holds when a server has a past to tell.
  private static final int SAMPLES_PER_REQUEST = 3_000;

  private static final long HISTORY_STEP_MILLIS = 60_000;
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  private final SimulationPlan plan;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final SeriesPlan series;
  private final RemoteWriteEncoder encoder = new RemoteWriteEncoder();
  private final DurationHistogram answers = new DurationHistogram();
  private final List<SimulatedAgent> agents = new ArrayList<>();
  private final TreeSet<SimulatedAgent> due =
      new TreeSet<>(
          Comparator.comparingLong((SimulatedAgent agent) -> agent.dueNanos)
              .thenComparing(agent -> agent.server.name));
  private final Selector selector;
  private final byte[] head;
  private final long beganMillis;
  private long lost;
  private long requests;
  private long retries;
  private String problem = "";

  /// @param nanos a clock that is never set, such as `System::nanoTime`
  /// @throws IOException when this machine gives no selector
  public Simulation(
      SimulationPlan plan, InstantSource clock, LongSupplier nanos, RandomGenerator random)
      throws IOException {
    this.plan = plan;
    this.clock = clock;
    this.nanos = nanos;
    this.random = random;
    this.beganMillis = clock.millis();
    this.selector = Selector.open();
    this.series = new SeriesPlan(plan.series());
    this.head =
        ("POST /api/v1/write HTTP/1.1\r\nHost: "
                + plan.hub().getRawAuthority()
                + "\r\nAuthorization: Bearer "
                + plan.token()
                + "\r\nUser-Agent: evenkeel-agent/simulated\r\n"
                + "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\n"
                + "X-Prometheus-Remote-Write-Version: 0.1.0\r\nContent-Length: ")
            .getBytes(StandardCharsets.ISO_8859_1);
    populate();
  }

  private void populate() {
    long period = plan.period().toMillis();
    long nowNanos = nanos.getAsLong();
    for (int i = 0; i < plan.hosts(); i++) {
      long phase = period * i / plan.hosts();
      SimulatedServer server = new SimulatedServer(i + 1, series.cpus(), plan.faulty());
      SimulatedAgent agent =
          new SimulatedAgent(server, beganMillis + phase - plan.history().toMillis(), random);
      agent.dueNanos = nowNanos + phase * 1_000_000;
      agents.add(agent);
      due.add(agent);
    }
  }

  private InetSocketAddress address() {
    URI hub = plan.hub();
    return new InetSocketAddress(hub.getHost(), hub.getPort() < 0 ? 80 : hub.getPort());
  }

  /// Runs for a time. Servers go on where they were when it is called again.
  ///
  /// @throws IOException when the selector fails; what one connection does is counted instead
  public void run(Duration time) throws IOException {
    long end = nanos.getAsLong() + time.toNanos();
    InetSocketAddress hub = address();
    for (long now = nanos.getAsLong(); now < end; now = nanos.getAsLong()) {
      SimulatedAgent next = first();
      long wait = Math.min(end, next == null ? end : next.dueNanos) - now;
      if (wait > 1_000_000) {
        selector.select(this::ready, wait / 1_000_000);
      } else {
        selector.selectNow(this::ready);
      }
      now = nanos.getAsLong();
      for (next = first(); next != null && next.dueNanos <= now; next = first()) {
        due.remove(next);
        wake(next, hub, now);
      }
    }
  }

  private @Nullable SimulatedAgent first() {
    return due.isEmpty() ? null : due.first();
  }

  /// Looks at an agent whose time has come: with a request on its way it has waited too long.
  private void wake(SimulatedAgent agent, InetSocketAddress hub, long nowNanos) {
    if (agent.isBusy()) {
      failed(agent, "no answer within " + ANSWER_WITHIN.toSeconds() + " s", Duration.ZERO, true);
      return;
    }
    if (!agent.hasRequest() && !prepare(agent)) {
      schedule(agent);
      return;
    }
    retries += agent.again ? 1 : 0;
    try {
      at(agent, nowNanos + ANSWER_WITHIN.toNanos());
      agent.send(selector, hub, nowNanos);
    } catch (IOException e) {
      failed(agent, String.valueOf(e.getMessage()), Duration.ZERO, true);
    }
  }

  private void ready(SelectionKey key) {
    SimulatedAgent agent = (SimulatedAgent) key.attachment();
    try {
      switch (agent.ready()) {
        case Pending pending -> {}
        case Answered answer -> answered(agent, answer);
      }
    } catch (IOException e) {
      failed(agent, String.valueOf(e.getMessage()), Duration.ZERO, true);
    }
  }

  private void answered(SimulatedAgent agent, Answered answer) {
    boolean taken = answer.status() >= 200 && answer.status() < 300;
    if (!taken && (answer.status() == 429 || answer.status() >= 500)) {
      failed(agent, told(answer), answer.retryAfter(), false);
      return;
    }
    if (taken) {
      requests++;
      answers.recordNanos(nanos.getAsLong() - agent.begunNanos);
      agent.taken();
    } else {
      problem = told(answer);
      lost += agent.moments;
      agent.dropped();
    }
    due.remove(agent);
    schedule(agent);
  }

  private static String told(Answered answer) {
    return "the hub answers "
        + answer.status()
        + (answer.text().isEmpty() ? "" : ": ")
        + answer.text();
  }

  private void failed(
      SimulatedAgent agent, String reason, Duration asked, boolean connectionEnded) {
    problem = reason;
    try {
      boolean had = agent.hasRequest();
      Duration wait = agent.failed(asked, connectionEnded);
      if (had) {
        at(agent, nanos.getAsLong() + wait.toNanos());
      }
    } catch (IOException e) {
      // The connection is given up either way.
      problem = String.valueOf(e.getMessage());
      at(agent, nanos.getAsLong() + ANSWER_WITHIN.toNanos());
    }
  }

  private void at(SimulatedAgent agent, long dueNanos) {
    due.remove(agent);
    agent.dueNanos = dueNanos;
    due.add(agent);
  }

  private void schedule(SimulatedAgent agent) {
    long wait = Math.max(0, agent.nextMillis - clock.millis());
    agent.dueNanos = nanos.getAsLong() + wait * 1_000_000;
    due.add(agent);
  }

  /// Makes the next request of a server, of every moment that has come; false when none has, or
  /// when it is silent.
  private boolean prepare(SimulatedAgent agent) {
    long now = clock.millis();
    long period = plan.period().toMillis();
    SimulatedServer server = agent.server;
    SeriesPlan.Lines lines = series.lines(agent.instance);
    int most = Math.max(1, SAMPLES_PER_REQUEST / series.size());
    while (agent.nextMillis <= now && agent.moments < most) {
      server.advance(agent.nextMillis);
      if (!server.isSilent()) {
        lines.add(server, agent.nextMillis);
        agent.moments++;
      }
      // An outage is made up for at the usual period, what was before the start in larger steps.
      boolean past = agent.nextMillis + HISTORY_STEP_MILLIS <= beganMillis;
      agent.nextMillis += past ? Math.max(period, HISTORY_STEP_MILLIS) : period;
    }
    if (agent.moments == 0) {
      return false;
    }
    RemoteWriteEncoder.Request body = encoder.encode(lines.batch);
    byte[] length = (body.length() + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer bytes = ByteBuffer.allocate(head.length + length.length + body.length());
    agent.request(bytes.put(head).put(length).put(body.bytes(), 0, body.length()).array());
    return true;
  }

  /// What it has done so far.
  public SimulationReport report() {
    long acknowledged = 0;
    long waiting = 0;
    for (SimulatedAgent agent : agents) {
      acknowledged += agent.acknowledged;
      waiting += agent.again ? 1 : 0;
    }
    return new SimulationReport(
        agents.size(),
        series.size(),
        acknowledged,
        waiting,
        lost,
        requests,
        retries,
        answers.quantileMillis(0.5).orElse(0),
        answers.quantileMillis(0.99).orElse(0),
        problem);
  }

  /// What the hub took, of each server.
  public List<Acknowledged> ledger() {
    return agents.stream()
        .map(agent ->
            new Acknowledged(
                agent.server.name,
                agent.acknowledged,
                agent.acknowledgedMillis,
                agent.acknowledgedSequence))
        .toList();
  }

  /// Closes every connection.
  @Override
  public void close() throws IOException {
    for (SimulatedAgent agent : agents) {
      agent.close();
    }
    selector.close();
  }
}
