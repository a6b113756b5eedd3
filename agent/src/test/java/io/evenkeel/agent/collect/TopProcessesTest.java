package io.evenkeel.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.agent.collect.process.TopProcessesCollector;
import io.evenkeel.model.ProcessSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopProcessesTest {
  @TempDir Path root;
  private final AtomicLong now = new AtomicLong(1_000_000);

  private Collected collected() {
    return new Collected(root, () -> Instant.ofEpochMilli(now.get()), TopProcessesCollector::new);
  }

  private void process(int pid, String comm, long cpuTicks, long pages, long readBytes)
      throws IOException {
    Path folder = Files.createDirectories(root.resolve("proc/" + pid));
    Files.writeString(
        folder.resolve("stat"),
        pid
            + " ("
            + comm
            + ") S 1 1 1 0 -1 4194560 0 0 0 0 "
            + cpuTicks
            + " 0 0 0 20 0 3 0 "
            + pid
            + " 1000 "
            + pages
            + " 0\n");
    Files.writeString(folder.resolve("cgroup"), "0::/system.slice/web.service\n");
    Files.writeString(
        folder.resolve("io"), "rchar: 9\nread_bytes: " + readBytes + "\nwrite_bytes: 0\n");
  }

  private void ends(int pid) throws IOException {
    for (String file : new String[] {"stat", "cgroup", "io"}) {
      Files.delete(root.resolve("proc/" + pid + "/" + file));
    }
    Files.delete(root.resolve("proc/" + pid));
  }

  private static double cpu(Map<String, Double> values, String comm) {
    return values.entrySet().stream()
        .filter(entry ->
            entry.getKey().startsWith("evenkeel_process_cpu_seconds_total{comm=\"" + comm + "\""))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  @Test
  void sums_processes_of_one_command_and_unit_and_keeps_the_counter_when_one_ends()
      throws Exception {
    process(10, "worker", 100, 50, 0);
    process(11, "worker", 200, 70, 0);
    Collected collected = collected();
    double first = cpu(collected.round(), "worker");
    now.addAndGet(10_000);
    process(10, "worker", 300, 50, 0);
    double second = cpu(collected.round(), "worker");
    ends(11);
    now.addAndGet(10_000);
    process(10, "worker", 400, 50, 0);
    Map<String, Double> last = collected.round();
    assertThat(first).isEqualTo(3.0);
    assertThat(second).isEqualTo(5.0);
    assertThat(cpu(last, "worker")).isEqualTo(6.0);
    assertThat(last.keySet())
        .anyMatch(series ->
            series.startsWith("evenkeel_process_resident_memory_bytes")
                && series.contains("unit=\"web.service\""))
        .noneMatch(series -> series.contains("pid="));
  }

  @Test
  void puts_the_pids_and_rates_of_the_top_into_a_snapshot() throws Exception {
    process(10, "quiet", 100, 50, 0);
    process(11, "busy (x) y", 200, 70, 0);
    Collected collected = collected();
    collected.round();
    now.addAndGet(10_000);
    process(11, "busy (x) y", 1_700, 70, 20_480);
    collected.round();
    ProcessSnapshot snapshot = collected.snapshots().getLast();
    assertThat(snapshot.periodMillis()).isEqualTo(10_000);
    ProcessSnapshot.Entry top = snapshot.processes().getFirst();
    assertThat(top.pid()).isEqualTo(11);
    assertThat(top.comm()).isEqualTo("busy (x) y");
    assertThat(top.cpuCores().orElseThrow()).isEqualTo(1.5);
    assertThat(top.readBytesPerSecond().orElseThrow()).isEqualTo(2_048);
    assertThat(top.residentBytes()).isEqualTo(70 * 4_096);
    assertThat(top.unit()).isEqualTo("web.service");
  }

  @Test
  void follows_the_top_each_second_between_two_scans() throws Exception {
    process(11, "busy", 200, 70, 0);
    Collected collected = collected();
    collected.round();
    now.addAndGet(1_000);
    process(11, "busy", 300, 70, 0);
    assertThat(cpu(collected.round(), "busy")).isEqualTo(3.0);
    assertThat(collected.snapshots()).hasSize(1);
  }

  @Test
  void tells_nothing_of_io_that_may_not_be_read() throws Exception {
    process(10, "secret", 100, 50, 0);
    Files.delete(root.resolve("proc/10/io"));
    Map<String, Double> values = collected().round();
    assertThat(values.keySet())
        .anyMatch(series -> series.startsWith("evenkeel_process_cpu_seconds_total"));
    assertThat(values.keySet())
        .noneMatch(series -> series.startsWith("evenkeel_process_read_bytes_total"));
  }
}
