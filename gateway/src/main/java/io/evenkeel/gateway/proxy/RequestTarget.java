package io.evenkeel.gateway.proxy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The target of a request in one normal form, which both chooses the route and goes to the
/// backend: letters, digits and `-._~` unescaped, hexadecimal digits in upper case, slashes merged.
/// What could mean two things is refused: `.` and `..` segments, escaped slashes, backslashes and
/// NUL, control characters, fragments.
///
/// @param path the normalised path
/// @param target the normalised path with the query as it came
/// @param authority what an absolute target named; nothing for `/path`
record RequestTarget(String path, String target, @Nullable String authority) {
  /// A target that is refused.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private Refused(String why) {
      super(why, null, false, false);
    }
  }

  /// Reads the target of a request line.
  static RequestTarget of(String raw) throws Refused {
    String authority = null;
    String rest = raw;
    if (raw.isEmpty()) {
      throw new Refused("the target is empty");
    }
    if (raw.charAt(0) != '/') {
      if (raw.equals("*")) {
        return new RequestTarget("*", "*", null);
      }
      int scheme = raw.indexOf("://");
      String name = scheme < 0 ? "" : raw.substring(0, scheme).toLowerCase(Locale.ROOT);
      if (!name.equals("http") && !name.equals("https")) {
        throw new Refused("the target is no path");
      }
      int slash = firstOf(raw, scheme + 3);
      authority = raw.substring(scheme + 3, slash);
      rest = slash < raw.length() ? raw.substring(slash) : "/";
      if (rest.charAt(0) == '?') {
        rest = "/" + rest;
      }
    }
    int question = rest.indexOf('?');
    String path = question < 0 ? rest : rest.substring(0, question);
    checkQuery(rest, Math.max(0, question));
    String normal = isPlain(path) ? path : normalise(path);
    String target;
    if (question < 0) {
      target = normal;
    } else {
      target = normal.equals(path) ? rest : normal + rest.substring(question);
    }
    return new RequestTarget(normal, target, authority);
  }

  private static int firstOf(String raw, int from) {
    for (int i = from; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '/' || c == '?' || c == '#') {
        return i;
      }
    }
    return raw.length();
  }

  private static void checkQuery(String text, int from) throws Refused {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= 0x20 || c >= 0x7F) {
        throw new Refused("the target has characters that must be escaped");
      }
      if (c == '#') {
        throw new Refused("the target has a fragment");
      }
    }
  }

  /// Whether nothing needs a closer look: most paths.
  private static boolean isPlain(String path) {
    char before = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean afterSlash = before == '/';
      if (c == '%' || c == '\\' || afterSlash && (c == '/' || c == '.') || c <= 0x20 || c >= 0x7F) {
        return false;
      }
      before = c;
    }
    return true;
  }

  private static String normalise(String path) throws Refused {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%') {
        int value = i + 2 < path.length() ? hex(path.charAt(i + 1), path.charAt(i + 2)) : -1;
        if (value < 0) {
          throw new Refused("the path has a '%' without two hexadecimal digits");
        }
        if (value < 0x20 || value == 0x7F || value == '/' || value == '\\') {
          throw new Refused("the path has an escaped slash, backslash or control character");
        }
        if (isUnreserved(value)) {
          out.append((char) value);
        } else {
          out.append('%')
              .append(Character.toUpperCase(path.charAt(i + 1)))
              .append(Character.toUpperCase(path.charAt(i + 2)));
        }
        i += 2;
      } else if (c == '\\' || c <= 0x20 || c >= 0x7F) {
        throw new Refused("the path has characters that must be escaped");
      } else if (c != '/' || out.length() == 0 || out.charAt(out.length() - 1) != '/') {
        out.append(c);
      }
    }
    String normal = out.toString();
    for (int from = 0; from < normal.length(); ) {
      int slash = normal.indexOf('/', from + 1);
      int end = slash < 0 ? normal.length() : slash;
      String segment = normal.substring(from + 1, end);
      // Some servers cut ';parameters' off a segment before they look at its dots.
      int semicolon = segment.indexOf(';');
      String bare = semicolon < 0 ? segment : segment.substring(0, semicolon);
      if (bare.equals(".") || bare.equals("..")) {
        throw new Refused("the path has a '.' or '..' segment");
      }
      from = end;
    }
    return normal;
  }

  private static boolean isUnreserved(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  private static int hex(char high, char low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 || high > 0x7F || low > 0x7F ? -1 : h << 4 | l;
  }
}
