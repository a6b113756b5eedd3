package io.evenkeel.hub.diagnose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.hub.diagnose.evidence.EvidenceWindow;
import io.evenkeel.hub.diagnose.evidence.Recording;
import io.evenkeel.hub.diagnose.evidence.StoredEvidence;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Evidence;
import io.evenkeel.hub.diagnose.finding.Finding;
import io.evenkeel.hub.diagnose.finding.Verdict;
import io.evenkeel.hub.diagnose.rule.DiagnosisRules;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.io.IOException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DiagnosisTest {
  private static final long START = 1_700_000_000_000L;
  private static final int SECONDS = 20;

  private final EvidenceWindow window = new EvidenceWindow();

  @Test
  void every_cause_has_one_rule() {
    Set<Cause> causes = new HashSet<>();
    DiagnosisRules.ALL.forEach(rule -> causes.add(rule.judge(window).cause()));
    assertThat(causes).containsExactlyInAnyOrder(Cause.values());
    assertThat(DiagnosisRules.ALL).hasSize(Cause.values().length);
  }

  @Test
  void nothing_seen_is_no_verdict_and_says_why_for_every_cause() {
    Verdict verdict = Diagnosis.of(window);
    assertThat(verdict.isBlind()).isTrue();
    assertThat(verdict.unknown()).hasSize(Cause.values().length);
    assertThat(VerdictText.of(verdict, "en")).startsWith("No verdict");
  }

  @Test
  void an_idle_host_is_healthy_with_its_headroom() {
    cpus(0.2, 0.1);
    pressure("cpu_waiting", 0.02);
    Verdict verdict = Diagnosis.of(window);
    assertThat(verdict.findings()).isEmpty();
    assertThat(VerdictText.of(verdict, "en")).startsWith("Healthy (20 s").contains("headroom to");
    assertThat(VerdictText.of(verdict, "zh")).startsWith("健康").contains("余量");
  }

  @Test
  void a_host_that_is_busy_without_waiting_is_healthy() {
    cpus(0.97, 0.95);
    pressure("cpu_waiting", 0.05);
    assertThat(Diagnosis.of(window).findings()).isEmpty();
  }

  @Test
  void a_saturated_processor_names_the_process_that_uses_it() {
    cpus(0.99, 0.99);
    pressure("cpu_waiting", 0.8);
    counter(
        1.7,
        "evenkeel_process_cpu_seconds_total",
        "comm",
        "hog",
        "user",
        "joe",
        "unit",
        "a.service");
    counter(0.2, "evenkeel_process_cpu_seconds_total", "comm", "small", "user", "joe");
    Finding worst = Diagnosis.of(window).bottleneck().orElseThrow();
    assertThat(worst.cause()).isEqualTo(Cause.CPU_SATURATION);
    assertThat(Objects.requireNonNull(worst.culprit()).name()).isEqualTo("hog (a.service)");
    assertThat(worst.confidence()).isBetween(0.6, 1.0);
    assertThat(worst.advice())
        .anySatisfy(
            advice -> assertThat(advice.change().orElseThrow().target()).isEqualTo("a.service"));
  }

  @Test
  void errors_stand_before_saturation_and_a_cause_takes_what_follows_from_it() {
    cpus(0.99, 0.99);
    pressure("cpu_waiting", 0.8);
    counter(50_000, "node_context_switches_total");
    counter(100, "node_netstat_TcpExt_ListenOverflows");
    counter(100, "node_netstat_TcpExt_TCPReqQFullDrop");
    Verdict verdict = Diagnosis.of(window);
    assertThat(verdict.findings())
        .extracting(Finding::cause)
        .containsExactly(Cause.ACCEPT_OVERFLOW, Cause.RUN_QUEUE);
    assertThat(verdict.findings().get(0).explains()).containsExactly(Cause.SYN_QUEUE);
    assertThat(verdict.findings().get(1).explains()).containsExactly(Cause.CPU_SATURATION);
  }

  @Test
  void without_pressure_information_queues_judge_and_the_verdict_says_so() {
    cpus(0.99, 0.99);
    gauge(9, "node_procs_running");
    Verdict verdict = Diagnosis.of(window);
    assertThat(verdict.bottleneck().orElseThrow().cause()).isEqualTo(Cause.CPU_SATURATION);
    assertThat(verdict.notes()).anyMatch(note -> note.en().contains("no pressure stall"));
    assertThat(verdict.unknown())
        .extracting(Verdict.NotJudged::cause)
        .contains(Cause.MEMORY_RECLAIM);
  }

  @Test
  void a_counter_that_begins_anew_is_said_and_makes_no_rate() {
    cpus(0.1, 0.1);
    for (int i = 0; i < SECONDS; i++) {
      double value = i < 10 ? 9e9 + i : i - 10;
      window.add(Labels.of("__name__", "node_forks_total"), START + i * 1000L, value);
    }
    assertThat(Diagnosis.of(window).notes())
        .anyMatch(
            note -> note.en().contains("began anew") && note.en().contains("node_forks_total"));
    assertThat(window.increase("node_forks_total").orElseThrow()).isLessThan(30);
  }

  @Test
  void what_half_of_a_share_is_missing_of_is_not_judged() {
    cpus(0.1, 0.1);
    pressure("io_waiting", 0.6);
    counter(50, "node_netstat_Udp_RcvbufErrors");
    counter(50, "node_netstat_Tcp_RetransSegs");
    counter(50, "node_vmstat_numa_miss");
    counter(50_000, "node_vmstat_workingset_refault_file");
    counter(20, "node_disk_io_time_weighted_seconds_total", "device", "vda");
    counter(90, "evenkeel_unit_cpu_nr_throttled_total", "unit", "a.service");
    counter(90, "evenkeel_process_cpu_seconds_total", "comm", "hog");
    gauge(0.9, "evenkeel_process_hottest_thread_cores", "comm", "hog");
    Verdict verdict = Diagnosis.of(window);
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.unknown())
        .extracting(Verdict.NotJudged::cause)
        .contains(
            Cause.UDP_BUFFERS,
            Cause.RETRANSMITS,
            Cause.NUMA,
            Cause.PAGE_CACHE_CHURN,
            Cause.DISK_LATENCY,
            Cause.DISK_THROUGHPUT,
            Cause.CPU_QUOTA);
  }

  @Test
  void a_quota_is_tried_by_the_time_it_holds_back_for_its_share_stays_whole_until_it_is_enough() {
    cpus(0.1, 0.1);
    for (String unit : new String[] {"a.service", "b\\x2d1.service"}) {
      counter(10, "evenkeel_unit_cpu_nr_periods_total", "unit", unit);
      counter(unit.startsWith("a") ? 1 : 10, "evenkeel_unit_cpu_nr_throttled_total", "unit", unit);
      counter(0.8, "evenkeel_unit_cpu_throttled_seconds_total", "unit", unit);
    }
    Finding finding = Diagnosis.of(window).bottleneck().orElseThrow();
    assertThat(finding.cause()).isEqualTo(Cause.CPU_QUOTA);
    Evidence measure = finding.evidence().getFirst();
    assertThat(measure.value()).isCloseTo(0.8, within(0.01));
    assertThat(measure.met()).isTrue();
    assertThat(measure.query())
        .isEqualTo(
            "rate(evenkeel_unit_cpu_throttled_seconds_total"
                + "{instance=\"$host\",unit=\"b\\\\x2d1.service\"}[1m])");
  }

  @Test
  void files_that_a_unit_drops_at_its_own_limit_ask_for_more_memory_of_that_unit() {
    cpus(0.1, 0.1);
    pressure("io_waiting", 0.5);
    counter(2_000, "node_vmstat_workingset_refault_file");
    counter(100, "node_disk_reads_completed_total", "device", "vda");
    gauge(48 << 20, "evenkeel_unit_memory_bytes", "unit", "a.service");
    counter(50, "evenkeel_unit_memory_events_total", "unit", "a.service", "event", "max");
    Finding finding = Diagnosis.of(window).bottleneck().orElseThrow();
    assertThat(finding.cause()).isEqualTo(Cause.PAGE_CACHE_CHURN);
    assertThat(finding.subject()).isEqualTo("a.service");
    Advice.Change change = finding.advice().getFirst().change().orElseThrow();
    assertThat(change.name()).isEqualTo("MemoryMax");
    assertThat(change.to()).isEqualTo(Long.toString(72 << 20));
  }

  @Test
  void a_loss_is_tried_by_what_gets_through_for_its_share_stays() {
    cpus(0.1, 0.1);
    counter(30, "node_netstat_Tcp_RetransSegs");
    counter(970, "node_netstat_Tcp_OutSegs");
    Finding finding = Diagnosis.of(window).bottleneck().orElseThrow();
    assertThat(finding.cause()).isEqualTo(Cause.RETRANSMITS);
    Evidence measure = finding.evidence().getFirst();
    assertThat(measure.met()).isTrue();
    assertThat(measure.above()).isFalse();
    assertThat(measure.value()).isCloseTo(970, within(1.0));
    assertThat(measure.query())
        .isEqualTo("sum(rate(node_netstat_Tcp_OutSegs{instance=\"$host\"}[1m]))");
  }

  @Test
  void a_quota_is_advised_that_gives_what_the_unit_was_held_back_from() {
    cpus(0.1, 0.1);
    quota("a.service", 1, 0.1, 0.85);
    assertThat(quotaAdvised()).isEqualTo("x9.5");
  }

  @Test
  void a_quota_is_advised_that_is_no_more_than_all_processors() {
    cpus(0.1, 0.1);
    quota("a.service", 1, 0.5, 1.9);
    assertThat(quotaAdvised()).isEqualTo("x4");
  }

  @Test
  void a_quota_that_is_used_up_seldom_or_whose_use_is_not_known_is_doubled() {
    cpus(0.1, 0.1);
    quota("a.service", 0.2, 0.4, 0.9);
    assertThat(quotaAdvised()).isEqualTo("x2");
    counter(10, "evenkeel_unit_cpu_nr_periods_total", "unit", "b.service");
    counter(9, "evenkeel_unit_cpu_nr_throttled_total", "unit", "b.service");
    assertThat(quotaAdvised()).isEqualTo("x2");
  }

  private void quota(String unit, double share, double usedCores, double heldBack) {
    counter(10, "evenkeel_unit_cpu_nr_periods_total", "unit", unit);
    counter(10 * share, "evenkeel_unit_cpu_nr_throttled_total", "unit", unit);
    counter(usedCores, "evenkeel_unit_cpu_seconds_total", "unit", unit);
    counter(heldBack, "evenkeel_unit_cpu_throttled_seconds_total", "unit", unit);
  }

  private String quotaAdvised() {
    Finding finding = Diagnosis.of(window).bottleneck().orElseThrow();
    assertThat(finding.cause()).isEqualTo(Cause.CPU_QUOTA);
    return finding.advice().getFirst().change().orElseThrow().to();
  }

  @Test
  void a_queue_counts_when_tasks_wait_for_it_however_busy_the_device_seems() {
    cpus(0.1, 0.1);
    pressure("io_waiting", 0.6);
    counter(20, "node_disk_io_time_weighted_seconds_total", "device", "vda");
    counter(0.4, "node_disk_io_time_seconds_total", "device", "vda");
    for (String way : new String[] {"read", "write"}) {
      counter(2_000, "node_disk_" + way + "s_completed_total", "device", "vda");
      counter(10, "node_disk_" + way + "_time_seconds_total", "device", "vda");
    }
    counter(8_000_000, "node_disk_read_bytes_total", "device", "vda");
    counter(8_000_000, "node_disk_written_bytes_total", "device", "vda");
    assertThat(Diagnosis.of(window).bottleneck().orElseThrow().cause())
        .isEqualTo(Cause.DISK_LATENCY);
  }

  @Test
  void a_thread_is_the_limit_when_the_other_processors_have_time() {
    cpus(0.99, 0.4);
    counter(1, "evenkeel_process_cpu_seconds_total", "comm", "one", "user", "joe");
    gauge(0.99, "evenkeel_process_hottest_thread_cores", "comm", "one", "user", "joe");
    assertThat(Diagnosis.of(window).bottleneck().orElseThrow().cause())
        .isEqualTo(Cause.SINGLE_THREAD);
  }

  @Test
  void threads_at_one_lock_are_contention_when_they_are_there_whenever_one_looks() {
    cpus(0.5, 0.4);
    counter(1, "evenkeel_process_cpu_seconds_total", "comm", "shop", "user", "joe");
    gauge(6, "evenkeel_process_lock_waiting_threads", "comm", "shop", "user", "joe");
    Finding worst = Diagnosis.of(window).bottleneck().orElseThrow();
    assertThat(worst.cause()).isEqualTo(Cause.LOCK_CONTENTION);
    assertThat(Objects.requireNonNull(worst.culprit()).name()).isEqualTo("shop");
  }

  @Test
  void threads_that_were_once_at_a_lock_are_none() {
    cpus(0.5, 0.4);
    gauge(0, "evenkeel_process_lock_waiting_threads", "comm", "shop", "user", "joe");
    window.add(
        labels("evenkeel_process_lock_waiting_threads", "comm", "shop", "user", "joe"),
        START + SECONDS * 1000L + 1,
        200);
    assertThat(Diagnosis.of(window).findings()).isEmpty();
  }

  @Test
  void a_name_server_is_slow_when_most_lookups_are_and_not_judged_when_it_answers_none() {
    cpus(0.5, 0.4);
    gauge(0.3, "evenkeel_dns_lookup_seconds", "server", "10.0.0.2");
    Finding slow = Diagnosis.of(window).bottleneck().orElseThrow();
    assertThat(slow.cause()).isEqualTo(Cause.DNS);
    assertThat(slow.subject()).isEqualTo("10.0.0.2");
    EvidenceWindow silent = new EvidenceWindow();
    for (int i = 0; i < SECONDS; i++) {
      silent.add(labels("evenkeel_dns_lookup_seconds", "server", "10.0.0.2"), START + i * 1000L, 2);
    }
    assertThat(Diagnosis.of(silent).unknown())
        .filteredOn(one -> one.cause() == Cause.DNS)
        .singleElement()
        .satisfies(one -> assertThat(one.reason().en()).contains("answered no lookup"));
  }

  @Test
  void garbage_collection_is_not_ruled_out_for_processes_that_cannot_be_read() {
    gauge(0.01, "evenkeel_jvm_gc_pause_ratio", "comm", "java", "user", "joe");
    gauge(2, "evenkeel_jvm_unreadable_processes");
    assertThat(Diagnosis.of(window).unknown())
        .extracting(Verdict.NotJudged::cause)
        .contains(Cause.GARBAGE_COLLECTION);
  }

  @Test
  void a_recording_and_a_store_lead_to_the_same_verdict_as_what_was_seen() throws IOException {
    cpus(0.99, 0.99);
    pressure("cpu_waiting", 0.8);
    counter(1.7, "evenkeel_process_cpu_seconds_total", "comm", "hog", "user", "joe");
    Verdict seen = Diagnosis.of(window);
    assertThat(Diagnosis.of(Recording.read(Recording.write(window, 1)))).isEqualTo(seen);
    try (MemoryStore store = new MemoryStore()) {
      SampleBatch batch = new SampleBatch();
      for (var track : window.all()) {
        int series = batch.addSeries(track.labels().with("instance", "h1").with("job", "node"));
        for (int i = 0; i < track.size(); i++) {
          batch.addSample(series, track.time(i), track.value(i));
        }
      }
      store.append(batch);
      assertThat(Diagnosis.of(StoredEvidence.of(store, "h1", START, START + 60_000)))
          .isEqualTo(seen);
      assertThat(StoredEvidence.of(store, "h2", START, START + 60_000).isEmpty()).isTrue();
    }
  }

  @Test
  void bytes_that_are_no_recording_are_refused_with_a_reason() {
    assertThatThrownBy(() -> Recording.read(new byte[] {1, 2, 3}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no recording");
  }

  private void cpus(double first, double second) {
    cpu("0", first);
    cpu("1", second);
  }

  private void cpu(String cpu, double busy) {
    counter(busy, "node_cpu_seconds_total", "cpu", cpu, "mode", "user");
    counter(1 - busy, "node_cpu_seconds_total", "cpu", cpu, "mode", "idle");
  }

  private void pressure(String resource, double share) {
    counter(share, "node_pressure_" + resource + "_seconds_total");
  }

  private void counter(double perSecond, String metric, String... labels) {
    for (int i = 0; i <= SECONDS; i++) {
      window.add(labels(metric, labels), START + i * 1000L, 100 + i * perSecond);
    }
  }

  private void gauge(double value, String metric, String... labels) {
    for (int i = 0; i <= SECONDS; i++) {
      window.add(labels(metric, labels), START + i * 1000L, value);
    }
  }

  private static Labels labels(String metric, String... labels) {
    return Labels.of(labels).with("__name__", metric);
  }
}
