package io.evenkeel.hub.diagnose.evidence;

import io.evenkeel.agent.Agent;
import io.evenkeel.agent.AgentSettings;
import io.evenkeel.agent.AgentSink;
import io.evenkeel.agent.CollectorStatus;
import io.evenkeel.model.ProcessSnapshot;
import io.evenkeel.model.SampleBatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Watches this machine for a while with an agent of its own: no hub, no network.
public final class LocalObservation {
  /// What diagnosis can do without, and so need not be told of when it is absent.
  private static final List<String> DISPENSABLE =
      List.of(
          "arp",
          "bonding",
          "edac",
          "entropy",
          "hwmon",
          "jvm",
          "mdadm",
          "systemd",
          "textfile",
          "thermal_zone",
          "conntrack");

  private LocalObservation() {}

  /// Observes for some time and answers what was seen.
  public static EvidenceWindow of(Duration time, InstantSource clock) throws InterruptedException {
    EvidenceWindow window = new EvidenceWindow();
    AgentSettings settings = AgentSettings.of("localhost", Duration.ofSeconds(1), Optional.empty());
    AgentSink sink =
        new AgentSink() {
          @Override
          public void accept(SampleBatch batch) {
            window.add(batch);
          }

          @Override
          public void accept(ProcessSnapshot snapshot) {
            // The processes' series say what a rule asks; PIDs are of no use after the fact.
          }

          @Override
          public void accept(List<CollectorStatus> statuses) {
            // Asked for at the end, when every collector was read.
          }
        };
    Agent agent = Agent.start(settings, sink, clock);
    try {
      Thread.sleep(time);
    } finally {
      agent.close();
    }
    for (CollectorStatus status : agent.statuses()) {
      if (status.state() != CollectorStatus.State.OK && !DISPENSABLE.contains(status.name())) {
        window.addAbsence(status.name() + ": " + status.reason());
      }
    }
    return window;
  }
}
