package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.notify.channel.StrictService;
import io.evenkeel.hub.notify.channel.StrictService.Reply;
import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Channels from outside: made, tried, changed, never giving a secret away.
class ChannelJourneyTest {
  private static final Map<String, String> LOOPBACK =
      Map.of("outgoing.privateNetworks", "127.0.0.0/8");

  private static Map<String, Object> slack(String name, String address) {
    Map<String, Object> entry = new HashMap<>();
    entry.put("name", name);
    entry.put("kind", "slack");
    entry.put("form", address.isEmpty() ? Map.of() : Map.of("address", address));
    entry.put("forget", List.of());
    entry.put("recipients", List.of(Map.of("address", "", "language", "zh")));
    entry.put("fallbackId", null);
    entry.put("enabled", true);
    return entry;
  }

  private static Map<String, Object> test(@Nullable String id, Map<String, Object> channel) {
    Map<String, Object> body = new HashMap<>();
    body.put("id", id);
    body.put("channel", channel);
    return body;
  }

  @Test
  void a_channel_is_tried_and_kept_without_giving_its_secret_away(@TempDir Path data)
      throws Exception {
    try (TestHub hub = TestHub.start(data, LOOPBACK);
        StrictService service = new StrictService(got -> Reply.ok("ok"))) {
      Browser admin = hub.setUp();
      String address = service.url() + "/services/T0/B0/verysecret";
      JsonNode tried =
          admin
              .post("/api/hub/v1/channels/test", test(null, slack("ops", address)))
              .json()
              .path("trials")
              .path(0);
      assertThat(tried.path("outcome").asString()).isEqualTo("accepted");
      assertThat(tried.path("answer").asString()).isEqualTo("HTTP 200 ok");
      assertThat(tried.path("seconds").asDouble()).isBetween(0.0, 60.0);
      assertThat(service.got.getFirst().body()).contains("测试");

      Answer made = admin.post("/api/hub/v1/channels", slack("ops", address));
      assertThat(made.status()).as(made.text()).isEqualTo(200);
      String id = made.json().path("id").asString();
      Answer list = hub.person(admin, "vera", "viewer").get("/api/hub/v1/channels");
      assertThat(list.text()).doesNotContain("verysecret").contains("\"secrets\":[\"address\"]");
      assertThat(admin.get("/api/hub/v1/audit").text()).doesNotContain("verysecret");
      assertThat(
              Files.readString(
                  data.resolve("settings.db"), java.nio.charset.StandardCharsets.ISO_8859_1))
          .doesNotContain("verysecret");

      assertThat(admin.put("/api/hub/v1/channels/" + id, slack("ops 2", "")).status())
          .isEqualTo(200);
      service.then(new Reply(403, "invalid_token", null));
      JsonNode again =
          admin
              .post("/api/hub/v1/channels/test", test(id, slack("ops 2", "")))
              .json()
              .path("trials")
              .path(0);
      assertThat(again.path("outcome").asString()).isEqualTo("refused");
      assertThat(again.path("answer").asString()).isEqualTo("HTTP 403 invalid_token");
      assertThat(admin.delete("/api/hub/v1/channels/" + id).status()).isEqualTo(204);
    }
  }

  @Test
  void wrong_input_is_refused_with_the_field_at_fault(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      assertThat(field(admin.post("/api/hub/v1/channels", slack("", "https://x.example"))))
          .isEqualTo("name");
      assertThat(field(admin.post("/api/hub/v1/channels", slack("a", "no address"))))
          .isEqualTo("address");
      assertThat(field(admin.post("/api/hub/v1/channels", slack("a", "")))).isEqualTo("address");
      Map<String, Object> kind = slack("a", "https://x.example");
      kind.put("kind", "pigeon");
      assertThat(field(admin.post("/api/hub/v1/channels", kind))).isEqualTo("kind");
      Map<String, Object> nobody = slack("a", "https://x.example");
      nobody.put("recipients", List.of());
      assertThat(field(admin.post("/api/hub/v1/channels", nobody))).isEqualTo("recipients");
      Map<String, Object> unknown = slack("a", "https://x.example");
      unknown.put("form", Map.of("address", "https://x.example", "colour", "red"));
      assertThat(field(admin.post("/api/hub/v1/channels", unknown))).isEqualTo("colour");
      Map<String, Object> proxy = slack("a", "https://x.example");
      proxy.put("form", Map.of("address", "https://x.example", "proxy", "socks://p:1"));
      assertThat(field(admin.post("/api/hub/v1/channels", proxy))).isEqualTo("proxy");
      Map<String, Object> authority = slack("a", "https://x.example");
      authority.put("form", Map.of("address", "https://x.example", "authorities", "no pem"));
      assertThat(field(admin.post("/api/hub/v1/channels", authority))).isEqualTo("authorities");
    }
  }

  private static String field(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    return answer.json().path("error").path("field").asString();
  }

  @Test
  void fallbacks_in_a_circle_are_refused(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      String a = id(admin.post("/api/hub/v1/channels", slack("a", "https://x.example")));
      Map<String, Object> second = slack("b", "https://x.example");
      second.put("fallbackId", a);
      String b = id(admin.post("/api/hub/v1/channels", second));
      Map<String, Object> first = slack("a", "");
      first.put("fallbackId", b);
      assertThat(field(admin.put("/api/hub/v1/channels/" + a, first))).isEqualTo("fallbackId");
    }
  }

  private static String id(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("id").asString();
  }

  @Test
  void an_address_inside_the_hubs_network_is_not_called_unless_allowed(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data);
        StrictService service = new StrictService(got -> Reply.ok("ok"))) {
      Browser admin = hub.setUp();
      Answer saved = admin.post("/api/hub/v1/channels", slack("x", service.url() + "/a"));
      assertThat(field(saved)).isEqualTo("address");
      assertThat(saved.text()).contains("outgoing.privateNetworks");
      String named = service.url().replace("127.0.0.1", "localhost");
      JsonNode trial =
          admin
              .post("/api/hub/v1/channels/test", test(null, slack("x", named + "/a")))
              .json()
              .path("trials")
              .path(0);
      assertThat(trial.path("outcome").asString()).isEqualTo("refused");
      assertThat(trial.path("answer").asString()).contains("outgoing.privateNetworks");
      assertThat(service.got).isEmpty();
    }
  }

  @Test
  void a_changed_server_takes_no_old_secret_along(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      Map<String, Object> wecom = slack("w", "");
      wecom.put("kind", "wecom");
      wecom.put("form", Map.of("key", "k"));
      String id = id(admin.post("/api/hub/v1/channels", wecom));
      wecom.put("form", Map.of("server", "https://evil.example"));
      assertThat(field(admin.put("/api/hub/v1/channels/" + id, wecom))).isEqualTo("key");
    }
  }

  @Test
  void the_heartbeat_calls_its_address(@TempDir Path data) {
    try (TestHub hub = TestHub.start(data, LOOPBACK);
        StrictService service = new StrictService(got -> Reply.status(200))) {
      Browser admin = hub.setUp();
      assertThat(
              admin
                  .put(
                      "/api/hub/v1/settings/heartbeat",
                      Map.of("url", service.url() + "/beat", "periodSeconds", 60))
                  .status())
          .isEqualTo(200);
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !service.got.isEmpty());
      assertThat(service.got.getFirst().path()).isEqualTo("/beat");
      assertThat(
              field(
                  admin.put(
                      "/api/hub/v1/settings/heartbeat",
                      Map.of("url", "ftp://x", "periodSeconds", 60))))
          .isEqualTo("url");
    }
  }
}
