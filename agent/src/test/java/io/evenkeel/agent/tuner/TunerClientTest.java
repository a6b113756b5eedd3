package io.evenkeel.agent.tuner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.agent.tune.ExecutorOrders;
import io.evenkeel.agent.tune.FakeServer;
import io.evenkeel.agent.tune.TuningOrders;
import io.evenkeel.agent.tune.TuningOrdersContract;
import io.evenkeel.model.command.CommandOrder;
import io.evenkeel.model.command.TuningAnswer;
import io.evenkeel.model.command.TuningCommand;
import io.evenkeel.model.tune.TuningMode;
import io.evenkeel.model.tune.TuningResult;
import io.evenkeel.model.tune.TuningStanding;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The agent's way to the tuner over a real socket, which a thread of this process listens at: when
/// the tuner has ended for want of work, it starts anew at the next connection, as systemd does.
class TunerClientTest extends TuningOrdersContract {
  private static final Duration LINGER = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicInteger starts = new AtomicInteger();
  private Duration patience = PATIENCE;
  private Path socket;
  private ServerSocketChannel listening;
  private @Nullable Thread tuner;

  @BeforeEach
  void listen() throws IOException {
    socket = folder.resolve("socket");
    listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void end() throws Exception {
    listening.close();
    Thread running = tuner;
    if (running != null) {
      running.join();
    }
  }

  @Override
  protected TuningOrders orders() throws IOException {
    start(Files.getOwner(folder));
    return new TunerClient(socket, server.settings.policy(), server.nanos::get);
  }

  private void start(UserPrincipal agent) {
    tuner =
        Thread.ofPlatform()
            .start(() -> {
              while (listening.isOpen()) {
                serveOnce(agent);
              }
            });
  }

  private void serveOnce(UserPrincipal agent) {
    starts.incrementAndGet();
    try (ExecutorOrders executor =
        ExecutorOrders.start(server.settings, InstantSource.system(), server.nanos::get)) {
      new TunerSocket(executor, agent, patience, System::nanoTime).serve(listening, LINGER);
    } catch (IOException e) {
      assertThat(listening.isOpen()).as("%s", e).isFalse();
    }
  }

  private static TuningStanding standing(TuningOrders orders, String id) {
    TuningCommand.Standing asked = new TuningCommand.Standing();
    return TuningAnswer.standing(orders.execute(new CommandOrder(id, 1, asked), asked));
  }

  private String said(String line) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      SocketLine.write(channel, line);
      return SocketLine.read(channel, 1 << 16, PATIENCE);
    }
  }

  @Test
  void an_open_change_keeps_the_tuner_and_no_change_ends_it() throws Exception {
    TuningOrders orders = orders();
    assertThat(sent(orders, apply("c1", FakeServer.SOMAXCONN, "4096")))
        .isEqualTo(new TuningResult.Done("128", "4096"));
    int now = starts.get();
    await().during(LINGER.multipliedBy(4)).atMost(PATIENCE).until(() -> starts.get() == now);
    assertThat(server.somaxconn()).isEqualTo("4096");
    assertThat(sent(orders, new TuningCommand.Revert("c1", "anna", "enough")))
        .isInstanceOf(TuningResult.Done.class);
    await().atMost(PATIENCE).until(() -> starts.get() > now);
    assertThat(server.somaxconn()).isEqualTo("128");
  }

  @Test
  void asks_how_the_server_stands_only_when_that_can_have_changed() throws IOException {
    TuningOrders orders = orders();
    assertThat(standing(orders, "s1").mode()).isEqualTo(TuningMode.APPROVE);
    // The tuner would refuse an order that came before: this one did not reach it.
    assertThat(standing(orders, "s1").mode()).isEqualTo(TuningMode.APPROVE);

    server.policy("mode = auto", "allow = net.core.*");
    assertThat(standing(orders, "s2").mode()).isEqualTo(TuningMode.AUTO);

    sent(orders, apply("c1", FakeServer.SOMAXCONN, "4096"));
    assertThat(standing(orders, "s3").changes()).hasSize(1);
    sent(orders, new TuningCommand.Keep("c1", "anna"));
    assertThat(standing(orders, "s4").changes().getFirst().drifted()).isFalse();
    server.put("proc/sys/net/core/somaxconn", "512");
    assertThat(standing(orders, "s5").changes().getFirst().drifted()).isFalse();
    server.nanos.addAndGet(Duration.ofMinutes(11).toNanos());
    assertThat(standing(orders, "s6").changes().getFirst().drifted()).isTrue();
  }

  @Test
  void another_user_is_refused_whatever_it_says() throws IOException {
    start(FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    CommandOrder order = new CommandOrder("0a", 1, apply("c1", FakeServer.SOMAXCONN, "4096"));
    assertThat(said(new TunerMessage.Order(order).text()))
        .isEqualTo("- refused this socket takes orders of nobody alone");
    assertThat(server.somaxconn()).isEqualTo("128");
    assertThat(server.auditText()).contains("a connection of ", "takes orders of nobody alone");
  }

  @Test
  void what_was_altered_or_comes_again_is_refused_and_written_down() throws IOException {
    TuningOrders orders = orders();
    CommandOrder order = new CommandOrder("0z", 1, apply("c1", FakeServer.SOMAXCONN, "4096"));
    String line = new TunerMessage.Order(order).text();
    assertThat(said(line.replace("tune-apply", "tune-anything"))).contains("refused");
    assertThat(said(line.replace("somaxconn - 4096", "somaxconn - 99999")))
        .contains("out of bounds");
    assertThat(said("order\t0y 1 profile 1 cpu 10")).contains("refused");
    assertThat(said("\u0000\u0001" + "x".repeat(1000))).contains("refused");
    assertThat(server.somaxconn()).isEqualTo("128");

    CommandOrder good = new CommandOrder("0x", 1, order.command());
    assertThat(said(new TunerMessage.Order(good).text())).contains("0x done");
    assertThat(said(new TunerMessage.Order(good).text())).contains("0x refused");
    orders.execute(new CommandOrder("0w", 1, order.command()), (TuningCommand) order.command());
    assertThat(server.auditText())
        .contains("there is no command 'tune-anything'")
        .contains("out of bounds")
        .contains("the order 0x came before")
        .contains("the change c1 was asked for before");
    sent(orders, new TuningCommand.Revert("c1", "anna", ""));
    assertThat(server.somaxconn()).isEqualTo("128");
  }

  @Test
  void one_that_says_nothing_keeps_nobody_out() throws IOException {
    patience = Duration.ofSeconds(2);
    TuningOrders orders = orders();
    try (SocketChannel silent = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.connect(UnixDomainSocketAddress.of(socket));
      assertThat(standing(orders, "s1").problem()).isEmpty();
    }
  }

  @Test
  void a_tuner_that_is_not_there_is_told_with_what_to_look_at() {
    TunerClient client = new TunerClient(folder.resolve("none"), () -> 0);
    assertThat(client.problem()).contains("evenkeel-tuner");
    assertThat(standing(client, "s1").problem()).contains("there is no socket");
    TuningCommand.Read read = new TuningCommand.Read(FakeServer.SOMAXCONN, "");
    assertThat(TuningAnswer.result(client.execute(new CommandOrder("r1", 1, read), read)))
        .isInstanceOf(TuningResult.Failed.class);
    client.notCarriedOut("0b 1 tune-apply", "too late");
  }
}
