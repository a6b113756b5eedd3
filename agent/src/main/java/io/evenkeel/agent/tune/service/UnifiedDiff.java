package io.evenkeel.agent.tune.service;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A change of one line as `diff -u` writes it (POSIX, diff, "Diff -u Output Format").
final class UnifiedDiff {
  private static final int CONTEXT = 3;

  /// What an answer of an agent has room for when every byte of it takes three.
  private static final int MOST_BYTES = 4_096;

  private UnifiedDiff() {}

  /// @param before as `after` but for one line; both each character a byte
  static String of(String file, String before, String after) {
    if (before.equals(after)) {
      return "";
    }
    List<String> old = List.of(before.split("(?<=\n)", -1));
    List<String> now = List.of(after.split("(?<=\n)", -1));
    int at = 0;
    while (old.get(at).equals(now.get(at))) {
      at++;
    }
    String text = "";
    for (int context = CONTEXT; context >= 0; context--) {
      text = hunk(file, old, now.get(at), at, context);
      if (text.length() <= MOST_BYTES) {
        break;
      }
    }
    return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String hunk(String file, List<String> old, String now, int at, int context) {
    int lines = old.getLast().isEmpty() ? old.size() - 1 : old.size();
    int from = Math.max(0, at - context);
    int to = Math.min(lines, at + context + 1);
    StringBuilder text = new StringBuilder("--- " + file + "\n+++ " + file + "\n");
    String place = (from + 1) + "," + (to - from);
    text.append("@@ -").append(place).append(" +").append(place).append(" @@\n");
    for (int i = from; i < to; i++) {
      if (i == at) {
        line(text, '-', old.get(i));
        line(text, '+', now);
      } else {
        line(text, ' ', old.get(i));
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, char mark, String line) {
    text.append(mark).append(line);
    if (!line.endsWith("\n")) {
      text.append("\n\\ No newline at end of file\n");
    }
  }
}
