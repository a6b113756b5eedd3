package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.diagnose.HostFinding;
import io.evenkeel.hub.diagnose.finding.Advice;
import io.evenkeel.hub.diagnose.finding.Cause;
import io.evenkeel.hub.diagnose.finding.Evidence;
import io.evenkeel.hub.diagnose.finding.Finding;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.Risk;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Trials from the request to the report: the real executor over a tree of files, the settings
/// database, PromQL over the store, and a server whose waits depend on the value that is really in
/// the knob's file. A second takes no time.
class TrialsTest {
  private static final String HOST = "web1";
  private static final Measure WAITING =
      new Measure(
          Text.of("waits", "等待"),
          "rate(node_pressure_cpu_waiting_seconds_total{instance=\"$host\"}[$window])",
          true,
          Unit.RATIO,
          "rate(requests_total{instance=\"$host\"}[$window])",
          null,
          null);

  @TempDir Path folder;
  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final MemoryStore samples = new MemoryStore();
  private final CpuPool cpu = new CpuPool(1, 64);
  private final SplittableRandom random = new SplittableRandom(7);
  private TunedTree tree;
  private double waited = 1000;
  private double requests = 1000;
  private double failed = 100;
  private volatile DoubleUnaryOperator waits = value -> value > 1000 ? 0.2 : 0.4;
  private volatile DoubleUnaryOperator errors = value -> 0;

  /// The trial's thread waits here from this second on.
  private volatile long holdAfter = Long.MAX_VALUE;

  private final AtomicLong second = new AtomicLong();
  private PooledBackends backends = PooledBackends.NONE;
  private Database database;
  private TuningExecutor executor;
  private Trials trials;

  @BeforeEach
  void open() throws IOException {
    tree = new TunedTree(folder, "mode = approve\nallow = net.core.*\n");
    database = Database.open(folder.resolve("settings.db"));
    restart();
    for (int i = 0; i < 70; i++) {
      pass();
    }
  }

  private void restart() throws IOException {
    executor = tree.start(clock, () -> millis.get() * 1_000_000);
    trials =
        new Trials(
            database,
            new AuditStore(clock),
            new TunedServers(new OwnServer(HOST, executor, (period, lease) -> {}), List::of),
            new HostNumbers(new QueryEngine(samples, QueryLimits.DEFAULT), cpu),
            backends,
            this::second,
            clock);
    trials.start();
  }

  @AfterEach
  void close() throws IOException {
    holdAfter = Long.MAX_VALUE;
    trials.close();
    executor.close();
    database.close();
    cpu.close();
  }

  private void second(CountDownLatch ended) throws InterruptedException {
    if (second.get() >= holdAfter) {
      ended.await();
    }
    pass();
    second.incrementAndGet();
  }

  /// A second of the server, measured.
  private synchronized void pass() {
    long now = millis.addAndGet(1000);
    double value = value();
    waited += waits.applyAsDouble(value) * (0.98 + 0.04 * random.nextDouble());
    requests += 500;
    failed += errors.applyAsDouble(value);
    SampleBatch batch = new SampleBatch();
    add(batch, now, "node_pressure_cpu_waiting_seconds_total", waited);
    add(batch, now, "requests_total", requests);
    add(batch, now, "node_network_receive_errs_total", failed);
    add(batch, now, "node_network_transmit_errs_total", 0);
    samples.append(batch);
  }

  private static void add(SampleBatch batch, long at, String name, double value) {
    batch.addSample(batch.addSeries(Labels.of("__name__", name, "instance", HOST)), at, value);
  }

  private double value() {
    return Double.parseDouble(tree.value());
  }

  private static WantedTrial wanted(TuningRequest request, Measure measure) {
    return new WantedTrial(HOST, request, measure, 0.2, 10, Optional.empty(), false);
  }

  private TrialDetail begun() throws InterruptedException {
    return done(trials.begin(wanted(TunedTree.BACKLOG, WAITING), "anna"));
  }

