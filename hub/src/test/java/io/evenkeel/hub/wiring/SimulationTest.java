package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.security.Role;
import io.evenkeel.hub.security.Scope;
import io.evenkeel.hub.simulate.Acknowledged;
import io.evenkeel.hub.simulate.Simulation;
import io.evenkeel.hub.simulate.SimulationPlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Simulated servers against a whole hub.
class SimulationTest {
  private static final int HOSTS = 7;

  @TempDir Path data;

  @Test
  void what_the_hub_acknowledged_is_what_it_has_although_it_came_up_late() throws Exception {
    String token = Tokens.make(data, Role.VIEWER, Scope.INGEST);
    URI address = URI.create("http://127.0.0.1:" + freePort());
    SimulationPlan plan =
        new SimulationPlan(
            address, token, HOSTS, 12, Duration.ofSeconds(1), Duration.ofMinutes(10), false);
    try (Simulation simulation =
        new Simulation(plan, InstantSource.system(), System::nanoTime, new Random(1))) {
      simulation.run(Duration.ofMillis(200));
      assertThat(simulation.report().acknowledged()).isZero();
      assertThat(simulation.report().waiting()).isPositive();
      try (RunningHub hub = new RunningHub(data, address.getAuthority())) {
        while (simulation.report().waiting() > 0 || simulation.report().requests() < 2 * HOSTS) {
          simulation.run(Duration.ofMillis(100));
        }
        assertThat(simulation.report().lost()).isZero();
        for (Acknowledged server : simulation.ledger()) {
          JsonNode stored =
              hub.json(
                      "/api/v1/query?query=count_over_time(evenkeel_simulated_sequence%7Binstance=%22"
                          + server.instance()
                          + "%22%7D%5B20m%5D)&time="
                          + server.lastMillis() / 1_000.0)
                  .get("data")
                  .get("result");
          assertThat(stored.get(0).get("value").get(1).asInt()).isEqualTo((int) server.moments());
        }
        assertThat(hub.json("/api/hub/v1/hosts").get("hosts").size()).isGreaterThan(HOSTS);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
