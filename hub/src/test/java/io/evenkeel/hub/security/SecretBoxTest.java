package io.evenkeel.hub.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretBoxTest {
  @TempDir Path folder;

  @Test
  void a_secret_opens_with_the_same_key_file_for_the_same_owner_only() throws Exception {
    Path key = folder.resolve("secret-key");
    SecretBox box = SecretBox.open(key);
    String sealed = box.seal("channel:1", "päss");
    assertThat(new String(Base64.getDecoder().decode(sealed), StandardCharsets.UTF_8))
        .as("the sealed bytes")
        .doesNotContain("päss");
    assertThat(sealed).isNotEqualTo(box.seal("channel:1", "päss"));
    assertThat(SecretBox.open(key).open("channel:1", sealed)).isEqualTo("päss");
    assertThatThrownBy(() -> box.open("channel:2", sealed))
        .isInstanceOf(IllegalStateException.class);
    SecretBox other = SecretBox.open(folder.resolve("other"));
    assertThatThrownBy(() -> other.open("channel:1", sealed))
        .hasMessageContaining("do not open with the key file");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
  }

  @Test
  void a_file_that_is_no_key_says_so() throws Exception {
    Path key = Files.writeString(folder.resolve("secret-key"), "short");
    assertThatThrownBy(() -> SecretBox.open(key))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("put back a backup");
  }
}
