package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.tune.Rollout.OnHost;
import io.evenkeel.hub.tune.Rollout.Standing;
import io.evenkeel.hub.tune.Rollout.State;
import io.evenkeel.hub.tune.measure.HostNumbers;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.hub.tune.trial.Reason;
import io.evenkeel.hub.work.CpuPool;
import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.model.Text;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A group of three servers and one apart: real executors over trees of files, real trials, and
/// waits that depend on the value that each server's knob really has. A second takes no time.
class RolloutsTest {
  private static final List<String> HOSTS = List.of("web-1", "web-2", "web-3", "db-1");
  private static final Set<String> GROUP = Set.of("web-1", "web-2", "web-3");
  private static final Measure WAITING =
      new Measure(
          Text.of("waits", "等待"),
          "rate(node_pressure_cpu_waiting_seconds_total{instance=\"$host\"}[$window])",
          true,
          Unit.RATIO,
          null,
          null,
          null);

  @TempDir Path folder;
  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final MemoryStore samples = new MemoryStore();
  private final CpuPool cpu = new CpuPool(1, 64);
  private final SplittableRandom random = new SplittableRandom(7);
  private final Map<String, TunedTree> trees = new LinkedHashMap<>();
  private final List<TuningExecutor> executors = new ArrayList<>();
  private final Map<String, Double> waited = new HashMap<>();

  /// Where a longer queue helps.
  private final Set<String> helpedHosts = ConcurrentHashMap.newKeySet();

  private final Set<String> sameFinding = new HashSet<>();
  private Database database;
  private Trials trials;
  private Rollouts rollouts;

  @BeforeEach
  void open() throws IOException {
    helpedHosts.addAll(HOSTS);
    List<TunedServer> servers = new ArrayList<>();
    for (String host : HOSTS) {
      TunedTree tree =
          new TunedTree(Files.createDirectory(folder.resolve(host)), "mode = approve\nallow = *\n");
      TuningExecutor executor = tree.start(clock, () -> millis.get() * 1_000_000);
      trees.put(host, tree);
      executors.add(executor);
      servers.add(new OwnServer(host, executor, (period, lease) -> {}));
    }
    database = Database.open(folder.resolve("settings.db"));
    AuditStore audit = new AuditStore(clock);
    TunedServers tuned =
        new TunedServers(servers.getFirst(), () -> servers.subList(1, servers.size()));
    trials =
        new Trials(
            database,
            audit,
            tuned,
            new HostNumbers(new QueryEngine(samples, QueryLimits.DEFAULT), cpu),
            PooledBackends.NONE,
            this::second,
            clock);
    trials.start();
    rollouts =
        new Rollouts(
            database,
            audit,
            trials,
            tuned,
            host -> GROUP.contains(host) ? GROUP : Set.of(),
            (finding, host) -> sameFinding.contains(host),
            clock);
    rollouts.start();
    for (int i = 0; i < 70; i++) {
      second(new CountDownLatch(1));
    }
  }

  @AfterEach
  void close() throws IOException {
    rollouts.close();
    trials.close();
    for (TuningExecutor executor : executors) {
      executor.close();
    }
    database.close();
    cpu.close();
  }

  private synchronized void second(CountDownLatch ended) {
    long now = millis.addAndGet(1000);
    SampleBatch batch = new SampleBatch();
    for (String host : HOSTS) {
      boolean isBetter = helpedHosts.contains(host) && value(host).equals("4096");
      double more = (isBetter ? 0.2 : 0.4) * (0.98 + 0.04 * random.nextDouble());
      batch.addSample(
          batch.addSeries(
              Labels.of("__name__", "node_pressure_cpu_waiting_seconds_total", "instance", host)),
          now,
          waited.merge(host, more, Double::sum));
    }
    samples.append(batch);
  }

  private TunedTree tree(String host) {
    return Objects.requireNonNull(trees.get(host));
  }

  private String value(String host) {
    return tree(host).value();
  }

  private String tried(String host, Optional<String> finding) throws InterruptedException {
    Outcome<TrialDetail> begun =
        trials.begin(
            new WantedTrial(host, TunedTree.BACKLOG, WAITING, 0.2, 10, finding, false), "anna");
    assertThat(begun).isInstanceOf(Outcome.Done.class);
    String id = ((Outcome.Done<TrialDetail>) begun).result().trial().id();
    await().atMost(Duration.ofSeconds(120)).until(() -> !trials.isRunningOn(host));
    return id;
  }

  private Rollout ended(String id) {
    await()
        .atMost(Duration.ofSeconds(120))
        .until(() -> rollouts.find(id).filter(one -> one.state() != State.RUNNING).isPresent());
    return rollouts.find(id).orElseThrow();
  }

