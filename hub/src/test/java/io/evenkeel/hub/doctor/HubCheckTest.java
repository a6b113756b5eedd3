package io.evenkeel.hub.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.hub.config.ConfigReader;
import io.evenkeel.hub.db.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubCheckTest {
  @TempDir Path data;

  private List<Remark> remarks(Map<String, String> more) throws Exception {
    Map<String, String> settings = new HashMap<>(more);
    settings.putIfAbsent("data", data.toString());
    settings.putIfAbsent("listen", "127.0.0.1:0");
    return new HubCheck(ConfigReader.read(null, settings), Clock.systemUTC()).remarks();
  }

  private static Remark about(List<Remark> remarks, String what) {
    return remarks.stream().filter(r -> r.about().equals(what)).findFirst().orElseThrow();
  }

  @Test
  void before_the_first_start_there_is_nothing_to_complain_of() throws Exception {
    Path none = data.resolve("none");
    assertThat(remarks(Map.of("data", none.toString())))
        .extracting(Remark::about, Remark::level)
        .containsExactly(tuple("data", Remark.Level.NOTE), tuple("address", Remark.Level.GOOD));
    assertThat(none).doesNotExist();
  }

  @Test
  void a_damaged_settings_database_is_a_problem_and_stays_as_it_is() throws Exception {
    Path file = data.resolve("settings.db");
    Database.open(file).close();
    assertThat(about(remarks(Map.of()), "settings").level()).isEqualTo(Remark.Level.GOOD);

    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 4096, bytes.length, (byte) 0x55);
    Files.write(file, bytes);
    Remark remark = about(remarks(Map.of()), "settings");
    assertThat(remark.level()).isEqualTo(Remark.Level.PROBLEM);
    assertThat(remark.text()).contains("settings.db");
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void a_file_where_the_folder_should_be_is_a_problem() throws Exception {
    Path file = Files.writeString(data.resolve("file"), "");
    assertThat(about(remarks(Map.of("data", file.toString())), "data"))
        .satisfies(remark -> {
          assertThat(remark.level()).isEqualTo(Remark.Level.PROBLEM);
          assertThat(remark.text()).contains("--data");
        });
  }

  @Test
  void a_port_is_free_or_a_hubs_or_anothers() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/-/ready",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    String hub = "127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThat(about(remarks(Map.of("listen", hub)), "address"))
          .isEqualTo(Remark.good("address", "a hub is ready on " + hub));
    } finally {
      server.stop(0);
    }
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread closing =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    silent.accept().close();
                  }
                } catch (IOException e) {
                  // Closed: the test is over.
                }
              });
      Remark remark =
          about(remarks(Map.of("listen", "127.0.0.1:" + silent.getLocalPort())), "address");
      assertThat(remark.level()).isEqualTo(Remark.Level.PROBLEM);
      assertThat(remark.text()).contains("another program has the port");
      silent.close();
      closing.join();
    }
  }

  @Test
  void a_certificate_that_is_none_is_a_problem() throws Exception {
    Path certificate = Files.writeString(data.resolve("hub.crt"), "x");
    Path key = Files.writeString(data.resolve("hub.key"), "x");
    Remark remark =
        about(
            remarks(Map.of("tls.certificate", certificate.toString(), "tls.key", key.toString())),
            "certificate");
    assertThat(remark.level()).isEqualTo(Remark.Level.PROBLEM);
    assertThat(remark.text()).contains("hub.crt");
  }
}
