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

  private void thread(int pid, int thread, String comm, String call) throws IOException {
    Path folder = Files.createDirectories(root.resolve("proc/" + pid + "/task/" + thread));
    Files.writeString(
        folder.resolve("stat"),
        thread + " (" + comm + ") S 1 1 1 0 -1 64 0 0 0 0 9 0 0 0 20 0 3 0 9 1000 50 0\n");
    Files.writeString(folder.resolve("syscall"), call);
  }

  private Map<String, Double> afterTwoSecondsOfWork() throws Exception {
    process(11, "busy", 200, 70, 0);
    Collected collected = collected();
    collected.round();
    now.addAndGet(10_000);
    process(11, "busy", 1_700, 70, 0);
    collected.round();
    now.addAndGet(2_000);
    process(11, "busy", 1_900, 70, 0);
    return collected.round();
  }

  @Test
  void tells_how_many_threads_of_a_busy_process_wait_for_one_lock() throws Exception {
    String futex = System.getProperty("os.arch").equals("aarch64") ? "98" : "202";
    for (int thread = 20; thread < 24; thread++) {
      thread(11, thread, "worker", futex + " 0x55f3ef44c5a0 0x80 0x2 0x0 0x0 0x0 0x7f 0x7f\n");
    }
    thread(11, 30, "idle", futex + " 0x55f3ef44d000 0x189 0x0 0x0 0x0 0x0 0x7f 0x7f\n");
    assertThat(afterTwoSecondsOfWork())
        .containsEntry(
            "evenkeel_process_lock_waiting_threads{comm=\"busy\", unit=\"web.service\", user=\"-1\"}",
            4.0);
  }

  @Test
  void does_not_tell_it_of_a_java_process_nor_without_the_right_to_look() throws Exception {
    thread(11, 20, "worker", "");
    assertThat(afterTwoSecondsOfWork().keySet())
        .noneMatch(series -> series.startsWith("evenkeel_process_lock_waiting_threads"));
    thread(11, 20, "VM Thread", "running\n");
    assertThat(afterTwoSecondsOfWork().keySet())
        .noneMatch(series -> series.startsWith("evenkeel_process_lock_waiting_threads"));
  }

  @Test
  void follows_the_top_each_second_between_two_scans() throws Exception {
    process(11, "busy", 200, 70, 0);
    Collected collected = collected();
    collected.round();
    now.addAndGet(1_000);
    collected.round();
    now.addAndGet(1_000);
    process(11, "busy", 300, 70, 0);
    assertThat(cpu(collected.round(), "busy")).isEqualTo(3.0);
    assertThat(collected.snapshots()).hasSize(2);
  }

  @Test
  void looks_at_an_idle_one_each_third_second_until_it_does_something() throws Exception {
    process(11, "idle", 200, 70, 0);
    Collected collected = collected();
    for (int second = 0; second < 6; second++) {
      collected.round();
      now.addAndGet(1_000);
    }
    // It was read a second ago: what it does now is seen at the third round from there.
    process(11, "idle", 300, 70, 0);
    int seen = 0;
    while (cpu(collected.round(), "idle") == 2.0) {
      seen++;
      now.addAndGet(1_000);
    }
    assertThat(seen).isEqualTo(2);
    for (int ticks = 400; ticks <= 700; ticks += 100) {
      now.addAndGet(1_000);
      process(11, "idle", ticks, 70, 0);
      assertThat(cpu(collected.round(), "idle")).isEqualTo(ticks / 100.0);
    }
  }

  @Test
  void scans_again_after_a_second_at_first_because_only_two_scans_make_a_rate() throws Exception {
    process(11, "busy", 200, 70, 0);
    Collected collected = collected();
    collected.round();
    assertThat(collected.snapshots().getLast().processes().getFirst().cpuCores()).isEmpty();
    now.addAndGet(1_000);
    process(11, "busy", 250, 70, 0);
    collected.round();
    ProcessSnapshot snapshot = collected.snapshots().getLast();
    assertThat(snapshot.periodMillis()).isEqualTo(1_000);
    assertThat(snapshot.processes().getFirst().cpuCores()).hasValue(0.5);
  }

  @Test
  void gives_a_group_that_comes_to_the_top_what_it_had_used_before_the_spike() throws Exception {
    for (int pid = 100; pid < 120; pid++) {
      process(pid, "large" + pid, 1_000, 90_000 + pid, 0);
    }
    process(50, "sleeper", 500, 10, 0);
    Collected collected = collected();
    collected.round();
    now.addAndGet(1_000);
    assertThat(cpu(collected.round(), "sleeper")).isZero();
    long before = now.get();
    now.addAndGet(10_000);
    process(50, "sleeper", 1_500, 10, 0);
    process(51, "newcomer", 300, 10, 0);
    Map<String, Double> values = collected.round();
    assertThat(before).isLessThan(now.get());
    assertThat(cpu(values, "sleeper")).isEqualTo(15.0);
    assertThat(cpu(collected.past(), "sleeper")).isEqualTo(5.0);
    assertThat(cpu(values, "newcomer")).isEqualTo(3.0);
    assertThat(collected.past())
        .containsEntry(
            "evenkeel_process_cpu_seconds_total{comm=\"newcomer\", unit=\"web.service\", user=\"-1\"}",
            0.0);
  }

  @Test
  void ends_the_series_of_a_group_that_is_gone_or_off_the_top() throws Exception {
    process(10, "worker", 100, 50, 0);
    process(11, "other", 100, 50, 0);
    Collected collected = collected();
    collected.round();
    now.addAndGet(1_000);
    collected.round();
    ends(10);
    now.addAndGet(1_000);
    collected.round();
    assertThat(collected.ended())
        .anyMatch(series -> series.startsWith("evenkeel_process_cpu_seconds_total{comm=\"worker\""))
        .noneMatch(series -> series.contains("other"));
  }

  @Test
  void counts_no_use_twice_when_a_process_takes_another_name() throws Exception {
    process(10, "launcher", 90_000, 50, 0);
    Collected collected = collected();
    collected.round();
    now.addAndGet(10_000);
    process(10, "service", 90_100, 50, 0);
    assertThat(cpu(collected.round(), "service")).isEqualTo(1.0);
  }

  @Test
  void takes_a_new_process_with_an_old_number_for_another() throws Exception {
    process(10, "first", 5_000, 50, 0);
    Collected collected = collected();
    collected.round();
    now.addAndGet(10_000);
    ends(10);
    Files.createDirectories(root.resolve("proc/10"));
    Files.writeString(
        root.resolve("proc/10/stat"),
        "10 (second) R 1 1 1 0 -1 4194560 0 0 0 0 40 0 0 0 20 0 1 0 777 1000 9 0\n");
    assertThat(cpu(collected.round(), "second")).isEqualTo(0.4);
  }

  @Test
  void groups_the_kernels_workers_by_what_stays_the_same_in_their_names() throws Exception {
    Path folder = Files.createDirectories(root.resolve("proc/20"));
    Files.writeString(
        folder.resolve("stat"),
        "20 (kworker/u8:2-writeback) I 2 0 0 0 -1 69238880 0 0 0 0 70 0 0 0 20 0 1 0 30 0 0 0\n");
    Collected collected = collected();
    collected.round();
    now.addAndGet(1_000);
    Files.writeString(
        folder.resolve("stat"),
        "20 (kworker/u8:2-events) I 2 0 0 0 -1 69238880 0 0 0 0 80 0 0 0 20 0 1 0 30 0 0 0\n");
    assertThat(cpu(collected.round(), "kworker")).isEqualTo(0.8);
    assertThat(collected.snapshots().getLast().processes().getFirst().comm())
        .isEqualTo("kworker/u8:2-events");
  }

  @Test
  void is_not_disturbed_by_a_clock_that_is_set_back() throws Exception {
    AtomicLong monotonic = new AtomicLong(1_000_000);
    Collected collected =
        new Collected(
            root,
            () -> Instant.ofEpochMilli(now.get()),
            () -> monotonic.get() * 1_000_000,
            TopProcessesCollector::new);
    process(11, "busy", 200, 70, 0);
    collected.round();
    now.addAndGet(-86_400_000);
    monotonic.addAndGet(1_000);
    process(11, "busy", 300, 70, 0);
    assertThat(cpu(collected.round(), "busy")).isEqualTo(3.0);
    assertThat(collected.snapshots().getLast().processes().getFirst().cpuCores()).hasValue(1.0);
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
