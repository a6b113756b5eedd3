package io.evenkeel.hub.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.StaleMarker;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanerTest {
  private final CleanCounts counts = new CleanCounts();
  private final Cleaner cleaner = new Cleaner(counts);
  private final SampleBatch batch = new SampleBatch();
  private long now = 1_000_000;

  private void add(String metric, double value, String... labels) {
    add(now, metric, value, labels);
  }

  private void add(long time, String metric, double value, String... labels) {
    Labels.Builder all =
        Labels.of(labels).toBuilder()
            .set("__name__", metric)
            .set("job", "node")
            .set("instance", "web1");
    batch.addSample(batch.addSeries(all.build()), time, value);
  }

  private CleanReport clean() {
    return cleaner.clean("agent", true, batch);
  }

  private CleanReport tick() {
    CleanReport report = clean();
    batch.clear();
    now += 1000;
    return report;
  }

  private long doubt(Doubt doubt) {
    return count(counts.doubts(), doubt.label());
  }

  private static long count(Iterable<CleanCounts.Count> counts, String what) {
    long sum = 0;
    for (CleanCounts.Count count : counts) {
      sum += count.what().equals(what) ? count.count() : 0;
    }
    return sum;
  }

  @Test
  void every_instance_of_a_batch_is_named_whatever_its_series_are_called() {
    for (int round = 0; round < 2; round++) {
      add("node_load1", 1);
      add("queue_depth", 1, "queue", "a");
      batch.addSample(
          batch.addSeries(Labels.of("__name__", "queue_depth", "instance", "mail:9")), now, 1);
      batch.addSample(batch.addSeries(Labels.of("__name__", "jobs")), now, 1);
      batch.addSample(batch.addSeries(Labels.of("__name__", "jobs", "instance", "mail:9")), now, 1);
      CleanReport report = tick();
      assertThat(report.instances()).containsExactlyInAnyOrder("web1", "mail:9");
      assertThat(report.hosts()).extracting(HostTick::instance).containsExactly("web1");
    }
  }

  @Test
  void a_hosts_value_that_is_not_finite_is_refused_and_counted() {
    add("node_load1", Double.NaN);
    add("node_load5", Double.POSITIVE_INFINITY);
    add("node_load15", 0.5);
    CleanReport report = clean();
    assertThat(report.refused()).isEqualTo(2);
    assertThat(batch.sampleCount()).isEqualTo(1);
    assertThat(counts.doubts()).containsExactly(new CleanCounts.Count("web1", "non_finite", 2));
  }

  @Test
  void a_stale_marker_is_no_doubtful_value() {
    int series = batch.addSeries(Labels.of("__name__", "node_load1", "instance", "web1"));
    batch.addSample(series, now, StaleMarker.BITS);
    assertThat(clean().refused()).isZero();
    assertThat(batch.valueBits(0)).isEqualTo(StaleMarker.BITS);
  }

  @Test
  void a_foreign_series_may_be_not_a_number() {
    add("rpc_duration_seconds", Double.NaN, "quantile", "0.99");
    add("temperature_celsius", -12);
    assertThat(clean().refused()).isZero();
  }

  @Test
  void a_negative_counter_is_refused_whoever_sends_it() {
    add("node_forks_total", -1);
    add("http_requests_total", -1);
    add("node_timex_offset_seconds", -1);
    assertThat(clean().refused()).isEqualTo(2);
    assertThat(doubt(Doubt.NEGATIVE_COUNTER)).isEqualTo(2);
    assertThat(batch.sampleCount()).isEqualTo(1);
  }

  @Test
  void available_memory_above_total_memory_is_refused_in_whatever_order_they_come() {
    add("node_memory_MemAvailable_bytes", 9e9);
    add("node_memory_MemTotal_bytes", 8e9);
    add("node_memory_MemFree_bytes", 1e9);
    assertThat(clean().refused()).isEqualTo(1);
    assertThat(doubt(Doubt.PART_ABOVE_WHOLE)).isEqualTo(1);
    assertThat(batch.sampleCount()).isEqualTo(2);
  }

  @Test
  void a_file_system_is_measured_against_its_own_size() throws Exception {
    add("node_filesystem_size_bytes", 100, "mountpoint", "/");
    add("node_filesystem_size_bytes", 1000, "mountpoint", "/var");
    add("node_filesystem_free_bytes", 500, "mountpoint", "/var");
    add("node_filesystem_free_bytes", 101, "mountpoint", "/");
    assertThat(clean().refused()).isEqualTo(1);
    for (int i = 0; i < batch.sampleCount(); i++) {
      assertThat(Double.longBitsToDouble(batch.valueBits(i))).isNotEqualTo(101);
    }
  }

  @Test
  void a_file_system_that_grew_is_measured_against_its_new_size() {
    add("node_filesystem_size_bytes", 100, "mountpoint", "/");
    tick();
    add("node_filesystem_free_bytes", 150, "mountpoint", "/");
    add("node_filesystem_size_bytes", 200, "mountpoint", "/");
    assertThat(clean().refused()).isZero();
  }

  @Test
  void busy_time_that_outruns_the_clock_is_kept_and_counted() {
    add("node_cpu_seconds_total", 10, "cpu", "0", "mode", "user");
    tick();
    add("node_cpu_seconds_total", 11.08, "cpu", "0", "mode", "user");
    assertThat(clean().refused()).isZero();
    assertThat(doubt(Doubt.SHARE_ABOVE_ONE)).isZero();
    batch.clear();
    now += 1000;
    add("node_cpu_seconds_total", 12.5, "cpu", "0", "mode", "user");
    assertThat(clean().refused()).isZero();
    assertThat(doubt(Doubt.SHARE_ABOVE_ONE)).isEqualTo(1);
    assertThat(batch.sampleCount()).isEqualTo(1);
  }

  @Test
  void a_counter_that_fell_is_a_reset() {
    add("node_network_receive_bytes_total", 1e6, "device", "eth0");
    add("node_context_switches_total", 5);
    add("node_load1", 5);
    tick();
    add("node_network_receive_bytes_total", 10, "device", "eth0");
    add("node_context_switches_total", 6);
    add("node_load1", 1);
    tick();
    add("node_network_receive_bytes_total", 20, "device", "eth0");
    tick();
    assertThat(counts.resets()).containsExactly(new CleanCounts.Count("web1", "", 1));
  }

  @Test
  void process_sums_that_fall_are_no_resets() {
    add("evenkeel_process_cpu_seconds_total", 9, "comm", "make");
    tick();
    add("evenkeel_process_cpu_seconds_total", 1, "comm", "make");
    tick();
    assertThat(counts.resets()).isEmpty();
  }

  @Test
  void an_outlier_of_each_golden_signal_is_marked_beside_its_raw_value() throws Exception {
    Machine machine = new Machine();
    for (int i = 0; i < 60; i++) {
      machine.second(0.2 + i % 3 * 0.01, 0.5, 0.05, 10_000);
      assertThat(tick().marked()).isZero();
    }
    machine.second(0.9, 0.9, 0.95, 5e6);
    CleanReport report = clean();
    assertThat(report.refused()).isZero();
    List<String> marks = new ArrayList<>();
    for (int i = 0; i < batch.sampleCount(); i++) {
      Labels labels = batch.labels(batch.series(i));
      if (labels.metricName().startsWith("evenkeel_suspect")) {
        assertThat(batch.time(i)).isEqualTo(now);
        assertThat(labels.get("instance")).isEqualTo("web1");
        assertThat(labels.get("job")).isEqualTo("node");
        double value = Math.rint(Double.longBitsToDouble(batch.valueBits(i)) * 100) / 100;
        marks.add(labels.metricName().substring(17) + " " + labels.get("signal") + " " + value);
      }
    }
    assertThat(marks)
        .containsExactly(
            "value cpu 0.9",
            "median cpu 0.21",
            "value memory 0.9",
            "median memory 0.5",
            "value disk 0.95",
            "median disk 0.05",
            "value network 5000000.0",
            "median network 10000.0");
    assertThat(count(counts.suspects(), "network")).isEqualTo(1);
  }

  @Test
  void a_scrape_split_over_requests_is_judged_when_the_next_one_begins() {
    Machine machine = new Machine();
    int marked = 0;
    for (int i = 0; i < 60; i++) {
      machine.second(0.2, 0.5, 0.05, 10_000);
      marked += splitClean();
    }
    machine.second(0.95, 0.5, 0.05, 10_000);
    marked += splitClean();
    assertThat(marked).isZero();
    machine.second(0.2, 0.5, 0.05, 10_000);
    assertThat(splitClean()).isEqualTo(2);
  }

  private int splitClean() {
    SampleBatch first = new SampleBatch();
    SampleBatch second = new SampleBatch();
    for (int i = 0; i < batch.sampleCount(); i++) {
      SampleBatch half = i % 2 == 0 ? first : second;
      int series = batch.series(i);
      int copy =
          half.addSeries(
              batch.labelBytes(series), batch.labelOffset(series), batch.labelLength(series));
      half.addSample(copy, batch.time(i), batch.valueBits(i));
    }
    batch.clear();
    now += 1000;
    return cleaner.clean("remote", false, first).marked()
        + cleaner.clean("remote", false, second).marked();
  }

  @Test
  void a_tick_tells_what_a_host_is() {
    add("node_memory_MemTotal_bytes", 8e9);
    add("node_boot_time_seconds", 1_700_000_000);
    add("node_cpu_seconds_total", 1, "cpu", "0", "mode", "idle");
    add("node_cpu_seconds_total", 1, "cpu", "0", "mode", "iowait");
    add("node_cpu_seconds_total", 1, "cpu", "1", "mode", "idle");
    add("node_uname_info", 1, "sysname", "Linux", "machine", "x86_64");
    HostTick tick = tick().hosts().getFirst();
    assertThat(tick.instance()).isEqualTo("web1");
    assertThat(tick.cores()).hasValue(2);
    assertThat(tick.memoryBytes()).hasValue(8e9);
    assertThat(tick.bootTimeSeconds()).hasValue(1_700_000_000);
    assertThat(tick.uname()).isNotNull();
    add("node_uname_info", 1, "sysname", "Linux", "machine", "x86_64");
    assertThat(tick().hosts().getFirst().uname()).isNull();
  }

  @Test
  void what_the_store_refuses_is_counted_under_the_batchs_host() {
    MemoryStore store = new MemoryStore();
    add(5_000, "node_load1", 1);
    cleaner.account("agent", clean(), store.append(batch));
    cleaner.account("agent", clean(), store.append(batch));
    batch.clear();
    add(5_000, "node_load1", 2);
    cleaner.account("agent", clean(), store.append(batch));
    assertThat(counts.doubts())
        .containsExactly(
            new CleanCounts.Count("web1", "conflict", 1),
            new CleanCounts.Count("web1", "duplicate", 1));
  }

  @Test
  void several_hosts_in_one_batch_are_told_apart() {
    for (String host : List.of("a", "b", "a")) {
      Labels labels =
          Labels.of(
              "__name__", "node_forks_total", "instance", host, "x", "" + batch.seriesCount());
      batch.addSample(batch.addSeries(labels), now, -1.0);
    }
    assertThat(clean().hosts()).extracting(HostTick::instance).containsExactly("a", "b");
    assertThat(counts.doubts())
        .containsExactly(
            new CleanCounts.Count("a", "negative_counter", 2),
            new CleanCounts.Count("b", "negative_counter", 1));
  }

  /// A machine with one CPU, one disk and one interface whose shares a test sets second by second.
  private final class Machine {
    private double used;
    private double idle;
    private double busy;
    private double bytes;

    void second(double cpu, double memory, double disk, double bytesPerSecond) {
      used += cpu;
      idle += 1 - cpu;
      busy += disk;
      bytes += bytesPerSecond;
      add("node_cpu_seconds_total", used, "cpu", "0", "mode", "user");
      add("node_cpu_seconds_total", idle, "cpu", "0", "mode", "idle");
      add("node_memory_MemTotal_bytes", 1000);
      add("node_memory_MemAvailable_bytes", 1000 * (1 - memory));
      add("node_disk_io_time_seconds_total", busy, "device", "sda");
      add("node_disk_io_time_seconds_total", busy / 2, "device", "sdb");
      add("node_network_receive_bytes_total", bytes, "device", "eth0");
      add("node_network_receive_bytes_total", bytes * 100, "device", "lo");
    }
  }
}
