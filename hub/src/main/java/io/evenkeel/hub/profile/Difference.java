package io.evenkeel.hub.profile;

import java.util.Map;
import java.util.TreeSet;

/// Two profiles' stacks side by side, in the form that difffolded.pl of the FlameGraph tools has:
/// the stack, its count before and its count now.
final class Difference {
  private Difference() {}

  static String text(Map<String, Long> before, Map<String, Long> now) {
    TreeSet<String> stacks = new TreeSet<>(before.keySet());
    stacks.addAll(now.keySet());
    StringBuilder text = new StringBuilder();
    for (String stack : stacks) {
      text.append(stack)
          .append(' ')
          .append(before.getOrDefault(stack, 0L))
          .append(' ')
          .append(now.getOrDefault(stack, 0L))
          .append('\n');
    }
    return text.toString();
  }
}
