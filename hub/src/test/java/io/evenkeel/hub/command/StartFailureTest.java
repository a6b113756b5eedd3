package io.evenkeel.hub.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong at a start, in a process of its own: one line that says what to do, an exit code
/// that is not 0, and nothing damaged.
class StartFailureTest {
  @TempDir Path folder;

  @Test
  void a_taken_port_is_named_with_a_free_way_out() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(failure("--data", data(), "--listen", "127.0.0.1:" + port))
          .isEqualTo(
              "evenkeel: port %d is taken by another program: stop it, or choose another with --listen 127.0.0.1:%d"
                  .formatted(port, port + 1));
    }
  }

  @Test
  void an_address_of_another_machine_is_refused() throws Exception {
    Path pem = Files.writeString(folder.resolve("x.pem"), "x");
    assertThat(failure("--data", data(), "--config", config("192.0.2.1:9595", pem)))
        .startsWith("evenkeel: cannot listen on 192.0.2.1:9595")
        .contains("choose an address of this machine");
  }

  @Test
  void a_key_in_another_form_is_refused_with_the_command_that_converts_it() throws Exception {
    Path pem = Files.writeString(folder.resolve("x.pem"), "-----BEGIN EC PRIVATE KEY-----");
    assertThat(failure("--data", data(), "--config", config("127.0.0.1:0", pem)))
        .contains("x.pem is not an unencrypted PKCS#8 key")
        .contains("openssl pkcs8 -topk8 -nocrypt");
  }

  private String config(String listen, Path pem) throws IOException {
    return Files.writeString(
            folder.resolve("evenkeel.yaml"),
            "listen: %1$s\ntls:\n  certificate: %2$s\n  key: %2$s\n".formatted(listen, pem))
        .toString();
  }

  @Test
  void a_data_directory_in_use_names_the_other_process_and_stays_as_it_is() throws Exception {
    try (ChildProcess first =
        ChildProcess.start(folder, "--data", data(), "--listen", "127.0.0.1:0")) {
      String url = first.url();
      assertThat(failure("--data", data(), "--listen", "127.0.0.1:0"))
          .contains("is in use by another hub (process " + first.pid() + ")")
          .contains("--data");
      assertThat(status(url + "/-/ready")).as("the first goes on").isEqualTo(200);
    }
  }

  @Test
  void a_killed_hub_leaves_no_lock_behind() throws Exception {
    try (ChildProcess first =
        ChildProcess.start(folder, "--data", data(), "--listen", "127.0.0.1:0")) {
      first.url();
      first.kill();
      first.exitCode();
    }
    try (ChildProcess second =
        ChildProcess.start(folder, "--data", data(), "--listen", "127.0.0.1:0")) {
      assertThat(status(second.url() + "/-/ready")).isEqualTo(200);
    }
  }

  @Test
  void a_file_in_place_of_the_data_directory_is_named() throws Exception {
    Path file = Files.writeString(folder.resolve("taken"), "precious");
    assertThat(failure("--data", file.toString()))
        .contains(file + " is a file, not a folder")
        .contains("--data");
    assertThat(Files.readString(file)).isEqualTo("precious");
  }

  @Test
  void a_directory_that_cannot_be_written_is_named() throws Exception {
    // Even root cannot make a folder there.
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc");
    assertThat(failure("--data", "/proc/evenkeel/data"))
        .contains("cannot write to /proc/evenkeel/data")
        .contains("--data");
  }

  @Test
  void a_full_disk_is_named() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small.toString()) == 0,
        "needs the right to mount a small file system");
    try {
      assertThat(failure("--data", small.resolve("data").toString()))
          .contains("no space left on the disk of " + small)
          .contains("free some");
    } finally {
      run("umount", small.toString());
    }
  }

  @Test
  void a_broken_settings_file_is_named_with_its_line() throws Exception {
    Path config = Files.writeString(folder.resolve("evenkeel.yaml"), "data: x\nlisten: [1\n");
    assertThat(failure("--config", config.toString()))
        .startsWith("evenkeel: " + config + ":")
        .contains("not valid YAML");
  }

  @Test
  void damaged_settings_are_named_and_left_alone() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    byte[] noise =
        "this is no database, but something of yours".repeat(200).getBytes(StandardCharsets.UTF_8);
    Files.write(data.resolve("settings.db"), noise);
    assertThat(failure("--data", data.toString()))
        .contains("settings.db is damaged")
        .contains("backup");
    assertThat(Files.readAllBytes(data.resolve("settings.db"))).isEqualTo(noise);
  }

  @Test
  void a_signal_stops_it_cleanly_and_keeps_the_log_in_json() throws Exception {
    try (ChildProcess hub =
        ChildProcess.start(folder, "--data", data(), "--listen", "127.0.0.1:0")) {
      assertThat(status(hub.url() + "/-/healthy")).isEqualTo(200);
      assertThat(hub.out()).contains("/setup#token=").contains("ssh -L").contains("Ready in");
      hub.terminate();
      assertThat(hub.exitCode()).isEqualTo(143);
      assertThat(hub.out()).endsWith("Evenkeel has stopped.\n");
      assertThat(hub.err()).isEmpty();
      assertThat(Files.readAllLines(Path.of(data(), "logs", "evenkeel.log")))
          .allMatch(line -> line.startsWith("{\"time\":\"") && line.endsWith("}"))
          .anyMatch(line -> line.contains("Evenkeel stops"));
    }
  }

  /// Runs the hub, which must fail, and answers its one line.
  private String failure(String... arguments) throws Exception {
    try (ChildProcess hub = ChildProcess.start(folder, arguments)) {
      assertThat(hub.exitCode()).isEqualTo(1);
      assertThat(hub.out()).isEmpty();
      assertThat(hub.err().lines()).as(hub.err()).hasSize(1);
      return hub.err().strip();
    }
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private static int status(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(url)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
