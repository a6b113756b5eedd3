package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.model.tune.Bounds;
import io.evenkeel.model.tune.TuningMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TuningPolicyTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("policy"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  private int owner() throws IOException {
    return (Integer) Files.getAttribute(folder, "unix:uid");
  }

  @Test
  void without_a_file_nothing_may_be_changed() throws IOException {
    TuningPolicy policy = TuningPolicy.read(folder.resolve("none"), owner());
    assertThat(policy.mode()).isEqualTo(TuningMode.OBSERVE);
    assertThat(policy.reason()).contains("there is no policy file");
  }

  @Test
  void reads_mode_and_what_is_allowed() throws IOException {
    TuningPolicy policy =
        TuningPolicy.read(
            file(
                "# ours\nmode = auto\n\nallow = net.core.*  # queues\nallow = CPUQuota web.service\n"),
            owner());
    assertThat(policy.mode()).isEqualTo(TuningMode.AUTO);
    assertThat(policy.allowed())
        .containsExactly(
            new TuningPolicy.Allowed("net.core.*", "*"),
            new TuningPolicy.Allowed("CPUQuota", "web.service"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-", "rwxrwxrwx"})
  void a_file_that_others_can_write_counts_for_nothing(String permissions) throws IOException {
    Path file = file("mode = auto\nallow = *\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    TuningPolicy policy = TuningPolicy.read(file, owner());
    assertThat(policy.mode()).isEqualTo(TuningMode.OBSERVE);
    assertThat(policy.reason()).contains("can be written by others: chmod go-w");
  }

  @Test
  void a_file_of_somebody_else_counts_for_nothing() throws IOException {
    TuningPolicy policy = TuningPolicy.read(file("mode = auto\nallow = *\n"), owner() + 1);
    assertThat(policy.mode()).isEqualTo(TuningMode.OBSERVE);
    assertThat(policy.reason()).contains("does not belong to");
  }

  @Test
  void a_link_counts_for_nothing() throws IOException {
    Path link = folder.resolve("link");
    try {
      Files.createSymbolicLink(link, file("mode = auto\nallow = *\n"));
    } catch (UnsupportedOperationException e) {
      assumeTrue(false, "this file system has no links");
    }
    assertThat(TuningPolicy.read(link, owner()).mode()).isEqualTo(TuningMode.OBSERVE);
  }

  private static final String SERVICE =
      "service = edge nginx\nfile = /etc/nginx/nginx.conf\nwithin = /etc/nginx\n"
          + "reload = /usr/sbin/nginx -s reload\n";

  @Test
  void reads_services_with_their_directives_and_commands() {
    TuningPolicy policy =
        TuningPolicy.parse(
            "policy",
            "mode = approve\n"
                + SERVICE
                + "directive = worker_connections 512 4096\ncheck = /usr/sbin/nginx -t\n"
                + "service = postgresql\nfile = /etc/pg.conf\nwithin = /etc\n"
                + "reload = /usr/bin/pg_ctlcluster 15 main reload\ndirective = work_mem 1MB 64MB\n",
            0);
    assertThat(policy.reason()).isEmpty();
    assertThat(policy.services()).hasSize(2);
    assertThat(policy.services().getFirst().check()).containsExactly("/usr/sbin/nginx", "-t");
    assertThat(policy.services().getFirst().directives())
        .containsEntry("worker_connections", new Bounds.Whole(512, 4096, 1));
    assertThat(policy.services().getLast().directives())
        .containsEntry("work_mem", new Bounds.Size(1024, 65_536));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "directive = worker_connections 1 2",
        "service = edge apache",
        SERVICE + "service = edge nginx",
        SERVICE + "directive = worker_connections 32 4096",
        SERVICE + "directive = worker_connections 4096 512",
        SERVICE + "directive = worker_connections 512",
        SERVICE + "directive = load_module 1 2",
        SERVICE + "reload = nginx -s reload",
        SERVICE + "file = /etc/../etc/nginx.conf",
        SERVICE + "deadline = 60",
        "service = edge nginx\nfile = /etc/nginx/nginx.conf\nwithin = /etc/nginx",
      })
  void a_service_that_is_not_in_order_makes_the_whole_file_strict(String lines) {
    TuningPolicy policy = TuningPolicy.parse("policy", "mode = auto\nallow = *\n" + lines, 0);
    assertThat(policy.mode()).isEqualTo(TuningMode.OBSERVE);
    assertThat(policy.reason()).startsWith("policy");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mode = everything", "mode auto", "allow = a b c", "allow =", "modus = auto"})
  void a_line_that_says_nothing_makes_the_whole_file_strict(String line) {
    TuningPolicy policy = TuningPolicy.parse("policy", "mode = auto\nallow = *\n" + line, 0);
    assertThat(policy.mode()).isEqualTo(TuningMode.OBSERVE);
    assertThat(policy.reason()).contains("policy, line 3");
  }
}
