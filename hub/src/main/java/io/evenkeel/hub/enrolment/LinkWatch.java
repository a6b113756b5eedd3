package io.evenkeel.hub.enrolment;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks machines whose agent is silent whether they answer at all, so that an agent that is down is
/// told from a machine that is.
///
/// With the right to send ICMP it pings; without, a machine that refuses a TCP connection has
/// answered too ([InetAddress#isReachable]). A firewall that drops both makes a machine look
/// unreachable.
public final class LinkWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);
  private static final int EVERY_SECONDS = 5;
  private static final int PATIENCE_MILLIS = 1_000;

  private final Enrolment enrolment;
  private final AgentLinks links;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("link-watch").factory());

  public LinkWatch(Enrolment enrolment, AgentLinks links) {
    this.enrolment = enrolment;
    this.links = links;
  }

  /// Begins to watch.
  public void start() {
    var unused =
        timer.scheduleWithFixedDelay(this::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private void look() {
    for (EnrolledAgent agent : enrolment.all()) {
      links
          .silentAddress(agent.hostId())
          .ifPresent(address -> Thread.ofVirtual().start(() -> ask(agent.hostId(), address)));
    }
  }

  private void ask(String hostId, InetAddress address) {
    try {
      links.probed(hostId, address.isReachable(PATIENCE_MILLIS));
    } catch (IOException e) {
      LOG.debug("{} cannot be asked: {}", address, e.getMessage());
      links.probed(hostId, false);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
