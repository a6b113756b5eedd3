package io.evenkeel.hub.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.tune.TuningExecutor;
import io.evenkeel.agent.tune.TuningOrders;
import io.evenkeel.hub.enrolment.CommandDesk;
import io.evenkeel.model.command.Command;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.CommandResult;
import io.evenkeel.model.command.CommandResult.State;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.tune.TuningRequest;
import io.evenkeel.model.tune.TuningResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Over the texts of the real commands and results.
class EnrolledServerTest extends TunedServerContract {
  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final CommandDesk desk = new CommandDesk(clock);
  private final List<Command> heard = new CopyOnWriteArrayList<>();
  private volatile Optional<String> silence = Optional.empty();
  private volatile Duration period = Duration.ofSeconds(1);

  @Override
  TunedServer server(TuningExecutor executor, TuningOrders orders) {
    desk.attach("h1", order -> carriedOut(orders, order));
    return unattached("h1");
  }

  private EnrolledServer unattached(String hostId) {
    return new EnrolledServer("web1", hostId, desk, () -> silence, () -> period, nanos::get);
  }

  private CommandResult carriedOut(TuningOrders orders, CommandOrder sent) {
    CommandOrder order = CommandOrder.parse(sent.text());
    heard.add(order.command());
    return switch (order.command()) {
      case TuningCommand tuning -> CommandResult.parse(orders.execute(order, tuning).text());
      case Command.CollectEvery collect -> new CommandResult(order.id(), State.DONE, "");
      case Command other -> throw new AssertionError("nobody sent " + other);
    };
  }

  @Test
  void an_agent_that_does_not_report_is_not_waited_for() {
    silence = Optional.of("the agent of web1 was stopped");
    assertThat(server.standing().problem()).isEqualTo("the agent of web1 was stopped");
    assertThat(server.apply("c1", BACKLOG, "anna", LEASE))
        .isEqualTo(new TuningResult.Failed("the agent of web1 was stopped"));
    assertThat(server.look(BACKLOG).result()).isInstanceOf(TuningResult.Failed.class);
    assertThat(server.processesNamed("web")).isEmpty();
    assertThat(heard).isEmpty();
  }

  @Test
  void an_answer_that_does_not_come_is_a_failure_in_time() {
    TunedServer cut = unattached("h2");
    // The clock passes the order's end, as it would while somebody waits.
    Thread waiting =
        Thread.ofVirtual()
            .start(() ->
                assertThat(cut.read("net.core.somaxconn", "").toString())
                    .contains("did not answer within 15 s"));
    await().atMost(Duration.ofSeconds(60)).until(() -> !desk.outstanding("h2").isEmpty());
    millis.addAndGet(16_000);
    await().atMost(Duration.ofSeconds(60)).until(() -> !waiting.isAlive());
    assertThat(desk.outstanding("h2")).isEmpty();
  }

  @Test
  void a_lease_that_no_answer_renewed_has_ended() throws IOException {
    assertThat(server.apply("c1", BACKLOG, "anna", LEASE)).isInstanceOf(TuningResult.Done.class);
    for (int i = 0; i < 10; i++) {
      nanos.addAndGet(5_000_000_000L);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              server.renew("c1", LEASE) instanceof TuningResult.Done
                  && executor.standing().changes().getFirst().leaseLeft().equals(LEASE));
    }
    assertThat(backlog()).isEqualTo("4096");

    EnrolledServer cut = unattached("h2");
    assertThat(cut.renew("c1", LEASE)).isInstanceOf(TuningResult.Done.class);
    nanos.addAndGet(15_000_000_000L);
    assertThat(cut.renew("c1", LEASE)).isInstanceOf(TuningResult.Done.class);
    nanos.addAndGet(6_000_000_000L);
    assertThat(cut.renew("c1", LEASE).toString())
        .contains("has not answered for 21 s")
        .contains("put the old value back by itself");
  }

  @Test
  void a_change_that_ended_on_the_server_is_heard_of_with_the_next_renewal() {
    assertThat(server.apply("c1", BACKLOG, "anna", LEASE)).isInstanceOf(TuningResult.Done.class);
    assertThat(executor.revert("c1", "root", "by hand")).isInstanceOf(TuningResult.Done.class);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            server.renew("c1", LEASE) instanceof TuningResult.Refused(String why)
                && why.contains("no open change"));
  }

  @Test
  void an_agent_that_reports_seldom_is_woken_once_for_a_while() {
    period = Duration.ofSeconds(10);
    assertThat(server.standing().problem()).isEmpty();
    assertThat(server.processesNamed("web")).isNotEmpty();
    assertThat(server.processesNamed("web")).isNotEmpty();
    nanos.addAndGet(31_000_000_000L);
    assertThat(server.processesNamed("web")).isNotEmpty();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> heard.stream().filter(Command.CollectEvery.class::isInstance).count() == 2);
  }

  @Test
  void what_cannot_be_said_is_refused_here() {
    assertThat(reason(server.apply("../c", BACKLOG, "anna", LEASE))).contains("no id of a change");
    assertThat(reason(server.apply("c1", BACKLOG, "anna", Duration.ofHours(2))))
        .contains("1 to 3600");
    assertThat(reason(server.read("a\nb", ""))).contains("control characters");
    assertThat(reason(server.look(new TuningRequest("CPUQuota", "x".repeat(600), "5%")).result()))
        .contains("longer than 512");
    assertThat(heard).isEmpty();
  }
}
