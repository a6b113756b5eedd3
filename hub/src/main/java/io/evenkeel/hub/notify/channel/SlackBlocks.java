package io.evenkeel.hub.notify.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A message as Slack's blocks, within its limits: 150 characters in a header, 3,000 in a section,
/// 50 blocks.
final class SlackBlocks {
  private static final int SECTION_CHARACTERS = 3_000;
  private static final int HEADER_CHARACTERS = 150;
  private static final int SECTIONS = 10;

  private SlackBlocks() {}

  /// What notifications show, and what stands in for the blocks where they are not drawn.
  static String fallback(NoticeText text) {
    return Markdown.entities(text.title());
  }

  static List<Object> of(NoticeText text) {
    List<Object> blocks = new ArrayList<>();
    blocks.add(
        Map.of(
            "type",
            "header",
            "text",
            Map.of(
                "type",
                "plain_text",
                "text",
                Printable.cutUnits(text.title(), HEADER_CHARACTERS))));
    for (List<String> paragraph : text.paragraphs().stream().limit(SECTIONS).toList()) {
      String words = String.join("\n", paragraph.stream().map(Markdown::entities).toList());
      blocks.add(section(Printable.cutUnits(words, SECTION_CHARACTERS)));
    }
    if (!text.link().isEmpty()) {
      blocks.add(section("<" + text.link() + "|" + Markdown.entities(text.linkWords()) + ">"));
    }
    return blocks;
  }

  private static Map<String, Object> section(String words) {
    return Map.of("type", "section", "text", Map.of("type", "mrkdwn", "text", words));
  }
}
