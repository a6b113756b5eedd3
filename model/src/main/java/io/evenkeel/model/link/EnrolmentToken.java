package io.evenkeel.model.link;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What lets an agent enrol: an id, a secret, and the SHA-256 of the certificate of the hub's
/// authority, so that the agent knows the right hub before it tells the secret. All three in
/// lower-case hexadecimal.
///
/// @param id by which the hub finds it
/// @param secret 128 random bits
/// @param authority the fingerprint of the hub's certificate authority
public record EnrolmentToken(String id, String secret, String authority) {
  /// What every such token begins with.
  public static final String PREFIX = "eka_";

  private static final Pattern FORM =
      Pattern.compile("eka_([0-9a-f]{12})_([0-9a-f]{32})_([0-9a-f]{64})");

  /// Reads a token; empty when the text is none.
  public static Optional<EnrolmentToken> parse(String text) {
    Matcher parts = FORM.matcher(text);
    return parts.matches()
        ? Optional.of(new EnrolmentToken(parts.group(1), parts.group(2), parts.group(3)))
        : Optional.empty();
  }

  /// The token as a person pastes it.
  public String text() {
    return PREFIX + id + '_' + secret + '_' + authority;
  }

  /// Hides the secret from logs.
  @Override
  public String toString() {
    return "EnrolmentToken[" + id + "]";
  }
}
