package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Users, tokens, settings and the audit log through the API.
class AdministrationTest {
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

  @Test
  void a_role_is_in_force_with_the_next_request() {
    Browser vera = hub.person(admin, "vera", "viewer");
    assertThat(vera.get("/api/hub/v1/users").status()).isEqualTo(403);
    admin.put("/api/hub/v1/users/vera/role", Map.of("role", "admin"));
    assertThat(vera.get("/api/hub/v1/users").status()).isEqualTo(200);
    admin.delete("/api/hub/v1/users/vera");
    assertThat(vera.get("/api/hub/v1/users").status()).isEqualTo(401);
  }

  @Test
  void names_that_differ_in_case_only_are_one() {
    hub.person(admin, "Vera", "viewer");
    Answer again =
        admin.post(
            "/api/hub/v1/users",
            Map.of("name", "vera", "password", TestHub.PASSWORD, "role", "viewer"));
    assertThat(again.status()).isEqualTo(409);
  }

  @Test
  void the_last_administrator_stays() {
    assertThat(admin.delete("/api/hub/v1/users/admin").status()).isEqualTo(409);
    assertThat(admin.put("/api/hub/v1/users/admin/role", Map.of("role", "viewer")).status())
        .isEqualTo(409);
    assertThat(admin.delete("/api/hub/v1/users/nobody").status()).isEqualTo(404);
  }

  @Test
  void a_token_is_shown_once_and_ends_when_it_expires_or_is_revoked() {
    Answer made =
        admin.post(
            "/api/hub/v1/tokens",
            Map.of("name", "grafana", "role", "viewer", "scope", "api", "expiresInDays", 2));
    String secret = made.json().get("token").asString();
    assertThat(secret).startsWith("ek_").hasSizeGreaterThan(43);
    assertThat(admin.get("/api/hub/v1/tokens").text()).contains("grafana").doesNotContain(secret);
    Browser grafana = hub.visitor().bearer(secret);
    assertThat(grafana.get("/api/hub/v1/settings/collection").status()).isEqualTo(200);
    hub.clock.advance(Duration.ofDays(2));
    assertThat(grafana.get("/api/hub/v1/settings/collection").status()).isEqualTo(401);

    Browser fresh = hub.visitor();
    fresh.post("/api/hub/v1/login", Map.of("name", "admin", "password", TestHub.PASSWORD));
    String other = hub.token(fresh, "viewer", "api");
    String id = fresh.get("/api/hub/v1/tokens").json().get("tokens").get(0).get("id").asString();
    assertThat(fresh.delete("/api/hub/v1/tokens/" + id).status()).isEqualTo(204);
    assertThat(hub.visitor().bearer(other).get("/api/hub/v1/settings/collection").status())
        .isEqualTo(401);
  }

  @Test
  void a_token_needs_no_csrf_text_and_is_no_account() {
    Browser program = hub.visitor().bearer(hub.token(admin, "admin", "api"));
    assertThat(program.put("/api/hub/v1/settings/collection", Map.of("periodSeconds", 10)).status())
        .isEqualTo(200);
    assertThat(program.put("/api/hub/v1/me/preferences", Map.of()).status()).isEqualTo(403);
    assertThat(hub.visitor().bearer("ek_forged").get("/api/hub/v1/session").status())
        .isEqualTo(401);
    assertThat(
            hub.visitor().with("Authorization", "Basic YTpi").get("/api/hub/v1/session").status())
        .isEqualTo(401);
  }

  @Test
  void every_change_stands_in_the_audit_log_with_who_made_it() {
    hub.person(admin, "vera", "viewer");
    hub.visitor().post("/api/hub/v1/login", Map.of("name", "vera", "password", "wrong password"));
    hub.visitor().post("/api/hub/v1/login", Map.of("name", "my secret!", "password", "oops oops"));
    admin.put("/api/hub/v1/settings/collection", Map.of("periodSeconds", 2));
    Answer audit = admin.get("/api/hub/v1/audit?limit=50");
    assertThat(audit.json().get("entries").findValuesAsString("action"))
        .containsExactly(
            "settings.collection",
            "login.failed",
            "login.failed",
            "login",
            "account.create",
            "account.create");
    assertThat(audit.text()).doesNotContain("my secret!").doesNotContain("oops");
    assertThat(admin.get("/api/hub/v1/audit?limit=0").status()).isEqualTo(400);
    assertThat(admin.get("/api/hub/v1/audit?limit=x").json().get("error").get("field").asString())
        .isEqualTo("limit");
  }

  @Test
  void bodies_are_strict_and_bounded() {
    Answer unknown =
        admin.put("/api/hub/v1/settings/collection", Map.of("periodSeconds", 5, "perod", 1));
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.json().get("error").get("field").asString()).isEqualTo("perod");
    Answer missing = admin.put("/api/hub/v1/settings/collection", Map.of());
    assertThat(missing.json().get("error").get("field").asString()).isEqualTo("periodSeconds");
    Answer kind = admin.put("/api/hub/v1/settings/collection", Map.of("periodSeconds", List.of(1)));
    assertThat(kind.json().get("error").get("field").asString()).isEqualTo("periodSeconds");
    Answer wrong = admin.put("/api/hub/v1/settings/collection", Map.of("periodSeconds", 7));
    assertThat(wrong.json().get("error").get("message").asString()).contains("[1, 2, 5, 10");
    for (String broken : new String[] {"", "{", "[]", "null", "{} {}", "{\"periodSeconds\":1,}"}) {
      assertThat(
              admin
                  .put("/api/hub/v1/settings/collection", broken.getBytes(StandardCharsets.UTF_8))
                  .status())
          .as(broken)
          .isEqualTo(400);
    }
    byte[] large = new byte[2 << 20];
    assertThat(admin.put("/api/hub/v1/settings/collection", large).status()).isEqualTo(413);
    assertThat(admin.get("/api/hub/v1/users").status())
        .as("the connection lives on")
        .isEqualTo(200);
  }

  @Test
  void another_hub_may_ask_whether_this_one_still_evaluates_its_rules() {
    assertThat(hub.visitor().get("/-/alerting").status()).isEqualTo(200);
  }

  @Test
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void a_flood_of_logins_leaves_the_hub_answering() throws InterruptedException {
    List<Thread> flood =
        java.util.stream.IntStream.range(0, 60)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() ->
                        hub.visitor()
                            .post(
                                "/api/hub/v1/login",
                                Map.of("name", "eve" + i, "password", "guess guess"))))
            .toList();
    long begun = System.nanoTime();
    assertThat(hub.visitor().get("/-/healthy").status()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    for (Thread thread : flood) {
      thread.join();
    }
  }
}
