package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.hub.tune.MeasuredSeconds.Second;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.tune.trial.TrialPlan;
import io.evenkeel.hub.tune.trial.TrialReport.Verdict;
import io.evenkeel.hub.tune.trial.TripWire.Guard;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TurnedKnob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole loop with the real executor over a tree of files, and a server whose latency depends
/// on the value that is really in the knob's file. A second takes no time.
class TrialRunTest {
  private static final TrialTiming TIMING = new TrialTiming(10, 2, 8);

  @TempDir Path folder;
  private TunedTree tree;
  private TuningExecutor executor;
  private long nanos = 1;
  private int badSeconds;

  @BeforeEach
  void make() throws IOException {
    tree = new TunedTree(folder, "mode = approve\nallow = net.core.*\n");
    executor = tree.start(InstantSource.system(), () -> nanos);
  }

  @AfterEach
  void end() throws IOException {
    executor.close();
  }

  private double value() {
    return Double.parseDouble(tree.value());
  }

  private TrialOutcome run(double noise, DoubleUnaryOperator latency) throws InterruptedException {
    return run(noise, latency, value -> 0);
  }

  private TrialOutcome run(double noise, DoubleUnaryOperator latency, DoubleUnaryOperator errors)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(9);
    MeasuredSeconds seconds =
        () -> {
          nanos += 1_000_000_000L;
          double value = value();
          double failed = errors.applyAsDouble(value);
          badSeconds += failed > 0 ? 1 : 0;
          return new Second(
              OptionalDouble.of(latency.applyAsDouble(value) + noise * random.nextDouble()),
              OptionalDouble.of(1000),
              Map.of(Guard.ERRORS_PER_SECOND, failed));
        };
    return new TrialRun(
            new OwnServer("web1", executor, (period, lease) -> {}),
            TrialPlan.usual(true),
            TIMING,
            seconds,
            event -> {})
        .run("t1", TunedTree.BACKLOG, "anna", 0.2, 4);
  }

  /// A server that cannot put back what is in use.
  private record InUse(TunedServer server, AtomicBoolean busy) implements ForwardingServer {
    private TuningResult unlessBusy(Supplier<TuningResult> otherwise) {
      return busy.get() ? new TuningResult.Busy("5 bytes are in use") : otherwise.get();
    }

    @Override
    public TuningResult apply(String id, TuningRequest wanted, String approvedBy, Duration lease) {
      return server.apply(id, wanted, approvedBy, lease);
    }

    @Override
    public TuningResult hold(String id, boolean on) {
      return on ? server.hold(id, true) : unlessBusy(() -> server.hold(id, false));
    }

    @Override
    public TuningResult keep(String id, String actor) {
      return server.keep(id, actor);
    }

    @Override
    public TuningResult revert(String id, String actor, String why) {
      return unlessBusy(() -> server.revert(id, actor, why));
    }
  }

  private TrialOutcome stuck(List<TrialEvent> events, DoubleUnaryOperator latency)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(9);
    MeasuredSeconds seconds =
        () -> {
          nanos += 1_000_000_000L;
          return new Second(
              OptionalDouble.of(latency.applyAsDouble(value()) + 5 * random.nextDouble()),
              OptionalDouble.of(1000),
              Map.of());
        };
    return new TrialRun(
            new InUse(
                new OwnServer("web1", executor, (period, lease) -> {}), new AtomicBoolean(true)),
            TrialPlan.usual(true),
            TIMING,
            seconds,
            events::add)
        .run("t1", TunedTree.BACKLOG, "anna", 0.2, 4);
  }

  @Test
  void what_cannot_be_turned_back_for_a_block_is_compared_with_the_time_before() throws Exception {
    List<TrialEvent> events = new ArrayList<>();
    TrialOutcome.Tried tried = tried(stuck(events, value -> value > 1000 ? 60 : 100));
    assertThat(tried.report().verdict()).isEqualTo(Verdict.HELPED);
    assertThat(tried.report().reason().code()).isEqualTo(Reason.Code.BETTER_THAN_BEFORE);
    assertThat(events).filteredOn(TrialEvent.ComparedWithBefore.class::isInstance).hasSize(1);
    assertThat(tried.kept()).isTrue();
    assertThat(value()).isEqualTo(4096);
  }

  @Test
  void an_old_value_that_cannot_come_back_yet_is_told_as_owed() throws Exception {
    TrialOutcome.Tried tried = tried(stuck(new ArrayList<>(), value -> 100));
    assertThat(tried.report().verdict()).isEqualTo(Verdict.NO_EVIDENCE);
    assertThat(tried.kept()).isFalse();
    assertThat(tried.ended())
        .isEqualTo(Reason.told(Reason.Code.OLD_VALUE_OWED, "5 bytes are in use"));
  }

  private static TrialOutcome.Tried tried(TrialOutcome outcome) {
    assertThat(outcome).isInstanceOf(TrialOutcome.Tried.class);
    return (TrialOutcome.Tried) outcome;
  }

  @Test
  void what_helps_stays() throws Exception {
    TrialOutcome.Tried tried = tried(run(5, value -> value > 1000 ? 60 : 100));
    assertThat(tried.report().verdict()).isEqualTo(Verdict.HELPED);
    assertThat(tried.report().effect()).isBetween(0.33, 0.45);
    assertThat(tried.kept()).isTrue();
    assertThat(value()).isEqualTo(4096);
    assertThat(executor.changes()).singleElement().matches(TurnedKnob::kept);
  }

  @Test
  void what_harms_goes() throws Exception {
    TrialOutcome.Tried tried = tried(run(5, value -> value > 1000 ? 150 : 100));
    assertThat(tried.report().verdict()).isEqualTo(Verdict.HARMED);
    assertThat(tried.kept()).isFalse();
    assertThat(value()).isEqualTo(128);
  }

  @Test
  void what_does_nothing_goes() throws Exception {
    TrialOutcome.Tried tried = tried(run(5, value -> 100));
    assertThat(tried.report().verdict()).isEqualTo(Verdict.NO_EVIDENCE);
    assertThat(value()).isEqualTo(128);
  }

  @Test
  void a_faster_server_that_fails_requests_is_reverted_within_three_seconds() throws Exception {
    TrialOutcome.Tried tried =
        tried(run(5, value -> value > 1000 ? 60 : 100, value -> value > 1000 ? 50 : 0));
    assertThat(tried.report().verdict()).isEqualTo(Verdict.HARMED);
    assertThat(tried.report().reason().text()).startsWith("errors: 50");
    assertThat(tried.ended().text()).isEqualTo("the old value is back");
    assertThat(badSeconds).isEqualTo(3);
    assertThat(value()).isEqualTo(128);
  }

  @Test
  void nothing_is_turned_where_noise_would_hide_the_effect() throws Exception {
    TrialOutcome outcome = run(500, value -> 100);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            TrialOutcome.NotTried.class,
            not -> assertThat(not.reason().text()).contains("moves so much by itself"));
    assertThat(folder.resolve("tune/journal")).isEmptyFile();
  }

  @Test
  void an_administrator_who_writes_meanwhile_has_the_last_word() throws Exception {
    int[] second = {0};
    TrialOutcome.Tried tried =
        tried(
            run(
                5,
                value -> {
                  if (++second[0] == 130) {
                    try {
                      Files.writeString(tree.knob, "1000\n");
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  }
                  return 100;
                }));
    assertThat(tried.report().verdict()).isEqualTo(Verdict.NO_EVIDENCE);
    assertThat(tried.report().reason().text()).contains("somebody else set it to 1000");
    assertThat(tried.ended().text()).contains("which stays");
    assertThat(value()).isEqualTo(1000);
  }

  @Test
  void a_trial_that_is_interrupted_leaves_what_was_there_before() {
    int[] second = {0};
    MeasuredSeconds seconds =
        () -> {
          if (++second[0] == 130) {
            throw new InterruptedException();
          }
          return new Second(OptionalDouble.of(100), OptionalDouble.empty(), Map.of());
        };
    assertThatThrownBy(() ->
            new TrialRun(
                    new OwnServer("web1", executor, (period, lease) -> {}),
                    TrialPlan.usual(true),
                    TIMING,
                    seconds,
                    event -> {})
                .run("t1", TunedTree.BACKLOG, "anna", 0.2, 4))
        .isInstanceOf(InterruptedException.class);
    assertThat(value()).isEqualTo(128);
  }

  @Test
  void what_the_policy_forbids_is_not_tried() throws Exception {
    Files.writeString(folder.resolve("policy"), "mode = observe\n");
    assertThat(run(5, value -> 100))
        .isInstanceOfSatisfying(
            TrialOutcome.NotTried.class,
            not -> assertThat(not.reason().text()).contains("observe only"));
    assertThat(value()).isEqualTo(128);
  }
}
