package io.evenkeel.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptLanguageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "zh",
        "ZH-cn",
        "zh-CN,zh;q=0.9,en;q=0.8",
        "zh-Hant-TW",
        "en;q=0.3, zh;q=0.7",
        "de-DE, zh;q=0.5, en;q=0.4"
      })
  void chinese_is_answered_when_it_is_preferred_to_english(String header) {
    assertThat(AcceptLanguage.preferred(header)).isEqualTo("zh");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "*",
        "en",
        "de",
        "en-GB, zh",
        "zh;q=0.3, en;q=0.7",
        "zh;q=0",
        "zhx",
        "zh;q=nonsense",
        "zh,,;;q==",
        "中文",
        "-"
      })
  void english_is_answered_otherwise(String header) {
    assertThat(AcceptLanguage.preferred(header)).isEqualTo("en");
  }
}
