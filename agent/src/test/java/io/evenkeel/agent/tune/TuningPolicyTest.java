package io.evenkeel.agent.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

  @ParameterizedTest
  @ValueSource(
      strings = {"mode = everything", "mode auto", "allow = a b c", "allow =", "modus = auto"})
  void a_line_that_says_nothing_makes_the_whole_file_strict(String line) {
    TuningPolicy policy = TuningPolicy.parse("policy", "mode = auto\nallow = *\n" + line);
    assertThat(policy.mode()).isEqualTo(TuningMode.OBSERVE);
    assertThat(policy.reason()).contains("policy, line 3");
  }
}
