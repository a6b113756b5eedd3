package io.evenkeel.agent.probe;

import io.evenkeel.agent.probe.ProbeMessages.Order;
import io.evenkeel.model.link.HubLink;
import io.evenkeel.model.link.LinkMessage;
import io.evenkeel.model.link.LinkMessageException;
import io.evenkeel.model.link.LinkProtocol;
import io.evenkeel.model.outgoing.AddressRules;
import io.evenkeel.model.outgoing.AddressRules.Reach;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/// The probes that a hub has an agent run. Made when the first one comes, so that an agent without
/// probes loads none of this. What may be asked is decided here and not by the hub: see
/// [AddressRules.Reach]. Safe for use by many threads.
public final class AgentProbes implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AgentProbes.class.getName());

  /// An agent has a heap of megabytes: few attempts at once, and of a page only its beginning.
  private static final int AT_ONCE = 4;

  private static final int BODY_BYTES = 64 << 10;
  private static final int MOST = 100;

  private final HubLink link;
  private final Prober prober;
  private final ProbeResults results;
  private final LongSupplier nanos;
  private final Semaphore room = new Semaphore(AT_ONCE, true);
  private final Map<Order, ProbeLoop> loops = new HashMap<>();
  private String revision = "";

  private AgentProbes(HubLink link, Prober prober, ProbeResults results, LongSupplier nanos) {
    this.link = link;
    this.prober = prober;
    this.results = results;
    this.nanos = nanos;
  }

  /// Opens them; none runs yet.
  ///
  /// @param folder keeps results while the hub cannot be reached
  /// @param loopbackToo whether services of this machine's own loopback may be asked
  /// @param nanos a clock that is never set
  /// @throws IOException when the folder cannot be used
  public static AgentProbes open(
      HubLink link, Path folder, boolean loopbackToo, InstantSource clock, LongSupplier nanos)
      throws IOException {
    Prober prober =
        new Prober(
            new AddressRules(List.of()),
            loopbackToo ? Reach.PRIVATE_TOO : Reach.OTHER_MACHINES,
            BODY_BYTES,
            clock,
            nanos);
    ProbeResults results = ProbeResults.open(folder);
    link.bring(LinkProtocol.PROBE_RESULTS, results);
    return new AgentProbes(link, prober, results, nanos);
  }

  /// Has those probes run that the hub means now. Called by the link's thread.
  ///
  /// @param now what the hub calls them together; what it called them last is left as it is
  public synchronized void follow(String now) {
    if (now.equals(revision)) {
      return;
    }
    try {
      List<Order> orders =
          now.isEmpty()
              ? List.of()
              : ProbeMessages.orders(
                  link.ask(LinkProtocol.PROBES, ProbeMessages.orders(List.of())));
      run(orders.subList(0, Math.min(MOST, orders.size())));
      revision = now;
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the hub's probes cannot be fetched, they are asked for again: " + e.getMessage());
    }
  }

  private void run(List<Order> orders) throws IOException {
    loops
        .entrySet()
        .removeIf(one -> {
          boolean gone = !orders.contains(one.getKey());
          if (gone) {
            one.getValue().stop();
          }
          return gone;
        });
    for (Order order : orders) {
      if (!loops.containsKey(order)) {
        start(order);
      }
    }
  }

  private void start(Order order) throws IOException {
    LinkMessage said = link.ask(LinkProtocol.PROBE, ProbeMessages.orders(List.of(order)));
    try {
      Probe probe = ProbeMessages.probe(said);
      ProbeLoop loop =
          new ProbeLoop(probe, prober, room, result -> results.add(order.id(), result), nanos);
      loops.put(order, loop);
      loop.start();
    } catch (LinkMessageException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the probe " + order.id() + " does not run here: " + e.getMessage());
    }
  }

  /// Stops asking, and keeps what the hub has not heard of.
  @Override
  public synchronized void close() throws IOException {
    loops.values().forEach(ProbeLoop::stop);
    loops.clear();
    prober.close();
    results.close();
  }
}
