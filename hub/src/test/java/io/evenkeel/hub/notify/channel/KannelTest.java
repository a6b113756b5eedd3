package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.hub.notify.channel.Notice.Kind;
import io.evenkeel.hub.outgoing.OutgoingHttp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SMS by Debian's Kannel, whose fake message centre writes down what it was sent.
class KannelTest {
  private static final String CONFIG =
      """
      group = core
      admin-port = ADMIN
      admin-interface = 127.0.0.1
      admin-password = bar
      smsbox-port = BOX
      smsbox-interface = 127.0.0.1
      log-file = "FOLDER/bearerbox.log"
      box-allow-ip = 127.0.0.1

      group = smsc
      smsc = fake
      smsc-id = FAKE
      port = SMSC
      connect-allow-ip = 127.0.0.1

      group = smsbox
      bearerbox-host = 127.0.0.1
      sendsms-port = SEND
      sendsms-interface = 127.0.0.1
      log-file = "FOLDER/smsbox.log"

      group = sendsms-user
      username = ops
      password = pw
      max-messages = 10
      concatenation = true

      group = sms-service
      keyword = default
      text = "none"
      """;

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private void start(String log, String... command) throws IOException {
    processes.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(log).toFile())
            .start());
  }

  private static void awaitPort(int port) {
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> {
          try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
            return true;
          }
        });
  }

  @AfterEach
  void stop() {
    processes.reversed().forEach(Process::destroyForcibly);
  }

  @Test
  void kannel_takes_a_chinese_text_and_hands_it_to_its_message_centre() throws Exception {
    assumeThat(Path.of("/usr/sbin/bearerbox")).as("Debian's kannel").isRegularFile();
    Path fake = Path.of("/usr/lib/kannel/test/fakesmsc");
    assumeThat(fake).as("Debian's kannel-extras").isRegularFile();
    int admin = freePort();
    int box = freePort();
    int smsc = freePort();
    int send = freePort();
    Path config =
        Files.writeString(
            folder.resolve("kannel.conf"),
            CONFIG
                .replace("ADMIN", Integer.toString(admin))
                .replace("BOX", Integer.toString(box))
                .replace("SMSC", Integer.toString(smsc))
                .replace("SEND", Integer.toString(send))
                .replace("FOLDER", folder.toString()));
    start("bearerbox.out", "/usr/sbin/bearerbox", config.toString());
    awaitPort(box);
    start("smsbox.out", "/usr/sbin/smsbox", config.toString());
    awaitPort(send);
    start(
        "fakesmsc.out",
        fake.toString(),
        "-H",
        "127.0.0.1",
        "-r",
        Integer.toString(smsc),
        "-i",
        "1",
        "-m",
        "0",
        "100 200 text nothing");
    Map<String, String> form =
        Map.of(
            "address",
            "http://127.0.0.1:"
                + send
                + "/cgi-bin/sendsms?username={user}&password={password}&from=100&to={to}"
                + "&text={text}&coding={coding}&charset=UTF-8",
            "user",
            "ops",
            "password",
            "pw");
    Letter letter =
        Letters.letter(Letters.notice(Kind.FIRED, "i", 1), "+8613800000000", Language.ZH);
    try (OutgoingHttp http = new OutgoingHttp(StrictService.loopback())) {
      Delivery delivery = channel(form).send(letter, wires(http));
      assertThat(delivery).isInstanceOf(Delivery.Accepted.class);
      assertThat(delivery.answer()).startsWith("HTTP 202");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() ->
              assertThat(Files.readString(folder.resolve("fakesmsc.out")))
                  .contains("8613800000000"));
      Map<String, String> wrong = new java.util.HashMap<>(form);
      wrong.put("password", "no");
      assertThat(channel(wrong).send(letter, wires(http))).isInstanceOf(Delivery.Refused.class);
    }
  }

  private static Channel channel(Map<String, String> form) {
    return switch (HttpSms.KIND.read(form)) {
      case ChannelKind.Read.Ready(ChannelKind.Opened opened) -> opened.channel();
      case ChannelKind.Read.Wrong wrong -> throw new AssertionError(wrong.problems());
    };
  }

  private static Wires wires(OutgoingHttp http) {
    return StrictService.wires(http, InstantSource.system());
  }
}
