package io.evenkeel.hub.command;

import io.evenkeel.hub.wiring.HubWiring;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Runs a hub in the foreground until a signal ends it.
@Command(
    name = "hub",
    description = "Run a hub with the agent of this machine (the default).",
    mixinStandardHelpOptions = true)
public final class HubCommand implements Callable<Integer> {
  @Mixin private final HubOptions options = new HubOptions();
  private final Clock clock;

  public HubCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    run(options, clock);
    return 0;
  }

  static void run(HubOptions options, Clock clock) throws Exception {
    HubWiring hub = HubWiring.start(options.read(), clock);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  hub.close();
                  System.out.println("  Evenkeel has stopped.");
                  stopped.countDown();
                },
                "stop"));
    Welcome.print(System.out, hub);
    stopped.await();
  }
}
