package io.evenkeel.hub.wiring;

import java.util.List;
import java.util.Map;

/// Probes as the API takes them.
final class ProbeBodies {
  private ProbeBodies() {}

  /// A probe of a page that any good status satisfies.
  static Map<String, Object> http(String url) {
    return Map.of(
        "url",
        url,
        "method",
        "GET",
        "status",
        List.of(),
        "bodyMatches",
        "",
        "bodyLacks",
        "",
        "followRedirects",
        true,
        "authorities",
        "");
  }
}
