package io.evenkeel.hub.notify.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SmsTextTest {
  private static int parts(String text) {
    return SmsText.of(text).parts().size();
  }

  @Test
  void a_gsm_text_takes_160_in_one_part_and_153_in_several() {
    assertThat(parts("a".repeat(160))).isEqualTo(1);
    assertThat(parts("a".repeat(161))).isEqualTo(2);
    assertThat(parts("a".repeat(306))).isEqualTo(2);
    assertThat(parts("a".repeat(307))).isEqualTo(3);
  }

  @Test
  void extended_characters_count_two_and_are_never_split() {
    assertThat(parts("€".repeat(80))).isEqualTo(1);
    assertThat(parts("a" + "€".repeat(80))).isEqualTo(2);
    for (byte[] part : SmsText.of("a".repeat(152) + "€".repeat(80)).parts()) {
      assertThat(part[part.length - 1]).isNotEqualTo((byte) 0x1b);
    }
  }

  @Test
  void other_texts_take_70_and_67_units_and_never_split_a_pair() {
    assertThat(parts("满".repeat(70))).isEqualTo(1);
    assertThat(parts("满".repeat(71))).isEqualTo(2);
    assertThat(parts("满".repeat(134))).isEqualTo(2);
    assertThat(parts("满".repeat(135))).isEqualTo(3);
    assertThat(parts("😀".repeat(35))).isEqualTo(1);
    assertThat(parts("😀".repeat(66))).isEqualTo(2);
    assertThat(parts("😀".repeat(67))).isEqualTo(3);
  }

  @Test
  void the_parts_of_any_text_are_the_text() {
    long seed = 20261126;
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(400);
      boolean wide = random.nextBoolean();
      for (int i = 0; i < length; i++) {
        text.appendCodePoint(
            wide ? (random.nextInt(4) == 0 ? 0x1f600 : 0x6ee1) : 'a' + random.nextInt(26));
      }
      SmsText sms = SmsText.of(text.toString());
      StringBuilder joined = new StringBuilder();
      for (byte[] part : sms.parts()) {
        assertThat(part.length).isLessThanOrEqualTo(sms.unicode() ? 140 : 160);
        joined.append(
            new String(
                part, sms.unicode() ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII));
      }
      assertThat(joined.toString()).as("seed %d", seed).isEqualTo(text.toString());
    }
  }
}
