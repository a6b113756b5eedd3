package io.evenkeel.agent;

import io.evenkeel.agent.probe.AgentProbes;
import io.evenkeel.agent.profile.AsyncProfilerLibrary;
import io.evenkeel.agent.profile.Profiler;
import io.evenkeel.agent.push.LinkSink;
import io.evenkeel.agent.tune.TuningOrders;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.CommandResult.State;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.link.AgentIdentity;
import io.evenkeel.model.link.Backoff;
import io.evenkeel.model.link.DiskBuffer;
import io.evenkeel.model.link.HubInstructions;
import io.evenkeel.model.link.HubLink;
import io.evenkeel.model.link.LinkProtocol;
import io.evenkeel.model.link.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The agent of an enrolled machine: collects, sends over its link, and does what the hub's answers
/// say. When the hub gives the machine another name, collecting starts over with it.
final class EnrolledAgent implements HubLink.Listener, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EnrolledAgent.class.getName());
  private static final String BUFFER = "buffer";
  private static final String PROBE_RESULTS = "probe-results";

  private final Clock clock;
  private final Path state;
  private final boolean probesLoopback;
  private final HubLink link;
  private final Profiler profiler;
  private final TuningOrders tuning;
  private AgentSettings settings;
  private Agent agent;
  private @Nullable AgentProbes probes;

  private EnrolledAgent(
      AgentIdentity identity,
      Path state,
      long bufferBytes,
      Machine machine,
      AgentSettings settings,
      TuningOrders tuning,
      boolean probesLoopback,
      Clock clock)
      throws IOException {
    this.settings = settings;
    this.state = state;
    this.probesLoopback = probesLoopback;
    this.clock = clock;
    this.link =
        new HubLink(
            identity,
            state,
            DiskBuffer.open(state.resolve(BUFFER), bufferBytes),
            machine,
            version(),
            HostFacts.read(settings.root()).os(),
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random()),
            clock,
            this);
    this.profiler = new Profiler(AsyncProfilerLibrary.besideAgent(), clock, System::nanoTime);
    this.tuning = tuning;
    if (!tuning.problem().isEmpty()) {
      LOG.log(System.Logger.Level.ERROR, "the agent starts without tuning: " + tuning.problem());
    }
    this.agent = Agent.start(settings, new LinkSink(link), clock);
  }

  /// Starts the agent of a machine.
  ///
  /// @param state the folder with the identity and the buffer
  /// @param tuning what turns knobs; closed with the agent
  /// @param probesLoopback whether the hub's probes may ask services on this machine's loopback
  /// @throws IOException when the folder cannot be used
  static EnrolledAgent start(
      AgentIdentity identity,
      Path state,
      long bufferBytes,
      Machine machine,
      Optional<Path> textfiles,
      TuningOrders tuning,
      boolean probesLoopback,
      Clock clock)
      throws IOException {
    EnrolledAgent started =
        new EnrolledAgent(
            identity,
            state,
            bufferBytes,
            machine,
            AgentSettings.of(identity.instance(), Duration.ofSeconds(1), textfiles),
            tuning,
            probesLoopback,
            clock);
    started.link.start();
    return started;
  }

  private static String version() {
    String version = EnrolledAgent.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }

  @Override
  public synchronized void told(HubInstructions told) {
    agent.setPeriod(told.period());
    if (!told.switchedOff().equals(settings.switchedOff())) {
      LOG.log(
          System.Logger.Level.INFO, "collectors switched off by the hub: " + told.switchedOff());
      settings = settings.with(settings.instance(), told.switchedOff());
      agent.setSwitchedOff(told.switchedOff());
    }
    if (!told.instance().equals(settings.instance())) {
      LOG.log(System.Logger.Level.INFO, "the hub calls this server '" + told.instance() + "' now");
      agent.close();
      settings = settings.with(told.instance(), told.switchedOff());
      agent = Agent.start(settings, new LinkSink(link), clock);
      agent.setPeriod(told.period());
      link.rename(told.instance());
    }
    follow(told.probes());
  }

  private void follow(String wanted) {
    try {
      AgentProbes running = probes;
      if (running == null && !wanted.isEmpty()) {
        running =
            AgentProbes.open(
                link, state.resolve(PROBE_RESULTS), probesLoopback, clock, System::nanoTime);
        probes = running;
      }
      if (running != null) {
        running.follow(wanted);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the hub's probes do not run here: " + e.getMessage());
    }
  }

  @Override
  public synchronized CommandResult execute(CommandOrder order) {
    return switch (order.command()) {
      case Command.CollectEvery collect -> {
        agent.collectEvery(collect.period(), collect.lease());
        yield new CommandResult(
            order.id(), State.DONE, "collecting every " + collect.period().toSeconds() + " s");
      }
      case Command.Profile profile ->
          profiler
              .start(
                  order.id(),
                  profile,
                  report -> link.deliver(LinkProtocol.PROFILES, report.bytes()))
              .map(reason -> new CommandResult(order.id(), State.REFUSED, reason.text()))
              .orElseGet(() -> new CommandResult(order.id(), State.DONE, "recording"));
      case TuningCommand command -> tuning.execute(order, command);
      case Command.RenewCertificate renew ->
          new CommandResult(order.id(), State.REFUSED, "the link renews certificates itself");
    };
  }

  @Override
  public void notCarriedOut(String order, String reason) {
    if (order.contains(" " + TuningCommand.PREFIX)) {
      tuning.notCarriedOut(order, reason);
    }
  }

  @Override
  public void close() throws IOException {
    tuning.close();
    synchronized (this) {
      agent.close();
    }
    profiler.close();
    link.close();
    synchronized (this) {
      if (probes != null) {
        probes.close();
      }
    }
  }
}
