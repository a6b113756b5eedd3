package io.evenkeel.agent;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Watches one machine: reads every collector each period and hands the samples to a sink.
///
/// One platform thread does it all. Rounds begin at multiples of the period on the monotonic clock,
/// so that they do not drift; a round that is missed is skipped and counted, and a jump of the wall
/// clock changes nothing but the samples' times.
public final class Agent implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Agent.class.getName());

  /// What a machine does not offer may come later (a kernel module, a disk array): it is looked for
  /// this often.
  private static final long ABSENT_NANOS = 30_000_000_000L;

  private final AgentSettings settings;
  private final AgentSink sink;
  private final InstantSource clock;
  private final Samples samples;
  private final List<Watched> collectors = new ArrayList<>();
  private final SampleBatch batch = new SampleBatch();
  private final Thread thread;
  private volatile Duration period;
  private volatile Set<String> switchedOff;
  private volatile Raised raised = new Raised(Duration.ofSeconds(1), System.nanoTime());
  private volatile boolean closing;
  private final Samples.Family success;
  private final Samples.Family duration;
  private final Samples.Family missedRounds;
  private boolean told;
  private boolean sinkFails;
  private long missed;

  /// A shorter period for a while.
  private record Raised(Duration period, long untilNanos) {}

  private static final class Watched {
    final Collector collector;
    final Samples.Source source = new Samples.Source();
    volatile CollectorStatus status;
    long nextRoundNanos = Long.MIN_VALUE;
    boolean off;

    Watched(Collector collector) {
      this.collector = collector;
      this.status = new CollectorStatus(collector.name(), CollectorStatus.State.OK, null, 0);
    }
  }

  private Agent(AgentSettings settings, AgentSink sink, InstantSource clock) {
    this.settings = settings;
    this.sink = sink;
    this.clock = clock;
    this.period = settings.period();
    this.switchedOff = settings.switchedOff();
    this.samples = new Samples(Labels.of(Label.JOB, "node", Label.INSTANCE, settings.instance()));
    this.success =
        samples.gauge(
            "node_scrape_collector_success", "Whether a collector succeeded.", "collector");
    this.duration =
        samples.gauge(
            "node_scrape_collector_duration_seconds", "How long a collector took.", "collector");
    this.missedRounds =
        samples.counter(
            "evenkeel_agent_missed_rounds_total",
            "Rounds that were skipped because the one before took too long.");
    for (Collector collector : Collectors.all(settings, clock, sink::accept)) {
      collectors.add(new Watched(collector));
    }
    this.thread = Thread.ofPlatform().name("agent").daemon(true).unstarted(this::run);
  }

  /// Starts watching.
  public static Agent start(AgentSettings settings, AgentSink sink, InstantSource clock) {
    Agent agent = new Agent(settings, sink, clock);
    agent.thread.start();
    return agent;
  }

  public AgentSettings settings() {
    return settings;
  }

  /// The time between two rounds now.
  public Duration period() {
    Raised now = raised;
    boolean holds = System.nanoTime() - now.untilNanos < 0;
    return holds && now.period.compareTo(period) < 0 ? now.period : period;
  }

  /// Collects at least so often for a while; then the usual period comes back by itself.
  public void collectEvery(Duration shorter, Duration lease) {
    raised = new Raised(shorter, System.nanoTime() + lease.toNanos());
    LockSupport.unpark(thread);
  }

  /// Changes the time between two rounds, from the next one on.
  public void setPeriod(Duration next) {
    period = next;
    LockSupport.unpark(thread);
  }

  /// Changes which collectors are not read, from the next round on.
  public void setSwitchedOff(Set<String> names) {
    switchedOff = Set.copyOf(names);
  }

  /// How the collectors fared when they were read last.
  public List<CollectorStatus> statuses() {
    List<CollectorStatus> statuses = new ArrayList<>();
    for (Watched watched : collectors) {
      statuses.add(watched.status);
    }
    return statuses;
  }

  private void run() {
    long begun = System.nanoTime();
    long due = begun;
    while (!closing) {
      try {
        round();
      } catch (RuntimeException e) {
        // The sink's trouble must not end the watching; the next round tries again. Said once, not
        // every second.
        if (!sinkFails) {
          LOG.log(
              System.Logger.Level.WARNING,
              "a round of samples was not taken: " + e.getMessage(),
              e);
        }
        sinkFails = true;
      }
      long step = period().toNanos();
      due += step;
      long now = System.nanoTime();
      if (now - due > 0) {
        long behind = (now - due) / step + 1;
        missed += behind;
        due += behind * step;
      }
      long asked = step;
      while (!closing && System.nanoTime() - due < 0 && period().toNanos() == asked) {
        LockSupport.parkNanos(this, due - System.nanoTime());
      }
      if (period().toNanos() != asked) {
        due = System.nanoTime();
      }
    }
  }

  private void round() {
    long time = clock.millis();
    long begun = System.nanoTime();
    boolean changed = false;
    Set<String> off = switchedOff;
    for (Watched watched : collectors) {
      if (watched.off != off.contains(watched.collector.name())) {
        watched.off = !watched.off;
        watched.nextRoundNanos = Long.MIN_VALUE;
      }
      long own = watched.collector.seconds() * 1_000_000_000L;
      if (watched.nextRoundNanos == Long.MIN_VALUE || begun - watched.nextRoundNanos >= 0) {
        changed |= collect(watched);
        if (watched.status.state() == CollectorStatus.State.UNAVAILABLE) {
          own = Math.max(own, ABSENT_NANOS);
        }
        // A tenth of slack, because rounds never come to the nanosecond.
        watched.nextRoundNanos = begun + own - Math.min(own, period().toNanos()) / 10;
      }
      if (watched.status.state() != CollectorStatus.State.UNAVAILABLE) {
        success.set(
            watched.status.state() == CollectorStatus.State.OK ? 1 : 0, watched.collector.name());
        duration.set(watched.status.durationNanos() / 1e9, watched.collector.name());
      }
    }
    missedRounds.set(missed);
    samples.drain(batch, time);
    try {
      if (changed || !told) {
        sink.accept(statuses());
        told = true;
      }
      sink.accept(batch);
      sinkFails = false;
    } finally {
      batch.clear();
    }
  }

  private boolean collect(Watched watched) {
    long begun = System.nanoTime();
    CollectorStatus.State state = CollectorStatus.State.OK;
    @Nullable String reason = null;
    samples.open(watched.source);
    try {
      if (watched.off) {
        throw new NotAvailableException("switched off in the settings of the hub");
      }
      watched.collector.collect(samples);
    } catch (NotAvailableException e) {
      state = CollectorStatus.State.UNAVAILABLE;
      reason = e.getMessage();
    } catch (IOException | RuntimeException e) {
      state = CollectorStatus.State.FAILING;
      reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    } finally {
      samples.close(watched.source);
    }
    CollectorStatus before = watched.status;
    watched.status = new CollectorStatus(before.name(), state, reason, System.nanoTime() - begun);
    boolean changed = before.state() != state;
    if (changed && state == CollectorStatus.State.FAILING) {
      LOG.log(System.Logger.Level.WARNING, "collector " + before.name() + " fails: " + reason);
    }
    return changed;
  }

  /// Ends the watching after the running round.
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    collectors.forEach(watched -> watched.collector.close());
  }
}
