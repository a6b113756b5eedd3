package io.evenkeel.hub.command;

import io.evenkeel.hub.config.Quantities;
import io.evenkeel.hub.simulate.Acknowledged;
import io.evenkeel.hub.simulate.Simulation;
import io.evenkeel.hub.simulate.SimulationPlan;
import io.evenkeel.hub.simulate.SimulationReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Simulates servers that push to a hub, until it is stopped or its time is over.
@Command(
    name = "simulate",
    description =
        "Simulate servers, for trying out and for load. They are named sim-00001 and so on, and"
            + " every series has the label simulated=\"true\".",
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
  private static final int MOST_HOSTS = 20_000;
  private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
  private static final Duration LONGEST_HISTORY = Duration.ofHours(25);

  @Spec private CommandSpec spec = CommandSpec.create();
  private final Clock clock;

  @Option(
      names = "--hub",
      required = true,
      paramLabel = "URL",
      description = "The hub, such as http://127.0.0.1:9595; only http.")
  private String hub = "";

  @Option(
      names = "--hosts",
      required = true,
      paramLabel = "N",
      description = "How many servers, 1 to " + MOST_HOSTS + ".")
  private int hosts;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "An API token ('evenkeel token create sim --scope ingest'); better in the variable"
              + " EVENKEEL_TOKEN, which no other user can see.",
      defaultValue = "${env:EVENKEEL_TOKEN}",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable String token;

  @Option(
      names = "--series",
      paramLabel = "N",
      description = "How many series each server has, 12 to 5000 (default: 100).")
  private int series = 100;

  @Option(
      names = "--period",
      paramLabel = "D",
      description = "How often each server reports (default: 10s).")
  private String period = "10s";

  @Option(
      names = "--history",
      paramLabel = "D",
      description = "How far back each server begins, a point a minute, at most 25h (default: 0s).")
  private String history = "0s";

  @Option(
      names = "--duration",
      paramLabel = "D",
      description = "How long to go on; without it until it is stopped.")
  private @Nullable String duration;

  @Option(names = "--no-faults", description = "Let every server be well all the time.")
  private boolean noFaults;

  @Option(
      names = "--ledger",
      paramLabel = "FILE",
      description =
          "At the end write what the hub acknowledged of each server: name, moments, newest time"
              + " (ms), newest evenkeel_simulated_sequence.")
  private @Nullable Path ledger;

  @Option(names = "--json", description = "Report in JSON, one object a line.")
  private boolean json;

  SimulateCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws CommandFailure {
    SimulationPlan plan = plan();
    Duration total = duration == null ? null : duration("--duration", duration);
    try (Simulation simulation =
        new Simulation(plan, clock, System::nanoTime, RandomGenerator.getDefault())) {
      long end = total == null ? Long.MAX_VALUE : System.nanoTime() + total.toNanos();
      SimulationReport before = simulation.report();
      while (System.nanoTime() < end) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        Duration next = REPORT_EVERY.compareTo(left) < 0 ? REPORT_EVERY : left;
        long begun = System.nanoTime();
        simulation.run(next);
        SimulationReport now = simulation.report();
        print(now, (now.samples() - before.samples()) * 1e9 / (System.nanoTime() - begun));
        before = now;
      }
      if (ledger != null) {
        Files.writeString(
            ledger,
            simulation.ledger().stream()
                .map(SimulateCommand::line)
                .collect(Collectors.joining("\n", "", "\n")));
      }
    } catch (IOException e) {
      throw new CommandFailure("the simulation ended: " + e.getMessage());
    }
    return CommandLine.ExitCode.OK;
  }

  private static String line(Acknowledged entry) {
    return entry.instance()
        + " "
        + entry.moments()
        + " "
        + entry.lastMillis()
        + " "
        + entry.lastSequence();
  }

  private SimulationPlan plan() throws CommandFailure {
    URI address;
    try {
      address = URI.create(hub.replaceAll("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("'" + hub + "' is no address such as http://127.0.0.1:9595");
    }
    if (!"http".equals(address.getScheme()) || address.getHost() == null) {
      throw new CommandFailure(
          "--hub is an address such as http://127.0.0.1:9595: simulated servers speak no TLS, start"
              + " them on the hub's own machine");
    }
    if (token == null || token.isBlank()) {
      throw new CommandFailure(
          "set EVENKEEL_TOKEN to a token: evenkeel token create sim --scope ingest");
    }
    if (hosts < 1 || hosts > MOST_HOSTS) {
      throw new CommandFailure("--hosts is 1 to " + MOST_HOSTS);
    }
    if (series < Simulation.FEWEST_SERIES || series > Simulation.MOST_SERIES) {
      throw new CommandFailure(
          "--series is " + Simulation.FEWEST_SERIES + " to " + Simulation.MOST_SERIES);
    }
    Duration every = duration("--period", period);
    if (every.toMillis() < 1_000 || every.toMillis() > 600_000) {
      throw new CommandFailure("--period is 1s to 10m");
    }
    Duration past = duration("--history", history);
    if (past.compareTo(LONGEST_HISTORY) > 0) {
      throw new CommandFailure("--history is at most 25h, older samples are refused by hubs");
    }
    return new SimulationPlan(address, token.strip(), hosts, series, every, past, !noFaults);
  }

  private static Duration duration(String option, String text) throws CommandFailure {
    return Quantities.duration(text)
        .orElseThrow(() ->
            new CommandFailure(option + " is a duration such as 10s or 2h, not '" + text + "'"));
  }

  private void print(SimulationReport report, double samplesPerSecond) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new JsonMapper().writeValueAsString(report));
    } else {
      out.printf(
          Locale.ROOT,
          "%d servers, %,.0f samples/s taken, answers p50 %.1f ms p99 %.1f ms, %d waiting, %d lost%s%n",
          report.hosts(),
          samplesPerSecond,
          report.p50Millis(),
          report.p99Millis(),
          report.waiting(),
          report.lost(),
          report.waiting() + report.lost() > 0 ? " (" + report.problem() + ")" : "");
    }
    out.flush();
  }
}
