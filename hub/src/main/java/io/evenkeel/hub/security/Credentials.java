package io.evenkeel.hub.security;

import io.evenkeel.model.Text;
import java.util.Optional;
import java.util.regex.Pattern;

/// What names and passwords of accounts must look like.
final class Credentials {
  private static final int SHORTEST_PASSWORD = 12;
  private static final int LONGEST_PASSWORD = 256;
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._@-]{0,63}");

  private Credentials() {}

  /// A refusal when the name cannot be one, else empty.
  static <T> Optional<Outcome<T>> checkName(String name) {
    return NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            Outcome.invalid(
                "name",
                Text.of(
                    "A name has 1 to 64 letters, digits, '.', '_', '@' or '-' and begins with a letter or digit.",
                    "用户名有 1 至 64 个字符，可含字母、数字和 . _ @ -，以字母或数字开头。")));
  }

  /// A refusal when the password is no good for this name, else empty.
  static <T> Optional<Outcome<T>> checkPassword(String field, String password, String name) {
    int length = password.codePointCount(0, password.length());
    if (length < SHORTEST_PASSWORD) {
      return Optional.of(
          Outcome.invalid(
              field,
              Text.of(
                  "The password is too short: it needs at least "
                      + SHORTEST_PASSWORD
                      + " characters.",
                  "密码过短：至少 " + SHORTEST_PASSWORD + " 个字符。")));
    }
    if (length > LONGEST_PASSWORD) {
      return Optional.of(
          Outcome.invalid(
              field,
              Text.of(
                  "The password is too long: it may have at most "
                      + LONGEST_PASSWORD
                      + " characters.",
                  "密码过长：最多 " + LONGEST_PASSWORD + " 个字符。")));
    }
    if (password.strip().equalsIgnoreCase(name) || password.codePoints().distinct().count() < 4) {
      return Optional.of(
          Outcome.invalid(
              field,
              Text.of(
                  "The password is too easy to guess: use several different characters, not the name.",
                  "密码过于简单：请使用多种不同的字符，且不要与用户名相同。")));
    }
    return Optional.empty();
  }
}
