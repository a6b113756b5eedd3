package io.evenkeel.hub.enrolment;

import io.evenkeel.hub.hosts.Host;
import io.evenkeel.hub.hosts.HostRegistry;
import io.evenkeel.hub.telemetry.Family;
import io.evenkeel.model.MetricType;
import java.util.List;

/// What is amiss with the links of agents, among the hub's own metrics, so that ready-made rules
/// tell people: a host has a series only while there is something to tell. Safe for use by many
/// threads.
public final class LinkFamilies implements Family.Source {
  /// A clock that is less than this apart is no trouble to anything.
  private static final long CLOCK_TOLERANCE_MILLIS = 10_000;

  private final AgentLinks links;
  private final HostRegistry hosts;

  public LinkFamilies(AgentLinks links, HostRegistry hosts) {
    this.links = links;
    this.hosts = hosts;
  }

  @Override
  public List<Family> families() {
    Family.Builder refused =
        Family.builder(
            "evenkeel_agent_refused_samples_total",
            MetricType.COUNTER,
            "Samples of an enrolled agent that were refused, since the first that was.");
    Family.Builder clock =
        Family.builder(
            "evenkeel_agent_clock_offset_seconds",
            MetricType.GAUGE,
            "How far an agent's clock is ahead of the hub's, when that is ten seconds or more.");
    for (String id : links.hosts()) {
      AgentLinks.View link = links.view(id);
      String name = hosts.find(id).map(Host::name).orElse("");
      if (name.isEmpty()) {
        continue;
      }
      if (link.refusedSamples() > 0) {
        refused.add(link.refusedSamples(), "host", name);
      }
      if (isReporting(link.state())
          && Math.abs(link.clockOffsetMillis()) >= CLOCK_TOLERANCE_MILLIS) {
        clock.add(link.clockOffsetMillis() / 1_000.0, "host", name);
      }
    }
    return List.of(refused.build(), clock.build());
  }

  private static boolean isReporting(AgentLinks.State state) {
    return switch (state) {
      case CONNECTED, CATCHING_UP -> true;
      case WAITING, STOPPED, AGENT_DOWN, UNREACHABLE, SILENT -> false;
    };
  }
}
