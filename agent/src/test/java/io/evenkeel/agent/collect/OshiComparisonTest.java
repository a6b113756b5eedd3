package io.evenkeel.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.collect.cpu.CpuCollector;
import io.evenkeel.agent.collect.disk.FilesystemCollector;
import io.evenkeel.agent.collect.memory.MeminfoCollector;
import io.evenkeel.agent.collect.network.NetworkDevicesCollector;
import io.evenkeel.agent.collect.portable.OshiCollector;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Reads this machine by our own parsers and by OSHI, one after the other, and compares.
class OshiComparisonTest {
  /// Seconds of one processor that may pass between the two reads.
  private static final double SECONDS = 20;

  private static final double BYTES = 512e6;

  @BeforeAll
  static void needs_linux() {
    assumeThat(System.getProperty("os.name")).as("the system").startsWith("Linux");
  }

  private static Map<String, Double> here(Collectors.Factory factory) throws Exception {
    return new Collected(Path.of("/"), InstantSource.system(), factory).round();
  }

  private static double sum(Map<String, Double> values, String prefix, String containing) {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix) && entry.getKey().contains(containing))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  @Test
  void agrees_with_oshi_on_processors_memory_network_and_file_systems() throws Exception {
    Map<String, Double> oshi = here(OshiCollector::new);
    Map<String, Double> cpu = here(CpuCollector::new);
    for (String mode : new String[] {"user", "system", "idle", "iowait"}) {
      assertThat(sum(cpu, "node_cpu_seconds_total", "mode=\"" + mode + "\""))
          .as("seconds in %s", mode)
          .isCloseTo(sum(oshi, "node_cpu_seconds_total", "mode=\"" + mode + "\""), within(SECONDS));
    }
    Map<String, Double> memory = here(MeminfoCollector::new);
    assertThat(sum(memory, "node_memory_MemTotal_bytes", ""))
        .isCloseTo(sum(oshi, "node_memory_MemTotal_bytes", ""), within(1e6));
    assertThat(sum(memory, "node_memory_MemAvailable_bytes", ""))
        .isCloseTo(sum(oshi, "node_memory_MemAvailable_bytes", ""), within(2 * BYTES));
    Map<String, Double> network = here(NetworkDevicesCollector::new);
    for (String series : oshi.keySet()) {
      if (series.startsWith("node_network_receive_bytes_total") && network.containsKey(series)) {
        assertThat(sum(network, series, ""))
            .as(series)
            .isCloseTo(sum(oshi, series, ""), within(BYTES));
      }
    }
    // On a machine that is very busy a file system may not answer in time at once.
    String size = "node_filesystem_size_bytes";
    String root = "mountpoint=\"/\"";
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(sum(here(FilesystemCollector::new), size, root))
                .isCloseTo(sum(oshi, size, root), within(1e6)));
  }
}
