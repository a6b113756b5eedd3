package io.evenkeel.hub.security;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A person who may log in.
///
/// @param passwordHash Argon2id in PHC form
/// @param lastLoginAt null before the first login
public record Account(
    String name, Role role, String passwordHash, Instant createdAt, @Nullable Instant lastLoginAt) {

  /// The form in which names are compared: two accounts never differ only in case.
  public static String key(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  /// This account's [#key(String)].
  public String key() {
    return key(name);
  }
}
