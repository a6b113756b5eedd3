package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.notify.channel.Notice.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NoticeTextTest {
  private static NoticeText text(Kind kind, String summary, Language language) {
    return Letters.letter(Letters.notice(kind, "i", 1, summary, 1), "", language).text();
  }

  @Test
  void a_message_says_what_where_how_much_and_what_next() {
    NoticeText text = text(Kind.FIRED, "The disk is full soon", Language.EN);
    assertThat(text.title()).isEqualTo("[Critical] FsLow · web-1");
    assertThat(text.plain())
        .contains(
            "The disk is full soon",
            "Value 0.9730, condition > 0.9",
            "Next step: Look at du",
            "instance=web-1",
            "Open the incident: https://hub.example.org/alerts/incidents/i");
  }

  @Test
  void a_chinese_reader_gets_chinese() {
    NoticeText text = text(Kind.RESOLVED, "The disk is full soon", Language.ZH);
    assertThat(text.title()).isEqualTo("【已恢复】FsLow · web-1");
    assertThat(text.plain()).contains("磁盘 /var 即将写满", "结束于", "1 分钟").doesNotContain("full soon");
  }

  @Test
  void no_label_or_annotation_breaks_a_line_or_turns_the_writing() {
    NoticeText text =
        text(Kind.FIRED, "a\r\nBcc: evil@example.org\u202e\u2028x\u0000", Language.EN);
    assertThat(text.paragraphs().getFirst().getFirst()).isEqualTo("a  Bcc: evil@example.org  x");
  }

  @Test
  void an_annotation_of_64_kilobytes_is_bounded() {
    NoticeText text = text(Kind.FIRED, "满".repeat(64 << 10), Language.EN);
    assertThat(text.plain().length()).isLessThan(1_500);
  }

  @Test
  void a_cut_never_breaks_a_character() {
    String text = "a满😀".repeat(100);
    for (int most = 3; most < 200; most++) {
      String cut = Printable.cutBytes(text, most);
      assertThat(cut.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(most);
      assertThat(cut).endsWith("…").doesNotContain("\ufffd");
      assertThat(Printable.cutUnits(text, most).length()).isLessThanOrEqualTo(most);
      assertThat(cut.getBytes(StandardCharsets.UTF_8))
          .isEqualTo(
              new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                  .getBytes(StandardCharsets.UTF_8));
    }
  }
}
