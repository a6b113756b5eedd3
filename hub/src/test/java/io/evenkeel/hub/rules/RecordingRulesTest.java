package io.evenkeel.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingRulesTest {
  private static final long MINUTE = 60_000;

  private final AtomicLong now = new AtomicLong(1_000 * MINUTE + 5_000);
  private final MemoryStore store = new MemoryStore();
  private final QueryEngine engine = new QueryEngine(store, QueryLimits.DEFAULT);
  private final CpuPool pool = new CpuPool(2, 16);
  private final RecordingRules rules =
      new RecordingRules(engine, store, pool, () -> Instant.ofEpochMilli(now.get()));

  @AfterEach
  void close() {
    rules.close();
    pool.close();
  }

  private void use(String text) {
    RuleFile file = RuleFile.parse(text);
    assertThat(file.problems()).isEmpty();
    rules.use(List.of(new RecordingRules.Source("a.yml", file)));
  }

  private void write(double value, String... labels) {
    SampleBatch batch = new SampleBatch();
    batch.addSample(batch.addSeries(Labels.of(labels)), now.get(), value);
    store.append(batch);
  }

  /// The next minute, and every group evaluated in it.
  private void nextMinute() {
    now.addAndGet(MINUTE);
    long turn = now.get() / MINUTE * MINUTE;
    rules.tick();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            rules.groups().stream()
                .allMatch(group -> group.evaluatedAtMillis().orElse(0L) == turn));
  }

  private List<Value.VectorSample> ask(String expression) {
    return ((Value.InstantVector) engine.query(QueryRequest.instant(expression, now.get())).value())
        .samples();
  }

  @Test
  void what_a_rule_answers_is_stored_under_its_name_at_whole_intervals() {
    use(
        """
        groups:
        - name: a
          rules:
          - {record: 'job:up:sum', expr: 'sum by (job) (up)', labels: {team: x}}
          - {record: 'job:up:double', expr: 'job:up:sum * 2'}
        """);
    write(1, "__name__", "up", "job", "a", "instance", "1");
    write(1, "__name__", "up", "job", "a", "instance", "2");
    nextMinute();
    assertThat(ask("job:up:sum"))
        .singleElement()
        .satisfies(sample -> {
          assertThat(sample.labels())
              .isEqualTo(Labels.of("__name__", "job:up:sum", "job", "a", "team", "x"));
          assertThat(sample.value()).isEqualTo(2);
        });
    assertThat(ask("timestamp(job:up:sum)").getFirst().value())
        .isEqualTo(now.get() / MINUTE * MINUTE / 1000.0);
    assertThat(ask("job:up:double").getFirst().value())
        .as("sees what the rule before it wrote")
        .isEqualTo(4);
    assertThat(rules.evaluations()).isEqualTo(2);
  }

  @Test
  void a_series_that_vanishes_ends_at_once() {
    use("groups: [{name: a, rules: [{record: r, expr: 'x > 1'}]}]");
    write(2, "__name__", "x", "job", "a");
    nextMinute();
    assertThat(ask("r")).hasSize(1);
    write(0, "__name__", "x", "job", "a");
    nextMinute();
    assertThat(ask("r")).isEmpty();
  }

  @Test
  void more_series_than_the_limit_drop_the_whole_output() {
    use("groups: [{name: a, limit: 1, rules: [{record: r, expr: x}]}]");
    write(1, "__name__", "x", "i", "1");
    nextMinute();
    assertThat(ask("r")).hasSize(1);
    write(1, "__name__", "x", "i", "2");
    nextMinute();
    assertThat(ask("r")).isEmpty();
    assertThat(rules.groups().getFirst().rules().getFirst().error())
        .hasValue("exceeded limit of 1 with 2 series");
    assertThat(rules.failures()).isEqualTo(1);
  }

  @Test
  void rule_labels_that_make_two_series_one_are_an_error() {
    use("groups: [{name: a, rules: [{record: r, expr: x, labels: {i: same}}]}]");
    write(1, "__name__", "x", "i", "1");
    write(1, "__name__", "x", "i", "2");
    nextMinute();
    assertThat(rules.groups().getFirst().rules().getFirst().error().orElseThrow())
        .contains("same labelset");
    assertThat(ask("r")).isEmpty();
  }

  @Test
  void the_query_offset_looks_and_writes_that_much_earlier() {
    use("groups: [{name: a, query_offset: 30s, rules: [{record: r, expr: 'vector(time())'}]}]");
    nextMinute();
    long at = now.get() / MINUTE * MINUTE - 30_000;
    assertThat(ask("r").getFirst().value()).isEqualTo(at / 1000.0);
    assertThat(ask("timestamp(r)").getFirst().value()).isEqualTo(at / 1000.0);
  }

  @Test
  void an_unchanged_group_goes_on_when_others_change() {
    use("groups: [{name: a, rules: [{record: r, expr: 'x > 1'}]}]");
    write(2, "__name__", "x", "job", "a");
    nextMinute();
    use(
        "groups: [{name: a, rules: [{record: r, expr: 'x > 1'}]}, {name: b, rules: [{record: s,"
            + " expr: '1'}]}]");
    write(0, "__name__", "x", "job", "a");
    nextMinute();
    assertThat(ask("r")).as("the group still knew what it had written").isEmpty();
    assertThat(ask("s")).hasSize(1);
  }

  @Test
  void a_folder_gives_its_files_in_order_and_says_what_is_wrong_with_the_others(
      @TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("b.yml"), "groups: []");
    Files.writeString(folder.resolve("a.yaml"), "groups: []");
    Files.writeString(folder.resolve("c.yml"), "groops: []");
    Files.writeString(folder.resolve("note.txt"), "no rules");
    RuleFolder read = RuleFolder.read(folder);
    assertThat(read.files().stream().map(RuleFolder.Text::name)).containsExactly("a.yaml", "b.yml");
    assertThat(read.problems())
        .singleElement()
        .asString()
        .startsWith(folder.resolve("c.yml") + ":1:1: 'groops' is no field");
    assertThat(RuleFolder.read(folder.resolve("none")))
        .isEqualTo(new RuleFolder(List.of(), List.of()));
  }

  @Test
  void a_folder_is_read_again_and_a_file_that_is_not_in_order_changes_nothing(@TempDir Path folder)
      throws IOException {
    List<List<RuleFolder.Text>> told = new java.util.ArrayList<>();
    try (RuleFolderWatch watch = new RuleFolderWatch(folder, RuleFolder.read(folder), told::add)) {
      watch.look();
      assertThat(told).isEmpty();
      Files.writeString(folder.resolve("a.yml"), "groups: []");
      watch.look();
      watch.look();
      assertThat(told).containsExactly(List.of(new RuleFolder.Text("a.yml", "groups: []")));
      Files.writeString(folder.resolve("b.yml"), "groops: []");
      watch.look();
      assertThat(told).hasSize(1);
      Files.delete(folder.resolve("b.yml"));
      Files.delete(folder.resolve("a.yml"));
      watch.look();
      assertThat(told).hasSize(2).last().isEqualTo(List.of());
    }
  }

  @Test
  void turns_that_are_missed_are_counted() {
    use("groups: [{name: a, interval: 10s, rules: [{record: r, expr: '1'}]}]");
    now.addAndGet(35_000);
    rules.tick();
    assertThat(rules.missed()).isEqualTo(3);
  }
}
