package io.evenkeel.hub.notify.channel;

import io.evenkeel.hub.outgoing.HttpAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What of a web service's answer people are shown: the status, and the service's own code and
/// message, escaped and cut.
///
/// Never the body: whoever may set a channel's address could read with it what only the hub
/// reaches. See docs/decisions/0012-answers-of-services.md.
final class ServiceWords {
  private static final int LONGEST = 240;
  private static final int LONGEST_VALUE = 120;
  private static final int LONGEST_PLAIN = 80;
  private static final int MOST_FIELDS = 4;
  private static final int DEEPEST = 3;

  /// The names that the services of [Channels] give to their codes and messages.
  private static final Set<String> NAMES =
      Set.of(
          "code",
          "errcode",
          "error_code",
          "errorcode",
          "statuscode",
          "error",
          "errmsg",
          "msg",
          "message",
          "description",
          "detail");

  private ServiceWords() {}

  static String of(HttpAnswer answer) {
    String words = words(answer);
    return Printable.line(
        "HTTP " + answer.status() + (words.isEmpty() ? "" : " " + words), LONGEST);
  }

  private static String words(HttpAnswer answer) {
    JsonNode tree = ServiceJson.read(answer);
    if (tree.isObject()) {
      List<String> fields = new ArrayList<>();
      collect(tree, 0, fields);
      return String.join(", ", fields);
    }
    // Slack answers `invalid_token`, Kannel `0: Accepted for delivery`.
    String text = answer.text().strip();
    return text.length() <= LONGEST_PLAIN && text.matches("[\\w .,:;'!?()/-]*") ? text : "";
  }

  private static void collect(JsonNode node, int depth, List<String> into) {
    if (depth == DEEPEST) {
      return;
    }
    node.forEachEntry((name, value) -> {
      if (into.size() < MOST_FIELDS
          && value.isValueNode()
          && NAMES.contains(name.toLowerCase(Locale.ROOT))) {
        into.add(name + "=" + Printable.line(value.asString(), LONGEST_VALUE));
      }
    });
    for (JsonNode child : node) {
      collect(child, depth + 1, into);
    }
  }
}
