package io.evenkeel.gateway.proxy;

import java.util.Locale;

/// The value of a Host field.
final class HostName {
  private HostName() {}

  /// Whether it is a host with an optional port, and nothing else: no user, path, space or list.
  static boolean isValid(String host) {
    int length = host.length();
    if (length == 0 || length > 261) {
      return false;
    }
    int i = 0;
    if (host.charAt(0) == '[') {
      i = host.indexOf(']') + 1;
      if (i < 4) {
        return false;
      }
      for (int c = 1; c < i - 1; c++) {
        if (Character.digit(host.charAt(c), 16) < 0 && ":.".indexOf(host.charAt(c)) < 0) {
          return false;
        }
      }
    } else {
      while (i < length && isNameCharacter(host.charAt(i))) {
        i++;
      }
      if (i == 0) {
        return false;
      }
    }
    if (i == length) {
      return true;
    }
    if (host.charAt(i) != ':' || length - i > 6) {
      return false;
    }
    for (int c = i + 1; c < length; c++) {
      if (host.charAt(c) < '0' || host.charAt(c) > '9') {
        return false;
      }
    }
    return true;
  }

  private static boolean isNameCharacter(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == '_';
  }

  /// The name without port and final dot, in lower case.
  static String bare(String host) {
    int end = host.length();
    int colon = host.lastIndexOf(':');
    if (colon > host.lastIndexOf(']')) {
      end = colon;
    }
    if (end > 1 && host.charAt(end - 1) == '.') {
      end--;
    }
    String name = end == host.length() ? host : host.substring(0, end);
    return name.toLowerCase(Locale.ROOT);
  }
}
