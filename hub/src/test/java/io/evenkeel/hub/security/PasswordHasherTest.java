package io.evenkeel.hub.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordHasherTest {
  private final PasswordHasher hasher = new PasswordHasher();

  @AfterEach
  void close() {
    hasher.close();
  }

  @Test
  void a_password_matches_its_own_hash_only() {
    String hash = hasher.hash("correct horse battery");
    assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(hasher.matches("correct horse battery", hash)).isTrue();
    assertThat(hasher.matches("correct horse batterz", hash)).isFalse();
    assertThat(hasher.hash("correct horse battery")).as("a salt of its own").isNotEqualTo(hash);
  }

  @Test
  void a_letter_is_the_same_however_it_was_composed() {
    String hash = hasher.hash("caf\u00e9 au lait, s'il vous plait");
    assertThat(hasher.matches("cafe\u0301 au lait, s'il vous plait", hash)).isTrue();
  }

  /// Computed by the reference implementation: `argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 <<<
  /// password`.
  @Test
  void the_reference_implementations_hash_is_accepted() {
    assertThat(
            hasher.matches(
                "password",
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"))
        .isTrue();
  }

  @Test
  void a_stored_text_of_another_form_is_a_fault() {
    assertThatThrownBy(() -> hasher.matches("x", "plain"))
        .isInstanceOf(IllegalStateException.class);
  }
}
