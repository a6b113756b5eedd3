package io.evenkeel.agent.collect.network;

import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors.Surroundings;
import io.evenkeel.agent.collect.NotAvailableException;
import io.evenkeel.agent.collect.Samples;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How long the first name server of this machine takes for a question that every resolver has the
/// answer to in its cache: who serves the root (RFC 1035). A few lookups when the agent starts,
/// then one each 15 seconds, each on a thread of its own, so that nothing waits for it.
public final class DnsCollector implements Collector {
  private static final int PORT = 53;
  private static final int LOOKUPS_AT_START = 8;
  private static final long SOON_NANOS = 2_000_000_000L;
  private static final long LATER_NANOS = 15_000_000_000L;
  private static final long SLACK_NANOS = 300_000_000L;

  private final Path settings;
  private final LongSupplier nanos;
  private final int port;
  private @Nullable Future<Double> lookup;
  private String server = "";
  private long askedNanos;
  private int lookups;
  private double seconds = Double.NaN;

  /// Why the last lookup could not be made; empty when it could.
  private String problem = "";

  public DnsCollector(Surroundings surroundings) {
    this(surroundings, PORT);
  }

  /// @param port where the name server listens
  public DnsCollector(Surroundings surroundings, int port) {
    this.settings = surroundings.settings().root().resolve("etc/resolv.conf");
    this.nanos = surroundings.nanos();
    this.port = port;
  }

  @Override
  public String name() {
    return "dns";
  }

  @Override
  public void collect(Samples out) throws IOException {
    Future<Double> last = lookup;
    if (last != null && last.isDone()) {
      lookup = null;
      switch (last.state()) {
        case SUCCESS -> seconds = last.resultNow();
        default -> {
          seconds = Double.NaN;
          throw new NotAvailableException(
              "the name server "
                  + server
                  + " cannot be asked: "
                  + last.exceptionNow().getMessage());
        }
      }
    }
    long now = nanos.getAsLong();
    long period = lookups < LOOKUPS_AT_START ? SOON_NANOS : LATER_NANOS;
    if (lookup == null && (lookups == 0 || now - askedNanos >= period - SLACK_NANOS)) {
      ask(now);
    }
    if (!problem.isEmpty()) {
      throw new NotAvailableException(problem);
    }
    if (!Double.isNaN(seconds)) {
      out.gauge(
              "evenkeel_dns_lookup_seconds",
              "Time the first name server took for a lookup; 2 when it did not answer.",
              "server")
          .set(seconds, server);
    }
  }

  private void ask(long now) throws IOException {
    String first =
        firstServer()
            .orElseThrow(() -> new NotAvailableException(settings + " names no name server"));
    if (!first.equals(server)) {
      server = first;
      seconds = Double.NaN;
      problem = "";
    }
    askedNanos = now;
    lookups++;
    FutureTask<Double> asking =
        new FutureTask<>(() -> RootLookup.seconds(InetAddress.getByName(first), port, nanos));
    lookup = asking;
    // The only virtual thread of a usual agent would bring a scheduler and pollers with it.
    Thread.ofPlatform().name("dns").daemon(true).start(asking);
  }

  /// The address behind the first line `nameserver` (resolv.conf(5)).
  private Optional<String> firstServer() throws IOException {
    try {
      for (String line : Files.readAllLines(settings)) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length >= 2 && words[0].equals("nameserver")) {
          return Optional.of(words[1]);
        }
      }
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
