package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.hub.diagnose.finding.Text;
import io.evenkeel.hub.diagnose.finding.Unit;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.tune.measure.Measure;
import io.evenkeel.model.tune.TuningRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Four servers of which three are a group: real executors over trees of files.
class CanaryTest {
  private static final List<String> HOSTS = List.of("web-1", "web-2", "web-3", "db-1");
  private static final Measure WAITS =
      new Measure(Text.of("waits", "等待"), "waits", true, Unit.RATIO, null, null, null);

  @TempDir Path folder;
  private final Map<String, TunedTree> trees = new LinkedHashMap<>();
  private final Map<String, TuningExecutor> executors = new LinkedHashMap<>();
  private TunedServers servers;

  @BeforeEach
  void make() throws IOException {
    for (String host : HOSTS) {
      TunedTree tree =
          new TunedTree(Files.createDirectory(folder.resolve(host)), "mode = approve\nallow = *\n");
      trees.put(host, tree);
      executors.put(host, tree.start(InstantSource.system(), () -> 1));
    }
    List<TunedServer> all =
        HOSTS.stream()
            .<TunedServer>map(host -> new OwnServer(host, executor(host), (period, lease) -> {}))
            .toList();
    servers = new TunedServers(all.getFirst(), () -> all.subList(1, all.size()));
  }

  @AfterEach
  void close() throws IOException {
    for (TuningExecutor executor : executors.values()) {
      executor.close();
    }
  }

  private TunedTree tree(String host) {
    return Objects.requireNonNull(trees.get(host));
  }

  private TuningExecutor executor(String host) {
    return Objects.requireNonNull(executors.get(host));
  }

  private static TrialDetail trial(TuningRequest request, TrialVerdict verdict, boolean kept) {
    return new TrialDetail(
        new TrialSummary(
            "t1",
            "web-1",
            request.action(),
            request.target(),
            request.value(),
            "128",
            WAITS.title(),
            WAITS.unit(),
            true,
            TrialPhase.ENDED,
            verdict,
            0.5,
            0.45,
            null,
            kept,
            "",
            "anna",
            null,
            0,
            1L),
        WAITS,
        0.1,
        new TrialDetail.Plan(8, 20, 10, 6, 12, 0.03, 0.1),
        null,
        List.of(),
        List.of(),
        null,
        null,
        null,
        List.of(),
        List.of());
  }

  private Outcome<Canary.Spread> spread(TrialDetail trial, Set<String> peers) {
    return new Canary(id -> Optional.of(trial).filter(one -> id.equals("t1")), servers, h -> peers)
        .spread("t1", "anna");
  }

  private static String refusal(Outcome<Canary.Spread> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<Canary.Spread>) outcome).message();
  }

  @Test
  void what_helped_on_one_host_is_kept_on_the_rest_of_its_group_as_each_policy_allows()
      throws IOException {
    tree("web-3").policy("mode = observe\n");
    Outcome<Canary.Spread> outcome =
        spread(trial(TunedTree.BACKLOG, TrialVerdict.HELPED, true), Set.of("web-2", "web-3"));
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    List<Canary.OnHost> hosts = ((Outcome.Done<Canary.Spread>) outcome).result().hosts();
    assertThat(hosts).hasSize(2);
    assertThat(hosts.getFirst()).isEqualTo(new Canary.OnHost("web-2", true, "128 → 4096"));
    assertThat(hosts.getLast().changed()).isFalse();
    assertThat(hosts.getLast().detail()).contains("observe only");
    assertThat(tree("web-2").value()).isEqualTo("4096");
    assertThat(executor("web-2").changes().getFirst().kept()).isTrue();
    assertThat(tree("web-3").value()).isEqualTo("128");
    assertThat(tree("db-1").value()).isEqualTo("128");

    Outcome<Canary.Spread> again =
        spread(trial(TunedTree.BACKLOG, TrialVerdict.HELPED, true), Set.of("web-2"));
    assertThat(((Outcome.Done<Canary.Spread>) again).result().hosts())
        .containsExactly(new Canary.OnHost("web-2", false, "it is 4096 already"));
  }

  @Test
  void what_did_not_help_or_has_no_group_goes_nowhere() {
    Set<String> peers = Set.of("web-2");
    assertThat(refusal(spread(trial(TunedTree.BACKLOG, TrialVerdict.NO_EVIDENCE, false), peers)))
        .contains("Only a change that helped");
    assertThat(refusal(spread(trial(TunedTree.BACKLOG, TrialVerdict.HELPED, false), peers)))
        .contains("Only a change that helped");
    assertThat(refusal(spread(trial(TunedTree.BACKLOG, TrialVerdict.HELPED, true), Set.of())))
        .contains("give them one group");
    TuningRequest process = new TuningRequest("LimitNOFILE", "42@7", "4096");
    assertThat(refusal(spread(trial(process, TrialVerdict.HELPED, true), peers)))
        .contains("A process is of one server");
    assertThat(tree("web-2").value()).isEqualTo("128");
  }
}
