package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.tune.TrialDetail.BlockValue;
import io.evenkeel.hub.tune.TrialDetail.Review;
import io.evenkeel.hub.tune.TrialDetail.Review.Finding;
import io.evenkeel.hub.tune.TrialDetail.Review.Occasion;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.Text;
import io.evenkeel.model.tune.TuningResult;
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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kept changes over weeks that pass in no time: the real executor over a tree of files, the
/// settings database, and samples each five minutes.
class FeedbackTest {
  private static final String HOST = "web1";
  private static final Measure WAITS =
      new Measure(
          Text.of("waits", "等待"),
          "waits{instance=\"$host\"}",
          true,
          Unit.RATIO,
          "load{instance=\"$host\"}",
          null,
          null);

  @TempDir Path folder;
  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final MemoryStore samples = new MemoryStore();
  private final CpuPool cpu = new CpuPool(1, 64);
  private final TrialStore store = new TrialStore();
  private Path knob;
  private Database database;
  private TuningExecutor executor;
  private final KeptFamilies families = new KeptFamilies();
  private Feedback feedback;

  @BeforeEach
  void keepOne() throws IOException {
    TunedTree tree = new TunedTree(folder, "mode = approve\nallow = *\n");
    knob = tree.knob;
    executor = tree.start(clock, () -> 1);
    assertThat(executor.apply("t1", TunedTree.BACKLOG, "anna", Duration.ofSeconds(30)))
        .isInstanceOf(TuningResult.Done.class);
    assertThat(executor.keep("t1", "anna")).isInstanceOf(TuningResult.Done.class);
    database = Database.open(folder.resolve("settings.db"));
    store(true);
    feedback =
        new Feedback(
            database,
            new TunedServers(new OwnServer(HOST, executor, (period, lease) -> {}), List::of),
            new KeptEffect(new HostNumbers(new QueryEngine(samples, QueryLimits.DEFAULT), cpu)),
            families,
            clock);
  }

  @AfterEach
  void close() throws IOException {
    feedback.close();
    executor.close();
    database.close();
    cpu.close();
  }

  /// A trial in which waits fell from 0.4 to 0.2 at a load of 100.
  private void store(boolean kept) {
    long now = millis.get();
    TrialDetail detail =
        new TrialDetail(
            new TrialSummary(
                "t1",
                HOST,
                TunedTree.BACKLOG.action(),
                TunedTree.BACKLOG.target(),
                TunedTree.BACKLOG.value(),
                "128",
                WAITS.title(),
                WAITS.unit(),
                true,
                TrialPhase.ENDED,
                TrialVerdict.HELPED,
                0.5,
                0.45,
                null,
                kept,
                "better",
                List.of(),
                "anna",
                null,
                now,
                now),
            WAITS,
            0.1,
            new TrialDetail.Plan(8, 20, 10, 6, 12, 0.03, 0.1),
            null,
            List.of(
                new BlockValue(1, false, false, 0.4, 100.0, now, now, true),
                new BlockValue(2, false, true, 0.2, 100.0, now, now, true)),
            List.of(),
            null,
            new TrialDetail.Report(6, 0, 0.4, 0.2, "the new value stays"),
            null,
            List.of(),
            List.of());
    database.change(transaction -> {
      store.insert(transaction, detail);
      store.update(transaction, detail);
    });
  }

  private TrialDetail stored() {
    return database.read(transaction -> store.find(transaction, "t1")).orElseThrow();
  }

  private void pass(Duration time, double waits, double load) {
    long end = millis.get() + time.toMillis();
    SampleBatch batch = new SampleBatch();
    while (millis.get() < end) {
      millis.addAndGet(300_000);
      add(batch, "waits", waits);
      add(batch, "load", load);
    }
    samples.append(batch);
  }

  private void add(SampleBatch batch, String name, double value) {
    batch.addSample(
        batch.addSeries(Labels.of("__name__", name, "instance", HOST)), millis.get(), value);
  }

