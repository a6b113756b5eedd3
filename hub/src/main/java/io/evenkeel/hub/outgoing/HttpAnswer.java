package io.evenkeel.hub.outgoing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a web service answered.
///
/// @param headers by their names in lower case
/// @param body at most the first 64 KiB
public record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
  /// The body as text.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /// How long the service asks to wait, when it says so in seconds.
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(headers.get("retry-after"))
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,6}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  static String headerKey(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
