package io.evenkeel.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.wiring.ManualClock;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rules from their evaluation to the transitions that others are told of.
class AlertEngineTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final MemoryStore samples = new MemoryStore();
  private final CpuPool pool = new CpuPool(1, 100);
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<Duration> eventAges = new CopyOnWriteArrayList<>();
  private boolean failing;
  private Database database;
  private RuleBook book;
  private AlertEngine engine;

  private final TransitionSink sink =
      new TransitionSink() {
        @Override
        public void accept(Transaction transaction, List<Transition> transitions) {
          if (failing) {
            throw new IllegalStateException("no");
          }
          transitions.forEach(one -> eventAges.add(Duration.ofMillis(one.at() - one.eventAt())));
          transitions.forEach(one ->
              told.add(
                  one.kind()
                      + " "
                      + one.rule().name()
                      + " "
                      + one.state().labels().valueOrEmpty("instance")));
        }

        @Override
        public void committed() {}
      };

  @BeforeEach
  void begin() {
    open("groups: []");
  }

  private void open(String pack) {
    database = Database.open(folder.resolve("settings.db"));
    AuditStore audit = new AuditStore(clock);
    AlertStore store = new AlertStore();
    book = new RuleBook(database, store, audit, clock, pack, Map.of());
    QueryEngine queries = new QueryEngine(samples, QueryLimits.DEFAULT);
    engine = new AlertEngine(database, store, book, queries, samples, pool, sink, "", clock);
  }

  @AfterEach
  void end() {
    engine.close();
    database.close();
    pool.close();
  }

  private void restart() {
    engine.close();
    database.close();
    open("groups: []");
  }

  private void sample(String instance, double value) {
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(Labels.of("__name__", "load", "instance", instance));
    batch.addSample(series, clock.millis(), value);
    samples.append(batch);
  }

  private void step(Duration by, double value) {
    clock.advance(by);
    sample("a", value);
    engine.evaluateAll(clock.millis());
  }

  private AlertRule rule(int hold, int keep, @Nullable Double clearAt) {
    return saved(
        new RuleEntry(
            "LoadHigh",
            new ThresholdForm(
                List.of(new ThresholdForm.Condition("load", ">", 0.8, false, clearAt)), true),
            null,
            null,
            hold,
            keep,
            "warning",
            Map.of(),
            Map.of("summary", "{{ $labels.instance }}: {{ $value | humanizePercentage }}")));
  }

  private AlertRule saved(RuleEntry entry) {
    return switch (book.save(null, entry, "test")) {
      case Outcome.Done<AlertRule>(AlertRule rule) -> rule;
      case Outcome.Refused<AlertRule> refused -> throw new AssertionError(refused.message());
    };
  }

  private List<AlertState> alerts() {
    return engine.status().stream().flatMap(one -> one.alerts().stream()).toList();
  }

  @Test
  void seven_tenths_against_eight_tenths_is_no_alert() {
    rule(0, 0, null);
    step(Duration.ofSeconds(15), 0.7);
    assertThat(told).isEmpty();
    step(Duration.ofSeconds(15), 0.9);
    assertThat(told).containsExactly("FIRED LoadHigh a");
    assertThat(alerts().getFirst().annotations()).containsEntry("summary", "a: 90%");
    step(Duration.ofSeconds(15), 0.7);
    assertThat(told).containsExactly("FIRED LoadHigh a", "RESOLVED LoadHigh a");
  }

  @Test
  void stays_pending_until_the_hold_time_has_passed_also_over_a_restart() {
    rule(60, 0, null);
    step(Duration.ofSeconds(15), 0.9);
    assertThat(alerts().getFirst().phase()).isEqualTo(AlertState.Phase.PENDING);
    step(Duration.ofSeconds(30), 0.9);
    restart();
    assertThat(alerts().getFirst().phase()).isEqualTo(AlertState.Phase.PENDING);
    step(Duration.ofSeconds(15), 0.9);
    assertThat(told).isEmpty();
    step(Duration.ofSeconds(15), 0.9);
    assertThat(told).containsExactly("FIRED LoadHigh a");
    restart();
    step(Duration.ofSeconds(15), 0.9);
    assertThat(told).containsExactly("FIRED LoadHigh a");
    step(Duration.ofSeconds(15), 0.1);
    assertThat(told).hasSize(2);
  }

  @Test
  void a_clear_threshold_keeps_the_alert_until_it_is_reached() {
    rule(0, 0, 0.6);
    step(Duration.ofSeconds(15), 0.9);
    step(Duration.ofSeconds(15), 0.7);
    assertThat(told).containsExactly("FIRED LoadHigh a");
    assertThat(alerts().getFirst().phase()).isEqualTo(AlertState.Phase.RECOVERING);
    step(Duration.ofSeconds(15), 0.5);
    assertThat(told).hasSize(2);
  }

  @Test
  void keep_firing_for_bridges_short_dips() {
    rule(0, 60, null);
    step(Duration.ofSeconds(15), 0.9);
    step(Duration.ofSeconds(30), 0.1);
    step(Duration.ofSeconds(15), 0.9);
    step(Duration.ofSeconds(45), 0.1);
    step(Duration.ofSeconds(45), 0.1);
    assertThat(told).containsExactly("FIRED LoadHigh a");
    // As in Prometheus the minute runs from the first evaluation without the series.
    step(Duration.ofSeconds(15), 0.1);
    assertThat(told).hasSize(2);
  }

  @Test
  void missing_data_holds_the_alert_and_never_ends_it() {
    rule(0, 0, null);
    step(Duration.ofSeconds(15), 0.9);
    clock.advance(Duration.ofMinutes(20));
    engine.evaluateAll(clock.millis());
    assertThat(told).containsExactly("FIRED LoadHigh a");
    assertThat(alerts().getFirst().noData()).isTrue();
    step(Duration.ofSeconds(15), 0.1);
    assertThat(told).hasSize(2);
  }

  @Test
  void alerts_that_stand_still_without_data_are_counted_until_it_is_back() {
    rule(0, 0, null);
    step(Duration.ofSeconds(15), 0.9);
    clock.advance(Duration.ofMinutes(6));
    engine.evaluateAll(clock.millis());
    engine.writeHeld(clock.millis());
    assertThat(number("evenkeel_alerts_without_data{instance='a'}")).isEqualTo(1);
    step(Duration.ofSeconds(15), 0.9);
    engine.writeHeld(clock.millis());
    assertThat(number("evenkeel_alerts_without_data{instance='a'}")).isZero();
  }

  private double number(String expression) {
    return switch (new QueryEngine(samples, QueryLimits.DEFAULT)
        .query(QueryRequest.instant(expression, clock.millis()))
        .value()) {
      case Value.InstantVector(List<Value.VectorSample> vector) -> vector.getFirst().value();
      case Value other -> throw new AssertionError(other);
    };
  }

  private void sampleOf(String metric, String device, double value) {
    SampleBatch batch = new SampleBatch();
    int series = batch.addSeries(Labels.of("__name__", metric, "device", device, "instance", "a"));
    batch.addSample(series, clock.millis(), value);
    samples.append(batch);
  }

  @Test
  void an_alert_of_a_removed_device_ends_while_one_of_a_silent_host_is_held() {
    rule(0, 0, 0.5);
    sampleOf("load", "sda", 0.9);
    sampleOf("load", "sdb", 0.1);
    engine.evaluateAll(clock.millis());
    assertThat(told).containsExactly("FIRED LoadHigh a");
    clock.advance(Duration.ofMinutes(6));
    sampleOf("load", "sdb", 0.1);
    engine.evaluateAll(clock.millis());
    assertThat(told).as("it may come back").hasSize(1);
    clock.advance(Duration.ofMinutes(6));
    sampleOf("load", "sdb", 0.1);
    engine.evaluateAll(clock.millis());
    assertThat(told).containsExactly("FIRED LoadHigh a", "RESOLVED LoadHigh a");
  }

  private void conditions(boolean all, boolean secondNegated) {
    saved(
        new RuleEntry(
            "Both",
            new ThresholdForm(
                List.of(
                    new ThresholdForm.Condition("load", ">", 0.8, false, null),
                    new ThresholdForm.Condition("queue", ">", 10, secondNegated, null)),
                all),
            null,
            null,
            0,
            0,
            "warning",
            Map.of(),
            Map.of()));
  }

  private List<String> firedWith(double load, double queue) {
    told.clear();
    clock.advance(Duration.ofSeconds(15));
    sampleOf("load", "x", load);
    sampleOf("queue", "x", queue);
    engine.evaluateAll(clock.millis());
    return List.copyOf(told);
  }

  @Test
  void conditions_joined_by_and_fire_only_together() {
    conditions(true, false);
    assertThat(firedWith(0.9, 5)).isEmpty();
    assertThat(firedWith(0.5, 20)).isEmpty();
    assertThat(firedWith(0.9, 20)).containsExactly("FIRED Both a");
  }

  @Test
  void one_of_conditions_joined_by_or_is_enough() {
    conditions(false, false);
    assertThat(firedWith(0.5, 5)).isEmpty();
    assertThat(firedWith(0.5, 20)).containsExactly("FIRED Both a");
    assertThat(firedWith(0.5, 5)).containsExactly("RESOLVED Both a");
    assertThat(firedWith(0.9, 5)).containsExactly("FIRED Both a");
  }

  @Test
  void a_negated_condition_must_not_hold() {
    conditions(true, true);
    assertThat(firedWith(0.9, 20)).isEmpty();
    assertThat(firedWith(0.9, 5)).containsExactly("FIRED Both a");
  }

  @Test
  void an_imported_rule_ends_with_its_series_as_in_prometheus() {
    String file =
        """
        groups:
        - name: g
          rules:
          - alert: Load
            expr: load > 0.8   # kept as it is
        """;
    assertThat(book.importFile("mine.yml", file, "test")).isInstanceOf(Outcome.Done.class);
    assertThat(book.files().getFirst().content()).isEqualTo(file);
    step(Duration.ofSeconds(15), 0.9);
    clock.advance(Duration.ofMinutes(20));
    engine.evaluateAll(clock.millis());
    assertThat(told).containsExactly("FIRED Load a", "RESOLVED Load a");
  }

  @Test
  void a_group_with_an_offset_looks_that_much_earlier() {
    String file =
        """
        groups:
        - name: g
          query_offset: 1m
          rules:
          - alert: Load
            expr: load > 0.8
        """;
    assertThat(book.importFile("mine.yml", file, "test")).isInstanceOf(Outcome.Done.class);
    for (int i = 0; i < 4; i++) {
      step(Duration.ofSeconds(15), 0.9);
      assertThat(told).as("after " + i * 15 + " s").isEmpty();
    }
    step(Duration.ofSeconds(15), 0.1);
    assertThat(told).containsExactly("FIRED Load a");
  }

  @Test
  void a_change_that_cannot_be_kept_is_found_again() {
    rule(0, 0, null);
    failing = true;
    step(Duration.ofSeconds(15), 0.9);
    assertThat(alerts()).isEmpty();
    failing = false;
    step(Duration.ofSeconds(15), 0.9);
    assertThat(told).containsExactly("FIRED LoadHigh a");
  }

  @Test
  void a_removed_rule_ends_its_alerts() {
    AlertRule rule = rule(0, 0, null);
    step(Duration.ofSeconds(15), 0.9);
    book.remove(rule.id(), "test");
    assertThat(told).containsExactly("FIRED LoadHigh a", "RESOLVED LoadHigh a");
  }

  @Test
  void alerts_are_series_too() {
    rule(0, 0, null);
    step(Duration.ofSeconds(15), 0.9);
    Value value =
        new QueryEngine(samples, QueryLimits.DEFAULT)
            .query(QueryRequest.instant("ALERTS{alertstate=\"firing\"}", clock.millis()))
            .value();
    assertThat(value)
        .isInstanceOfSatisfying(
            Value.InstantVector.class,
            vector -> {
              assertThat(vector.samples()).hasSize(1);
              assertThat(vector.samples().getFirst().labels().get("alertname"))
                  .isEqualTo("LoadHigh");
            });
  }

  @Test
  void samples_of_a_host_are_looked_at_when_they_arrive() {
    rule(0, 0, null);
    sample("a", 0.9);
    sample("b", 0.9);
    engine.arrived("a", clock.millis());
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !told.isEmpty());
    assertThat(told).containsExactly("FIRED LoadHigh a");
  }

  @Test
  void of_many_hosts_only_those_are_looked_at_whose_samples_arrived() {
    rule(0, 0, null);
    for (int i = 0; i < 200; i++) {
      sample("host-" + i, 0.9);
    }
    for (int i = 0; i < 150; i++) {
      engine.arrived("host-" + i, clock.millis());
    }
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> told.size() >= 150);
    assertThat(told)
        .hasSize(150)
        .contains("FIRED LoadHigh host-0", "FIRED LoadHigh host-149")
        .doesNotContain("FIRED LoadHigh host-150", "FIRED LoadHigh host-199");
  }

  @Test
  void a_host_may_have_a_name_full_of_signs() {
    rule(0, 0, null);
    List<String> names = List.of("a.b", "a|b", "q\"\\", "x{1}", "r.*", "-");
    names.forEach(name -> sample(name, 0.9));
    sample("rest", 0.9);
    names.forEach(name -> engine.arrived(name, clock.millis()));
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> told.size() >= names.size());
    assertThat(told)
        .containsExactlyInAnyOrderElementsOf(
            names.stream().map(name -> "FIRED LoadHigh " + name).toList());
  }

  @Test
  void samples_that_come_late_take_nothing_back() {
    rule(0, 0, null);
    sample("a", 0.1);
    clock.advance(Duration.ofMinutes(3));
    sample("a", 0.9);
    engine.evaluateAll(clock.millis());
    assertThat(told).containsExactly("FIRED LoadHigh a");
    engine.arrived("a", clock.millis() - Duration.ofMinutes(3).toMillis());
    engine.arrived("a", clock.millis());
    clock.advance(Duration.ofSeconds(1));
    sample("b", 0.9);
    engine.arrived("b", clock.millis());
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> told.size() > 1);
    assertThat(told).containsExactly("FIRED LoadHigh a", "FIRED LoadHigh b");
  }

  @Test
  void what_the_timer_finds_is_as_old_as_the_samples_that_made_it_so() {
    rule(0, 0, null);
    step(Duration.ofSeconds(15), 0.5);
    for (int second = 1; second <= 15; second++) {
      clock.advance(Duration.ofSeconds(1));
      sample("a", second < 4 ? 0.5 : 0.9);
    }
    engine.evaluateAll(clock.millis());
    assertThat(eventAges).containsExactly(Duration.ofSeconds(11));
    for (int second = 1; second <= 15; second++) {
      clock.advance(Duration.ofSeconds(1));
      sample("a", second < 10 ? 0.9 : 0.5);
    }
    engine.evaluateAll(clock.millis());
    assertThat(told).containsExactly("FIRED LoadHigh a", "RESOLVED LoadHigh a");
    // Not later than the first good sample, five seconds old, and at most a step before it.
    assertThat(eventAges.getLast()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
  }

  @Test
  void a_hold_time_ends_by_itself_and_not_at_the_timers_next_turn() {
    rule(20, 0, null);
    step(Duration.ofSeconds(15), 0.9);
    step(Duration.ofSeconds(15), 0.9);
    step(Duration.ofSeconds(15), 0.9);
    assertThat(told).containsExactly("FIRED LoadHigh a");
    assertThat(eventAges).containsExactly(Duration.ofSeconds(10));
  }

  @Test
  void only_expressions_about_one_host_are_evaluated_on_arrival() {
    assertThat(ExpressionScope.isHostLocal("load > 1")).isTrue();
    assertThat(ExpressionScope.isHostLocal("rate(x[5m]) / on(instance) y > 1")).isTrue();
    assertThat(ExpressionScope.isHostLocal("rate(x[10m]) > 1")).isFalse();
    assertThat(ExpressionScope.isHostLocal("sum(load) > 1")).isFalse();
    assertThat(ExpressionScope.isHostLocal("sum by(instance) (load) > 1")).isTrue();
    assertThat(ExpressionScope.isHostLocal("absent(load)")).isFalse();
    assertThat(ExpressionScope.isHostLocal("x[1h:1m] offset 1d")).isFalse();
    assertThat(ExpressionScope.forHost("rate(x{a=\"b\"}[5m]) / y > 1", "we\"b"))
        .isEqualTo("rate(x{instance=\"we\\\"b\",a=\"b\"}[5m]) / y{instance=\"we\\\"b\"} > 1");
  }

  @Test
  void wrong_rules_are_refused_with_the_field_at_fault() {
    assertThat(field("x", "load >", Map.of())).isEqualTo("expression");
    assertThat(field("x", "load[5m]", Map.of())).isEqualTo("expression");
    assertThat(field("1x", "load", Map.of())).isEqualTo("name");
    assertThat(field("x", "load", Map.of("summary", "{{ $value"))).isEqualTo("annotations");
    assertThat(field("x", "load", Map.of("summary", "x".repeat((64 << 10) + 1))))
        .isEqualTo("annotations");
    assertThat(
            book.importFile("a.yml", "groups: [{name: x, rules: [{alert: A, expr: 'x >'}]}]", "t"))
        .isInstanceOf(Outcome.Refused.class);
  }

  private @Nullable String field(String name, String expression, Map<String, String> texts) {
    RuleEntry entry = new RuleEntry(name, null, expression, null, 0, 0, "warning", Map.of(), texts);
    return book.save(null, entry, "test") instanceof Outcome.Refused<AlertRule> refused
        ? refused.field()
        : "accepted";
  }

  @Test
  void every_rule_of_the_pack_can_be_evaluated_and_has_words_in_both_languages() {
    engine.close();
    database.close();
    RulePack pack = RulePack.load();
    open(pack.rules());
    assertThat(book.rules().stream().map(AlertRule::name))
        .contains("CpuUtilisationHigh", "MemoryUtilisationHigh", "HostDown");
    sample("a", 1);
    engine.evaluateAll(clock.millis());
    assertThat(engine.status())
        .allSatisfy(one -> assertThat(one.error()).as(one.rule().name()).isEmpty());
    for (AlertRule rule : book.rules()) {
      if (!rule.name().equals("Watchdog")) {
        assertThat(pack.texts().getOrDefault(rule.name(), Map.of()))
            .as(rule.name())
            .containsKeys(
                "summary",
                "summary_zh",
                "description",
                "description_zh",
                "next_step",
                "next_step_zh");
      }
    }
  }
}