  private static <T> T done(Outcome<T> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<T>) outcome).result();
  }

  private static String refusal(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<?>) outcome).message().en();
  }

  private TrialDetail ended(String id) {
    await().atMost(Duration.ofSeconds(60)).until(() -> now(id).trial().phase() == TrialPhase.ENDED);
    // Its thread has freed the host then too.
    await().atMost(Duration.ofSeconds(60)).until(() -> now(id).live() == null);
    return now(id);
  }

  private TrialDetail now(String id) {
    return trials.find(id).orElseThrow();
  }

  @Test
  void what_helps_stays_and_the_report_says_by_how_much() throws Exception {
    TrialDetail begun = begun();
    assertThat(begun.trial().phase()).isEqualTo(TrialPhase.NOISE);
    TrialDetail end = ended(begun.trial().id());
    assertThat(end.trial().verdict()).isEqualTo(TrialVerdict.HELPED);
    assertThat(end.trial().kept()).isTrue();
    assertThat(end.trial().effect()).isBetween(0.45, 0.55);
    assertThat(end.trial().low()).isGreaterThan(0.03);
    assertThat(end.trial().before()).isEqualTo("128");
    assertThat(value()).isEqualTo(4096);
    TrialDetail.Report report = Objects.requireNonNull(end.report());
    assertThat(report.before()).isBetween(0.38, 0.42);
    assertThat(report.after()).isBetween(0.18, 0.22);
    assertThat(report.pairs()).isEqualTo(6);
    assertThat(end.blocks()).hasSize(8 + 12).allMatch(TrialDetail.BlockValue::counts);
    assertThat(end.blocks().getLast().offered()).isBetween(490.0, 510.0);
    assertThat(end.blocks().getLast().to()).isGreaterThan(end.blocks().getLast().from());

    TrialHistory.KnobHistory history = trials.history().knobs().getFirst();
    assertThat(history.action()).isEqualTo("net.core.somaxconn");
    assertThat(history.helped()).isEqualTo(1);
    assertThat(history.medianEffect()).isEqualTo(end.trial().effect());
    assertThat(history.hosts())
        .singleElement()
        .matches(host -> host.host().equals(HOST) && host.helped() == 1);

    trials.wasPutBack(end.trial().id(), "bert");
    assertThat(now(end.trial().id()).trial().kept()).isFalse();
    assertThat(now(end.trial().id()).trial().reason()).endsWith("put back by bert");
  }

  @Test
  void what_harms_goes() throws Exception {
    waits = value -> value > 1000 ? 0.6 : 0.4;
    TrialDetail end = ended(begun().trial().id());
    assertThat(end.trial().verdict()).isEqualTo(TrialVerdict.HARMED);
    assertThat(end.trial().kept()).isFalse();
    assertThat(value()).isEqualTo(128);
  }

  @Test
  void a_guard_that_suffers_ends_it_within_ten_seconds_and_is_named() throws Exception {
    errors = value -> value > 1000 ? 80 : 0;
    TrialDetail end = ended(begun().trial().id());
    assertThat(end.trial().verdict()).isEqualTo(TrialVerdict.HARMED);
    assertThat(end.trial().reason()).startsWith("errors: ");
    assertThat(end.guards().stream().filter(TrialDetail.GuardValue::tripped))
        .singleElement()
        .satisfies(guard -> assertThat(guard.guard().name()).isEqualTo("ERRORS_PER_SECOND"));
    assertThat(value()).isEqualTo(128);
    // 80 errors a second, for as long as the value was on.
    assertThat((failed - 100) / 80).isBetween(1.0, 10.0);
  }

  @Test
  void a_running_trial_tells_where_it_is_and_ends_when_it_is_told_to() throws Exception {
    holdAfter = 8 * (7 + 10) + 5;
    String id = begun().trial().id();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> now(id).trial().phase() == TrialPhase.BLOCKS);
    await().atMost(Duration.ofSeconds(60)).until(() -> second.get() == holdAfter);
    TrialDetail.Live live = Objects.requireNonNull(now(id).live());
    assertThat(live.noise()).isFalse();
    assertThat(live.block()).isEqualTo(9);
    assertThat(live.seconds()).isEqualTo(17);
    assertThat(live.secondsToRevert()).isBetween(0L, 15L);
    assertThat(live.leastSecondsLeft()).isBetween(11L * 17, 12L * 17);
    assertThat(live.mostSecondsLeft()).isGreaterThan(live.leastSecondsLeft());
    assertThat(now(id).noise()).isNotNull();
    assertThat(trials.newest("", 10)).first().matches(one -> one.id().equals(id));

    assertThat(refusal(trials.begin(wanted(TunedTree.BACKLOG, WAITING), "bert")))
        .contains("runs on web1");
    assertThat(done(trials.abort(id, "anna"))).isEqualTo(id);
    TrialDetail end = ended(id);
    assertThat(end.trial().verdict()).isEqualTo(TrialVerdict.ABORTED);
    assertThat(end.trial().reason()).isEqualTo("aborted by anna");
    assertThat(value()).isEqualTo(128);
    assertThat(refusal(trials.abort(id, "anna"))).isEqualTo("This trial is over.");
  }

  @Test
  void a_trial_that_a_crash_ended_is_aborted_and_its_value_back() throws Exception {
    holdAfter = 8 * (7 + 10) + 5;
    String id = begun().trial().id();
    await().atMost(Duration.ofSeconds(60)).until(() -> second.get() == holdAfter);
    // What a killed process leaves on the disk: journal and database as they are now.
    copy(folder.resolve("tune"), folder.resolve("crashed"));
    Path copied = folder.resolve("copied.db");
    database.copyTo(copied);
    String turned = Files.readString(tree.knob);
    trials.close();
    executor.close();
    database.close();
    Files.writeString(tree.knob, turned);
    copy(folder.resolve("crashed"), folder.resolve("tune"));
    database = Database.open(copied);
    restart();

    TrialSummary trial = now(id).trial();
    assertThat(trial.phase()).isEqualTo(TrialPhase.ENDED);
    assertThat(trial.verdict()).isEqualTo(TrialVerdict.ABORTED);
    assertThat(trial.reason()).isEqualTo("aborted by a restart of the hub; the old value is back");
    assertThat(value()).isEqualTo(128);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name : new String[] {"journal", "audit"}) {
      Files.write(to.resolve(name), Files.readAllBytes(from.resolve(name)));
    }
  }

  @Test
  void a_limit_that_the_kernel_would_kill_for_is_told_as_refused_in_both_languages()
      throws Exception {
    String unit = "sys/fs/cgroup/system.slice/web.service/";
    tree.policy("mode = approve\nallow = MemoryMax web.service\n");
    tree.put("sys/fs/cgroup/cgroup.controllers", "memory");
    Path limit = tree.put(unit + "memory.max", Long.toString(64 << 20));
    tree.put(unit + "memory.current", Long.toString(50 << 20));
    tree.put(unit + "memory.stat", "anon " + (50 << 20) + "\nfile 0");
    TuningRequest less = new TuningRequest("MemoryMax", "web.service", Long.toString(20 << 20));
    TrialDetail end = ended(done(trials.begin(wanted(less, WAITING), "anna")).trial().id());
    assertThat(end.trial().verdict()).isEqualTo(TrialVerdict.NOT_TRIED);
    assertThat(end.trial().reasons())
        .containsExactly(
            Reason.of(
                Reason.Code.REFUSED,
                "a limit of 20971520 bytes would have the kernel kill, while 52428800 are in use"
                    + " that it cannot free",
                "已用 52428800 字节且无法回收，上限设为 20971520 字节会使内核终止进程"));
    assertThat(limit).hasContent(Long.toString(64 << 20));
    assertThat(executor.isIdle()).isTrue();
    assertThat(Files.readString(folder.resolve("tune").resolve("audit")))
        .contains("refused: a limit of")
        .doesNotContain("\trevert\t");
  }

  @Test
  void what_cannot_be_tried_is_refused_with_the_field_and_the_reason() throws Exception {
    assertThat(refusal(trials.begin(wanted(TunedTree.BACKLOG, expression("rate(")), "anna")))
        .contains("unclosed left parenthesis");
    assertThat(refusal(trials.begin(wanted(TunedTree.BACKLOG, expression("nothing_here")), "anna")))
        .isEqualTo("It gives no number now.");
    assertThat(
            refusal(
                trials.begin(
                    wanted(TunedTree.BACKLOG, expression("{instance=\"$host\"}")), "anna")))
        .contains("put sum(…) or max(…) around it");
    assertThat(
            refusal(
                trials.begin(
                    wanted(TunedTree.BACKLOG, expression("rate(requests_total[5m])")), "anna")))
        .contains("write $window");
    assertThat(
            refusal(
                trials.begin(
                    wanted(new TuningRequest("net.core.somaxconn", "", "99999"), WAITING), "anna")))
        .contains("out of bounds");
    assertThat(
            refusal(
                trials.begin(
                    wanted(new TuningRequest("net.core.somaxconn", "", "128"), WAITING), "anna")))
        .isEqualTo("It is 128 already: there is nothing to try.");
    tree.policy("mode = observe\n");
    assertThat(refusal(trials.begin(wanted(TunedTree.BACKLOG, WAITING), "anna")))
        .contains("observe only");
    assertThat(trials.newest("", 10)).isEmpty();
  }

  private static Measure expression(String text) {
    return new Measure(Text.of("x", "x"), text, true, Unit.RATIO, null, null, null);
  }

  @Test
  void noise_that_would_hide_the_effect_is_said_and_nothing_is_turned() throws Exception {
    waits = value -> random.nextInt(2);
    TrialDetail end = ended(begun().trial().id());
    assertThat(end.trial().verdict()).isEqualTo(TrialVerdict.NOT_TRIED);
    assertThat(end.trial().reason()).contains("moves so much by itself");
    assertThat(end.trial().before()).isNull();
    assertThat(folder.resolve("tune/journal")).isEmptyFile();
  }

  @Test
  void advice_is_proposed_with_the_value_that_the_knob_has_now() throws Exception {
    Evidence sign =
        new Evidence(
            Text.of("waits", "等待"),
            0.4,
            Unit.RATIO,
            0.1,
            true,
            true,
            "rate(node_pressure_cpu_waiting_seconds_total{instance=\"$host\"}[1m])");
    Finding finding =
        new Finding(
            Cause.ACCEPT_OVERFLOW,
            Cause.ACCEPT_OVERFLOW.tier(),
            Cause.ACCEPT_OVERFLOW.title(),
            "",
            1,
            List.of(sign),
            null,
            List.of(
                Advice.words("look", "看", ""),
                advice("net.core.somaxconn", "", "4096"),
                advice("LimitNOFILE", "no-such-name", "x2"),
                advice("LimitNOFILE", "web", "x2"),
                advice("Nice", "web", "5")),
            List.of());
    for (int pid : List.of(77, 78)) {
      tree.put("proc/" + pid + "/comm", "web");
      tree.put("proc/" + pid + "/stat", pid + " (web) S" + " 0".repeat(18) + " 4711 0");
    }
    Proposals proposals =
        new Proposals(
            id -> Optional.of(new HostFinding(id, HOST, 0, 0, null, finding)),
            new TunedServers(new OwnServer(HOST, executor, (period, lease) -> {}), List::of),
            new HostNumbers(new QueryEngine(samples, QueryLimits.DEFAULT), cpu),
            clock);
    List<Proposals.ProposedChange> found = proposals.of("f1").orElseThrow();
    assertThat(found).hasSize(4);
    Proposals.ProposedChange first = found.getFirst();
    assertThat(first.advice()).isEqualTo(1);
    assertThat(first.from()).isEqualTo("128");
    assertThat(first.to()).isEqualTo("4096");
    assertThat(first.problem()).isEmpty();
    assertThat(Objects.requireNonNull(first.measure()).expression()).endsWith("[$window])");
    assertThat(first.sought()).isEqualTo(0.5);
    assertThat(found.get(1).problem()).isEqualTo("there is no process no-such-name now");
    assertThat(found.get(2).target()).isEqualTo("77@4711");
    assertThat(found.get(3).problem()).isEqualTo("2 processes are named web: choose one");
    tree.policy("mode = observe\n");
    assertThat(proposals.of("f1").orElseThrow().getFirst().problem()).contains("observe only");
  }

  private static Advice advice(String knob, String target, String to) {
    return new Advice(
        new Advice.Change(knob, target, "64", to, 128, 16_384), Risk.LOW, Text.of("", ""), "");
  }
}