  private static List<Standing> standings(Rollout rollout) {
    return rollout.hosts().stream().map(OnHost::standing).toList();
  }

  @Test
  void what_helped_on_the_canary_is_tried_on_the_rest_of_its_group_one_after_the_other()
      throws Exception {
    String id = tried("web-1", Optional.empty());
    assertThat(rollouts.find(id)).as("nothing goes on without anybody").isEmpty();
    assertThat(rollouts.begin(id, "anna")).isInstanceOf(Outcome.Done.class);
    Rollout rollout = ended(id);
    assertThat(rollout.state()).isEqualTo(State.DONE);
    assertThat(standings(rollout)).containsExactly(Standing.HELPED, Standing.HELPED);
    assertThat(rollout.hosts()).extracting(OnHost::host).containsExactly("web-2", "web-3");
    TrialSummary second = trial(rollout, 0);
    TrialSummary third = trial(rollout, 1);
    assertThat(Objects.requireNonNull(second.endedAt())).isLessThanOrEqualTo(third.beganAt());
    assertThat(second.by()).isEqualTo("anna");
    assertThat(List.of(value("web-2"), value("web-3"), value("db-1")))
        .containsExactly("4096", "4096", "128");
    assertThat(refusal(rollouts.stop(id, "anna"))).contains("not on its way");
  }

  private TrialSummary trial(Rollout rollout, int host) {
    return trials.find(rollout.hosts().get(host).trial()).orElseThrow().trial();
  }

  @Test
  void it_stops_at_the_first_server_where_it_does_not_help() throws Exception {
    String id = tried("web-1", Optional.empty());
    helpedHosts.remove("web-2");
    rollouts.begin(id, "anna");
    Rollout rollout = ended(id);
    assertThat(rollout.state()).isEqualTo(State.STOPPED);
    assertThat(rollout.reason()).isEqualTo("it did not help on web-2");
    assertThat(rollout.reasons()).containsExactly(Reason.of(Reason.Code.NOT_HELPED_ON, "web-2"));
    assertThat(standings(rollout)).containsExactly(Standing.NOT_HELPED, Standing.WAITING);
    assertThat(value("web-2")).isEqualTo("128");
    assertThat(value("web-3")).isEqualTo("128");
  }

  @Test
  void a_server_whose_policy_refuses_is_left_out_and_keeps_nobody_from_it() throws Exception {
    String id = tried("web-1", Optional.empty());
    tree("web-2").policy("mode = observe\n");
    rollouts.begin(id, "anna");
    Rollout rollout = ended(id);
    assertThat(rollout.state()).isEqualTo(State.DONE);
    assertThat(standings(rollout)).containsExactly(Standing.LEFT_OUT, Standing.HELPED);
    assertThat(rollout.hosts().getFirst().detail()).contains("observe only");
    assertThat(value("web-2")).isEqualTo("128");

    rollouts.begin(id, "anna");
    assertThat(ended(id).hosts().getLast().detail()).isEqualTo("it is 4096 already");
  }

  @Test
  void a_low_risk_goes_on_by_itself_where_the_policy_says_so_and_the_finding_is_the_same()
      throws Exception {
    tree("web-2").policy("mode = auto\nallow = *\n");
    sameFinding.addAll(List.of("web-2", "web-3"));
    String id = tried("web-1", Optional.of("f1"));
    await().atMost(Duration.ofSeconds(60)).until(() -> rollouts.find(id).isPresent());
    Rollout rollout = ended(id);
    assertThat(rollout.by()).isEmpty();
    assertThat(rollout.hosts()).extracting(OnHost::host).containsExactly("web-2");
    assertThat(standings(rollout)).containsExactly(Standing.HELPED);
    assertThat(trial(rollout, 0).by()).isEqualTo("hub");
    assertThat(value("web-3")).as("it wants an approval").isEqualTo("128");
    assertThat(rollouts.find(rollout.hosts().getFirst().trial()))
        .as("what was part of one begins none")
        .isEmpty();

    // One click takes the rest along.
    rollouts.begin(id, "anna");
    assertThat(standings(ended(id))).containsExactly(Standing.LEFT_OUT, Standing.HELPED);
  }

  @Test
  void what_did_not_help_or_has_no_group_goes_nowhere() throws Exception {
    String alone = tried("db-1", Optional.empty());
    assertThat(refusal(rollouts.begin(alone, "anna"))).contains("give them one group");
    helpedHosts.remove("web-1");
    String useless = tried("web-1", Optional.empty());
    assertThat(refusal(rollouts.begin(useless, "anna"))).contains("Only a change that helped");
    assertThat(refusal(rollouts.begin("none", "anna"))).contains("There is no trial");
  }

  private static String refusal(Outcome<Rollout> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<Rollout>) outcome).message().en();
  }
}
