package io.evenkeel.hub.command;

import io.evenkeel.gateway.Gateway;
import io.evenkeel.gateway.config.GatewayConfig;
import io.evenkeel.gateway.config.ListenerConfig;
import io.evenkeel.hub.config.ConfigException;
import io.evenkeel.hub.gateways.SteeredGateway;
import io.evenkeel.hub.pools.GatewayLog;
import io.evenkeel.hub.pools.file.GatewayFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Runs a load balancer by its file, or steered by a hub. The file is read again when it changes;
/// one that is wrong is refused and what ran before goes on.
@Command(
    name = "gateway",
    description = "Run a load balancer on its own: --config FILE, or --hub URL --token TOKEN.",
    mixinStandardHelpOptions = true)
final class GatewayCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger("gateway");
  private static final long LOOK_SECONDS = 2;

  private final Clock clock;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", paramLabel = "FILE", description = "The gateway's YAML file.")
  private @Nullable Path config;

  @Mixin private final SteeringOptions steering = new SteeringOptions();

  @Option(names = "--check", description = "Only check the file.")
  private boolean checkOnly;

  GatewayCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws ConfigException, CommandFailure, InterruptedException {
    Path file = config;
    if (file == null) {
      return runSteered();
    }
    if (steering.isGiven()) {
      throw new CommandFailure("a gateway runs by --config or is steered by --hub, not both");
    }
    return runByFile(file);
  }

  private Integer runSteered() throws CommandFailure, InterruptedException {
    if (checkOnly || !steering.isGiven()) {
      throw new CommandFailure(
          checkOnly ? "--check needs --config FILE" : "--config FILE or --hub URL is needed");
    }
    SteeredGateway.Settings settings = steering.read();
    SteeredGateway gateway;
    try {
      gateway = SteeredGateway.start(settings, clock);
    } catch (IOException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
    CountDownLatch stopped = new CountDownLatch(1);
    onStop(() -> {
      stopped.countDown();
      gateway.close();
    });
    spec.commandLine()
        .getOut()
        .println("A load balancer called '" + settings.name() + "', steered by " + settings.hub());
    stopped.await();
    return 0;
  }

  private static void onStop(Runnable stop) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("gateway-stop").unstarted(stop));
  }

  private Integer runByFile(Path file)
      throws ConfigException, CommandFailure, InterruptedException {
    FileTime seen = lastChange(file);
    GatewayConfig config = GatewayFile.read(file);
    if (checkOnly) {
      List<String> unusable = Gateway.unusableFiles(config, clock);
      if (!unusable.isEmpty()) {
        throw new ConfigException(unusable);
      }
      spec.commandLine()
          .getOut()
          .println(
              file
                  + " is in order: "
                  + config.listeners().size()
                  + " listeners, "
                  + config.routes().size()
                  + " routes, "
                  + config.pools().size()
                  + " pools");
      return 0;
    }
    Gateway gateway;
    try {
      gateway = Gateway.start(config, clock, new GatewayLog());
    } catch (IOException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
    CountDownLatch stopped = new CountDownLatch(1);
    onStop(() -> {
      stopped.countDown();
      gateway.stop();
    });
    for (ListenerConfig listener : config.listeners()) {
      LOG.info("gateway listens on {}", gateway.address(listener.name()));
    }
    while (!stopped.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
      FileTime now = lastChange(file);
      if (!now.equals(seen)) {
        seen = now;
        reload(gateway, file);
      }
    }
    return 0;
  }

  private static FileTime lastChange(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      // Gone for a moment while an editor replaces it; reading says so when it stays away.
      return FileTime.fromMillis(0);
    }
  }

  private static void reload(Gateway gateway, Path file) {
    try {
      gateway.apply(GatewayFile.read(file));
      LOG.info("{} was read again", file);
    } catch (ConfigException e) {
      e.problems().forEach(problem -> LOG.error("{}; the file is not used", problem));
    } catch (IOException e) {
      LOG.error("{} is not used: {}", file, e.getMessage());
    }
  }
}
