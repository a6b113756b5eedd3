package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.TuningAnswer;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.tune.TuningMode;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A hub in wrong hands sends what it likes: what its orders may not do stays undone and is written
/// down, in this process or in the tuner's.
public abstract class TuningOrdersContract {
  @TempDir protected Path folder;
  protected FakeServer server;
  private int ordered;

  /// What carries out orders on the server.
  protected abstract TuningOrders orders() throws IOException;

  @BeforeEach
  void make() throws IOException {
    server = new FakeServer(folder);
  }

  protected static TuningCommand.Apply apply(String id, String action, String value) {
    return new TuningCommand.Apply(
        id, new TuningRequest(action, "", value), "anna", Duration.ofSeconds(10));
  }

  protected final TuningResult sent(TuningOrders orders, TuningCommand command) {
    CommandOrder order = CommandOrder.parse(new CommandOrder("0a" + ordered++, 1, command).text());
    return TuningAnswer.result(
        CommandResult.parse(orders.execute(order, (TuningCommand) order.command()).text()));
  }

  protected static String reason(TuningResult result) {
    assertThat(result).isInstanceOf(TuningResult.Refused.class);
    return ((TuningResult.Refused) result).reason();
  }

  @Test
  void an_order_that_comes_again_is_refused_by_its_change() throws IOException {
    try (TuningOrders orders = orders()) {
      TuningCommand.Apply once = apply("c1", FakeServer.SOMAXCONN, "4096");
      assertThat(sent(orders, once)).isEqualTo(new TuningResult.Done("128", "4096"));
      assertThat(sent(orders, new TuningCommand.Revert("c1", "anna", "enough")))
          .isInstanceOf(TuningResult.Done.class);
      assertThat(reason(sent(orders, once))).contains("was asked for before");
      assertThat(reason(sent(orders, new TuningCommand.Hold("c1", true))))
          .contains("no open change");
      assertThat(reason(sent(orders, new TuningCommand.Keep("c1", "anna"))))
          .contains("no open change");
      assertThat(server.somaxconn()).isEqualTo("128");
    }
    assertThat(server.auditText()).contains("refused: the change c1 was asked for before");
  }

  @Test
  void what_the_server_does_not_allow_changes_nothing_and_is_written_down() throws IOException {
    server.policy("mode = approve", "allow = net.core.*");
    try (TuningOrders orders = orders()) {
      assertThat(reason(sent(orders, apply("a", "vm.swappiness", "10"))))
          .contains("does not allow vm.swappiness");
      assertThat(reason(sent(orders, apply("b", FakeServer.SOMAXCONN, "99999"))))
          .contains("out of bounds");
      assertThat(reason(sent(orders, apply("c", "net.core.netdev_budget", "600"))))
          .contains("netdev_budget");
      assertThat(reason(sent(orders, apply("d", "kernel.core_pattern", "|/bin/sh"))))
          .contains("no tuning action");
      Files.setPosixFilePermissions(
          server.settings.policy(), PosixFilePermissions.fromString("rw-rw-rw-"));
      assertThat(reason(sent(orders, apply("e", FakeServer.SOMAXCONN, "4096"))))
          .contains("can be written by others");
      orders.notCarriedOut("0b 1 tune-apply f vm.swappiness - 10 anna 7200", "lease is too long");
    }
    assertThat(server.somaxconn()).isEqualTo("128");
    assertThat(server.get("proc/sys/vm/swappiness")).isEqualTo("60");
    assertThat(server.auditText())
        .contains("a vm.swappiness")
        .contains("tune-apply f vm.swappiness - 10 anna 7200\tlease is too long")
        .contains("can be written by others");
    assertThat(server.audit()).isInstanceOf(TuningAudit.Verdict.Intact.class);
  }

  @Test
  void low_risk_goes_without_a_person_only_where_the_policy_says_auto() throws IOException {
    TuningRequest backlog = new TuningRequest(FakeServer.SOMAXCONN, "", "4096");
    TuningRequest swap = new TuningRequest("vm.swappiness", "", "10");
    Duration lease = Duration.ofSeconds(10);
    try (TuningOrders orders = orders()) {
      assertThat(reason(sent(orders, new TuningCommand.Apply("a", backlog, "", lease))))
          .contains("wants a person's approval");
      server.policy("mode = auto", "allow = *");
      assertThat(sent(orders, new TuningCommand.Apply("b", backlog, "", lease)))
          .isInstanceOf(TuningResult.Done.class);
      assertThat(sent(orders, new TuningCommand.Revert("b", "anna", "enough")))
          .isInstanceOf(TuningResult.Done.class);
      assertThat(reason(sent(orders, new TuningCommand.Apply("c", swap, "", lease))))
          .contains("wants a person's approval");
    }
    assertThat(server.somaxconn()).isEqualTo("128");
  }

  @Test
  void a_journal_that_cannot_be_trusted_refuses_everything_with_the_reason() throws IOException {
    Files.createDirectories(server.settings.data());
    Files.writeString(server.settings.data().resolve("journal"), "no line of a journal\n");
    try (TuningOrders orders = orders()) {
      assertThat(reason(sent(orders, apply("a", FakeServer.SOMAXCONN, "4096"))))
          .contains("line 1 is damaged");
      CommandOrder order = new CommandOrder("0a", 1, new TuningCommand.Standing());
      var standing = TuningAnswer.standing(orders.execute(order, new TuningCommand.Standing()));
      assertThat(standing.problem()).contains("line 1 is damaged");
      assertThat(standing.mode()).isEqualTo(TuningMode.OBSERVE);
    }
    assertThat(server.somaxconn()).isEqualTo("128");
  }
}