  private double told(String name) {
    return families.families().stream()
        .flatMap(family -> family.points().stream())
        .filter(point -> point.name().equals(name))
        .filter(point -> point.labels().valueOrEmpty("host").equals(HOST))
        .filter(point -> point.labels().valueOrEmpty("action").equals(TunedTree.BACKLOG.action()))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void a_value_that_somebody_wrote_over_is_told_with_the_time_it_was_found() throws Exception {
    feedback.look();
    assertThat(stored().drift()).isNull();
    Files.writeString(knob, "512\n");
    millis.addAndGet(60_000);
    long foundAt = millis.get();
    feedback.look();
    millis.addAndGet(60_000);
    feedback.look();
    assertThat(stored().drift()).isEqualTo(new TrialDetail.Drift("512", foundAt));
    assertThat(told("evenkeel_tuning_kept_drifted")).isEqualTo(1);
    // The old value is one that somebody set, too: a restart of the machine does.
    Files.writeString(knob, "128\n");
    feedback.look();
    assertThat(Objects.requireNonNull(stored().drift()).found()).isEqualTo("128");
    Files.writeString(knob, "4096\n");
    feedback.look();
    assertThat(stored().drift()).isNull();
  }

  @Test
  void a_change_kept_right_before_the_hub_ended_is_noted_as_kept() throws Exception {
    database.change(transaction ->
        store.update(transaction, stored().with(stored().trial().putBack("nobody"))));
    assertThat(stored().trial().kept()).isFalse();
    feedback.look();
    assertThat(stored().trial().kept()).isTrue();
    assertThat(stored().trial().reason()).endsWith("the new value stays");
  }

  @Test
  void each_week_a_change_that_still_helps_is_said_to_hold_and_one_that_does_not_to_be_gone()
      throws Exception {
    pass(Duration.ofDays(6), 0.2, 100);
    feedback.look();
    assertThat(stored().reviews()).isEmpty();
    pass(Duration.ofDays(1), 0.2, 100);
    feedback.look();
    feedback.look();
    Review first = stored().reviews().getFirst();
    assertThat(stored().reviews()).hasSize(1);
    assertThat(first.kind()).isEqualTo(Occasion.WEEK);
    assertThat(first.verdict()).isEqualTo(Finding.HOLDS);
    assertThat(told("evenkeel_tuning_kept_gone")).isZero();
    assertThat(first.effect()).isBetween(0.49, 0.51);

    pass(Duration.ofDays(7), 0.41, 100);
    feedback.look();
    assertThat(stored().reviews()).hasSize(2);
    assertThat(stored().reviews().getLast().verdict()).isEqualTo(Finding.GONE);
    assertThat(told("evenkeel_tuning_kept_gone")).isEqualTo(1);
    assertThat(stored().reviews().getLast().now()).isEqualTo(0.41);
  }

  @Test
  void moments_of_another_load_do_not_count() throws Exception {
    pass(Duration.ofDays(5), 0.9, 120);
    pass(Duration.ofDays(2), 0.2, 95);
    feedback.look();
    assertThat(stored().reviews().getFirst().verdict()).isEqualTo(Finding.HOLDS);
    pass(Duration.ofDays(7), 0.9, 120);
    feedback.look();
    Review last = stored().reviews().getLast();
    assertThat(last.verdict()).isEqualTo(Finding.CANNOT_TELL);
    assertThat(last.effect()).isNull();
    assertThat(last.reason()).contains("the load was the trial's in");
  }

  @Test
  void without_samples_nothing_is_said() throws Exception {
    millis.addAndGet(Duration.ofDays(8).toMillis());
    feedback.look();
    assertThat(stored().reviews())
        .extracting(Review::kind, Review::verdict, Review::reason)
        .containsExactly(tuple(Occasion.WEEK, Finding.CANNOT_TELL, "the measure is missing"));
  }

  @Test
  void a_workload_that_becomes_another_is_told_once_a_week() throws Exception {
    pass(Duration.ofDays(2), 0.2, 180);
    feedback.look();
    feedback.look();
    Review more = stored().reviews().getFirst();
    assertThat(stored().reviews()).hasSize(1);
    assertThat(more.kind()).isEqualTo(Occasion.WORKLOAD);
    assertThat(more.verdict()).isEqualTo(Finding.HOLDS);
    assertThat(more.reason()).contains("1.80 times");
    pass(Duration.ofDays(6), 0.5, 180);
    feedback.look();
    pass(Duration.ofDays(2), 0.5, 180);
    feedback.look();
    Review later = stored().reviews().getLast();
    assertThat(later.kind()).isEqualTo(Occasion.WORKLOAD);
    assertThat(later.verdict()).isEqualTo(Finding.CANNOT_TELL);
    assertThat(later.reason()).contains("try the change again");
  }

  @Test
  void a_change_that_somebody_wrote_over_is_not_measured() throws Exception {
    Files.writeString(knob, "512\n");
    pass(Duration.ofDays(8), 0.2, 100);
    feedback.look();
    assertThat(stored().reviews()).isEmpty();
  }
}
