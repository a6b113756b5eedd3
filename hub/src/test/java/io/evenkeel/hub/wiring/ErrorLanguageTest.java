package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a hub says when it refuses something, in the language that the caller asks for.
class ErrorLanguageTest {
  private static final String LANGUAGE = "Accept-Language";

  @TempDir Path data;
  private TestHub hub;
  private Browser admin;

  @BeforeEach
  void start() {
    hub = TestHub.start(data);
    admin = hub.setUp();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static String message(Answer answer) {
    return answer.json().get("error").get("message").asString();
  }

  @Test
  void an_error_is_told_in_the_language_that_the_caller_prefers() {
    Answer english = admin.get("/api/hub/v1/hosts/nobody");
    assertThat(message(english)).isEqualTo("No host has the id 'nobody'.");
    assertThat(english.header("Content-Language")).isEqualTo("en");
    assertThat(english.header("Vary")).isEqualTo(LANGUAGE);

    Answer chinese = admin.with(LANGUAGE, "zh-CN,zh;q=0.9").get("/api/hub/v1/hosts/nobody");
    assertThat(message(chinese)).isEqualTo("没有 ID 为“nobody”的服务器。");
    assertThat(chinese.status()).isEqualTo(english.status()).isEqualTo(404);
    assertThat(chinese.header("Content-Language")).isEqualTo("zh");
    assertThat(chinese.header("Vary")).isEqualTo(LANGUAGE);
    assertThat(chinese.json().get("error").get("code").asString()).isEqualTo("not_found");

    assertThat(message(admin.with(LANGUAGE, "fr").get("/api/hub/v1/hosts/nobody")))
        .isEqualTo(message(english));
  }

  @Test
  void whoever_has_no_session_yet_is_answered_in_chinese_too() {
    Browser visitor = hub.visitor().with(LANGUAGE, "zh-CN");
    assertThat(message(visitor.post("/api/hub/v1/login", Map.of("name", "x", "password", "y"))))
        .isEqualTo("用户名或密码错误。");
    assertThat(message(visitor.get("/api/hub/v1/users"))).isEqualTo("请先登录，或发送 API 令牌。");
    assertThat(
            message(
                visitor.post(
                    "/api/hub/v1/setup",
                    Map.of("token", "used", "name", "a", "password", TestHub.PASSWORD))))
        .startsWith("设置链接有误");
  }

  @Test
  void the_field_and_the_words_of_others_stay_in_their_frame() {
    JsonNode error =
        admin
            .with(LANGUAGE, "zh")
            .post(
                "/api/hub/v1/rules",
                Map.of(
                    "name",
                    "Loud",
                    "expression",
                    "sum(",
                    "holdSeconds",
                    0,
                    "keepFiringSeconds",
                    0,
                    "severity",
                    "warning",
                    "labels",
                    Map.of(),
                    "annotations",
                    Map.of()))
            .json()
            .get("error");
    assertThat(error.get("field").asString()).isEqualTo("expression");
    assertThat(error.get("message").asString()).startsWith("表达式有误：").contains("(at ");
  }

  @Test
  void prometheus_form_of_an_error_is_in_the_language_too() {
    Answer answer = hub.visitor().with(LANGUAGE, "zh").get("/api/v1/query?query=up");
    assertThat(answer.json().get("status").asString()).isEqualTo("error");
    assertThat(answer.json().get("error").asString()).isEqualTo("请先登录，或发送 API 令牌。");
  }

  @Test
  void everything_that_forms_refuse_has_a_sentence_in_chinese_of_its_own() {
    Map<String, Object> channel =
        Map.of(
            "name",
            "",
            "kind",
            "webhook",
            "form",
            Map.of(),
            "recipients",
            List.of(),
            "enabled",
            true);
    List<Function<Browser, Answer>> refused =
        List.of(
            browser -> browser.get("/api/hub/v1/nothing"),
            browser -> browser.delete("/api/hub/v1/session-that-is-none"),
            browser -> browser.delete("/api/hub/v1/users/admin"),
            browser -> browser.post("/api/hub/v1/channels", channel),
            browser ->
                browser.put("/api/hub/v1/settings/heartbeat", Map.of("url", "x", "seconds", 1)),
            browser ->
                browser.put(
                    "/api/hub/v1/settings/heartbeat",
                    Map.of("url", "http://169.254.169.254/", "periodSeconds", 60)),
            browser ->
                browser.post(
                    "/api/hub/v1/tokens",
                    Map.of("name", "", "role", "viewer", "scope", "api", "expiresInDays", 1)),
            browser -> browser.get("/api/hub/v1/audit?limit=0"),
            browser -> browser.get("/api/hub/v1/incidents/none"),
            browser -> browser.get("/api/hub/v1/tuning?host=nobody"),
            browser ->
                browser.post(
                    "/api/hub/v1/tuning/changes",
                    Map.of("action", "vm.swappiness", "target", "", "value", "10", "seconds", 60)),
            browser -> browser.post("/api/hub/v1/tuning/trials/none/abort", Map.of()));
    for (int i = 0; i < refused.size(); i++) {
      String english = message(refused.get(i).apply(admin.without(LANGUAGE)));
      String chinese = message(refused.get(i).apply(admin.with(LANGUAGE, "zh")));
      assertThat(english).as("refusal " + i).matches("[^\\p{IsHan}]+");
      assertThat(chinese)
          .as("refusal " + i)
          .containsPattern("\\p{IsHan}")
          .doesNotContain(english)
          .endsWith("。");
    }
  }
}
