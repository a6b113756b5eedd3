package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.agent.tune.ExecutorOrders;
import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.agent.tune.TuningOrders;
import io.evenkeel.model.tune.TuningMode;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TurnedKnob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every server that can be tuned does, near or far: with the real executor over a tree of
/// files.
abstract class TunedServerContract {
  static final TuningRequest BACKLOG = TunedTree.BACKLOG;
  static final Duration LEASE = Duration.ofSeconds(20);

  @TempDir Path folder;
  final AtomicLong nanos = new AtomicLong(1);
  TunedTree tree;
  TuningExecutor executor;
  TunedServer server;

  /// The server whose knobs an executor turns.
  abstract TunedServer server(TuningExecutor executor, TuningOrders orders);

  @BeforeEach
  void make() throws IOException {
    tree = new TunedTree(folder, "mode = approve\nallow = net.*\n");
    tree.put("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456");
    tree.put("proc/77/comm", "web");
    tree.put("proc/77/stat", "77 (web) S 1 77 77 0 -1 4194304 1 1 1 1 1 1 1 1 20 0 1 0 4711 1 1");
    executor = tree.start(InstantSource.system(), nanos::get);
    server = server(executor, ExecutorOrders.of(executor));
  }

  @AfterEach
  void end() throws IOException {
    executor.close();
  }

  String backlog() {
    return tree.value();
  }

  static String reason(TuningResult result) {
    assertThat(result).isInstanceOf(TuningResult.Refused.class);
    return ((TuningResult.Refused) result).reason();
  }

  @Test
  void a_look_shows_the_difference_and_changes_nothing() throws IOException {
    assertThat(server.look(BACKLOG).result()).isEqualTo(new TuningResult.Done("128", "4096"));
    assertThat(server.look(BACKLOG).objection()).isEmpty();
    tree.policy("mode = approve\nallow = vm.*\n");
    assertThat(server.look(BACKLOG).objection()).contains("does not allow net.core.somaxconn");
    assertThat(reason(server.look(new TuningRequest("net.core.somaxconn", "", "7")).result()))
        .contains("out of bounds");
    assertThat(reason(server.look(new TuningRequest("vm.swappiness", "", "10")).result()))
        .contains("vm/swappiness");
    assertThat(backlog()).isEqualTo("128");
  }

  @Test
  void knobs_and_processes_are_read() {
    assertThat(server.read("net.ipv4.tcp_rmem", ""))
        .isEqualTo(new TuningResult.Done("4096 131072 6291456", "4096 131072 6291456"));
    assertThat(reason(server.read("no.such", ""))).contains("no.such");
    assertThat(server.processesNamed("web")).containsExactly("77@4711");
    assertThat(server.processesNamed("nobody")).isEmpty();
  }

  @Test
  void a_change_is_applied_held_off_and_on_renewed_and_put_back() throws IOException {
    assertThat(server.apply("c1", BACKLOG, "anna", LEASE))
        .isEqualTo(new TuningResult.Done("128", "4096"));
    TurnedKnob turned = server.standing().changes().getFirst();
    assertThat(turned.request()).isEqualTo(BACKLOG);
    assertThat(turned.before()).isEqualTo("128");
    assertThat(turned.leaseLeft()).isBetween(Duration.ofSeconds(1), LEASE);
    assertThat(server.hold("c1", false)).isInstanceOf(TuningResult.Done.class);
    assertThat(backlog()).isEqualTo("128");
    assertThat(server.hold("c1", true)).isInstanceOf(TuningResult.Done.class);
    assertThat(server.renew("c1", LEASE)).isInstanceOf(TuningResult.Done.class);
    assertThat(server.revert("c1", "anna", "it\ndid not help: " + "x".repeat(600)))
        .isEqualTo(new TuningResult.Done("4096", "128"));
    assertThat(backlog()).isEqualTo("128");
    assertThat(server.standing().changes()).isEmpty();
    assertThat(reason(server.revert("c1", "anna", "again"))).contains("no open change c1");
  }

  @Test
  void what_is_kept_stays_and_shows_who_wrote_over_it() throws IOException {
    assertThat(server.apply("c1", BACKLOG, "anna", LEASE)).isInstanceOf(TuningResult.Done.class);
    assertThat(server.keep("c1", "anna")).isInstanceOf(TuningResult.Done.class);
    assertThat(server.standing().changes().getFirst().kept()).isTrue();
    tree.put("proc/sys/net/core/somaxconn", "9");
    TurnedKnob kept = server.standing().changes().getFirst();
    assertThat(kept.drifted()).isTrue();
    assertThat(kept.now()).isEqualTo("9");
    assertThat(server.revert("c1", "anna", "no")).isEqualTo(new TuningResult.Yielded("9"));
    assertThat(backlog()).isEqualTo("9");
  }

  @Test
  void what_the_servers_policy_forbids_is_refused_with_the_reason() throws IOException {
    tree.policy("mode = observe\n");
    assertThat(reason(server.apply("c1", BACKLOG, "anna", LEASE))).contains("observe only");
    Files.delete(folder.resolve("policy"));
    assertThat(reason(server.apply("c2", BACKLOG, "anna", LEASE))).contains("no policy file");
    assertThat(server.standing().mode()).isEqualTo(TuningMode.OBSERVE);
    assertThat(server.standing().reason()).contains("no policy file");
    assertThat(backlog()).isEqualTo("128");
  }

  @Test
  void when_all_is_stopped_changes_come_back_and_none_begin_until_it_goes_on() throws IOException {
    assertThat(server.apply("c1", BACKLOG, "anna", LEASE)).isInstanceOf(TuningResult.Done.class);
    assertThat(server.stop("anna")).isInstanceOf(TuningResult.Done.class);
    assertThat(backlog()).isEqualTo("128");
    assertThat(server.standing().stopped()).isTrue();
    assertThat(reason(server.apply("c2", BACKLOG, "anna", LEASE))).contains("stopped");
    assertThat(server.look(BACKLOG).objection()).contains("stopped");
    assertThat(server.resume("anna")).isInstanceOf(TuningResult.Done.class);
    assertThat(server.apply("c3", BACKLOG, "anna", LEASE)).isInstanceOf(TuningResult.Done.class);
  }
}
