package io.evenkeel.hub.tune;

import io.evenkeel.hub.enrolment.AgentLinks;
import io.evenkeel.hub.enrolment.CommandDesk;
import io.evenkeel.hub.enrolment.EnrolledAgent;
import io.evenkeel.hub.enrolment.Enrolment;
import io.evenkeel.hub.settings.HostCollections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The servers whose agents enrolled, as servers that can be tuned. Safe for use by many threads.
public final class EnrolledServers implements Supplier<List<TunedServer>> {
  private final Enrolment enrolment;
  private final AgentLinks links;
  private final CommandDesk desk;
  private final HostCollections collections;
  private final LongSupplier nanos;
  private final Map<String, EnrolledServer> servers = new ConcurrentHashMap<>();

  public EnrolledServers(
      Enrolment enrolment,
      AgentLinks links,
      CommandDesk desk,
      HostCollections collections,
      LongSupplier nanos) {
    this.enrolment = enrolment;
    this.links = links;
    this.desk = desk;
    this.collections = collections;
    this.nanos = nanos;
  }

  @Override
  public List<TunedServer> get() {
    List<EnrolledAgent> watched =
        enrolment.all().stream().filter(agent -> agent.retiredAt() == null).toList();
    servers.keySet().retainAll(watched.stream().map(EnrolledAgent::hostId).toList());
    return watched.stream().<TunedServer>map(this::server).toList();
  }

  private EnrolledServer server(EnrolledAgent agent) {
    return servers.compute(
        agent.hostId(),
        (id, known) ->
            known != null && known.host().equals(agent.instance())
                ? known
                : new EnrolledServer(
                    agent.instance(),
                    id,
                    desk,
                    () -> silence(agent),
                    () -> collections.of(id).period(),
                    nanos));
  }

  private Optional<String> silence(EnrolledAgent agent) {
    return switch (links.view(agent.hostId()).state()) {
      case CONNECTED, CATCHING_UP -> Optional.empty();
      case WAITING ->
          Optional.of("the agent of " + agent.instance() + " has not reported to this hub yet");
      case STOPPED -> Optional.of("the agent of " + agent.instance() + " was stopped");
      case AGENT_DOWN, SILENT ->
          Optional.of("the agent of " + agent.instance() + " does not report now");
      case UNREACHABLE -> Optional.of(agent.instance() + " cannot be reached now");
    };
  }
}
