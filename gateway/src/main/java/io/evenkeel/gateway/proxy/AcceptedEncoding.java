package io.evenkeel.gateway.proxy;

import java.util.Locale;

/// The `Accept-Encoding` of a request (RFC 9110, section 12.5.3).
final class AcceptedEncoding {
  private AcceptedEncoding() {}

  /// How much a client likes a coding, 0 to 1; 0 when it does not take it. What is written wrongly
  /// counts as not taken.
  static double weight(String field, String coding) {
    for (String part : field.split(",", -1)) {
      int semicolon = part.indexOf(';');
      String name = (semicolon < 0 ? part : part.substring(0, semicolon)).strip();
      if (name.equalsIgnoreCase(coding)) {
        String q =
            semicolon < 0 ? "q=1" : part.substring(semicolon + 1).strip().toLowerCase(Locale.ROOT);
        return q.matches("q=[01](\\.\\d{0,3})?")
            ? Math.min(1, Double.parseDouble(q.substring(2)))
            : 0;
      }
    }
    return 0;
  }
}
