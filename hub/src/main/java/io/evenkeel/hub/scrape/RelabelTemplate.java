package io.evenkeel.hub.scrape;

import com.google.re2j.Matcher;

/// Templates of replacements, as Go's `regexp.Expand` reads them: `$1`, `${1}`, `$name`, `${name}`,
/// `$$`. A group that is not there is empty. Pure functions.
final class RelabelTemplate {
  private RelabelTemplate() {}

  static String expand(String template, Matcher matcher) {
    if (template.indexOf('$') < 0) {
      return template;
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < template.length()) {
      char c = template.charAt(i++);
      if (c != '$') {
        out.append(c);
        continue;
      }
      if (i < template.length() && template.charAt(i) == '$') {
        out.append('$');
        i++;
        continue;
      }
      boolean braces = i < template.length() && template.charAt(i) == '{';
      int from = braces ? i + 1 : i;
      int to = from;
      while (to < template.length() && isNameCharacter(template.charAt(to))) {
        to++;
      }
      boolean closed = !braces || to < template.length() && template.charAt(to) == '}';
      if (to == from || !closed) {
        // Not the name of a group: the sign stands for itself.
        out.append('$');
        continue;
      }
      out.append(group(matcher, template.substring(from, to)));
      i = braces ? to + 1 : to;
    }
    return out.toString();
  }

  private static boolean isNameCharacter(char c) {
    return c == '_' || c < 128 && Character.isLetterOrDigit(c);
  }

  private static String group(Matcher matcher, String name) {
    String value = null;
    if (name.chars().allMatch(Character::isDigit)) {
      int number = name.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(name);
      value = number <= matcher.groupCount() ? matcher.group(number) : null;
    } else if (matcher.pattern().namedGroups().containsKey(name)) {
      value = matcher.group(name);
    }
    return value == null ? "" : value;
  }
}
