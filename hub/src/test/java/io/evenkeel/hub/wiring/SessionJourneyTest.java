package io.evenkeel.hub.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.wiring.TestHub.Answer;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Setting up, logging in and out, as a browser does it, on a real server.
class SessionJourneyTest {
  private static final String SESSION = "/api/hub/v1/session";
  private static final String SETUP = "/api/hub/v1/setup";
  private static final String LOGIN = "/api/hub/v1/login";

  @TempDir Path data;
  private TestHub hub;

  @BeforeEach
  void start() {
    hub = TestHub.start(data);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void before_set_up_this_machine_may_look_and_not_change() {
    Browser visitor = hub.visitor();
    assertThat(visitor.get(SESSION).json().get("state").asString()).isEqualTo("setup");
    assertThat(visitor.get("/api/hub/v1/settings/collection").status()).isEqualTo(200);
    Answer change = visitor.put("/api/hub/v1/settings/collection", Map.of("periodSeconds", 5));
    assertThat(change.status()).isEqualTo(403);
    assertThat(change.text()).contains("one-time link");
    assertThat(visitor.put("/api/hub/v1/me/preferences", Map.of("theme", "dark")).status())
        .isEqualTo(403);
  }

  @Test
  void the_hub_s_machine_has_the_name_that_its_series_and_its_knobs_have() {
    try (TestHub named =
        TestHub.start(data.resolve("named"), Map.of("collection.instance", "this-machine"))) {
      Browser admin = named.setUp();
      assertThat(admin.get(SESSION).json().at("/hub/host").asString()).isEqualTo("this-machine");
      assertThat(admin.get("/api/hub/v1/tuning/hosts").json().at("/hosts/0/host").asString())
          .isEqualTo("this-machine");
    }
  }

  @Test
  void the_set_up_link_makes_the_first_administrator_once() {
    Browser admin = hub.visitor();
    String token = hub.setupToken();
    Answer answer =
        admin.post(SETUP, Map.of("token", token, "name", "admin", "password", TestHub.PASSWORD));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("state").asString()).isEqualTo("ready");
    assertThat(answer.json().get("user").get("role").asString()).isEqualTo("admin");
    assertThat(answer.header("Set-Cookie"))
        .startsWith("evenkeel_session=")
        .contains("HttpOnly")
        .contains("SameSite=Lax")
        .contains("Path=/");
    assertThat(data.resolve("setup-link")).doesNotExist();

    Answer again =
        hub.visitor()
            .post(SETUP, Map.of("token", token, "name", "eve", "password", TestHub.PASSWORD));
    assertThat(again.status()).isEqualTo(403);
    assertThat(again.json().get("error").get("code").asString()).isEqualTo("forbidden");
    assertThat(hub.visitor().get(SESSION).json().get("state").asString()).isEqualTo("login");
  }

  @Test
  void the_set_up_link_lies_in_a_file_for_the_owner_alone() throws IOException {
    Path file = data.resolve("setup-link");
    assertThat(Files.readString(file).strip()).isEqualTo(hub.hub.setupLink().orElseThrow());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("settings.db"))))
        .isEqualTo("rw-------");
  }

  @Test
  void a_wrong_or_late_set_up_link_is_refused_and_changes_nothing() {
    Map<String, String> wrong =
        Map.of("token", "AAAAAAAAAAAAAAAAAAAAAA", "name", "eve", "password", TestHub.PASSWORD);
    assertThat(hub.visitor().post(SETUP, wrong).status()).isEqualTo(403);
    hub.clock.advance(Duration.ofMinutes(31));
    Map<String, String> late =
        Map.of("token", hub.setupToken(), "name", "admin", "password", TestHub.PASSWORD);
    assertThat(hub.visitor().post(SETUP, late).status()).isEqualTo(403);
    assertThat(hub.visitor().get(SESSION).json().get("state").asString()).isEqualTo("setup");
  }

  @Test
  void a_weak_password_is_refused_by_field_and_leaves_the_link_open() {
    Browser admin = hub.visitor();
    for (String weak : new String[] {"short", "aaaaaaaaaaaaaaaa", "x".repeat(300)}) {
      Answer answer =
          admin.post(SETUP, Map.of("token", hub.setupToken(), "name", "admin", "password", weak));
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().get("error").get("field").asString()).isEqualTo("password");
    }
    Answer name =
        admin.post(
            SETUP, Map.of("token", hub.setupToken(), "name", "a b", "password", TestHub.PASSWORD));
    assertThat(name.json().get("error").get("field").asString()).isEqualTo("name");
    assertThat(hub.setUp().get(SESSION).json().get("state").asString()).isEqualTo("ready");
  }

  @Test
  void after_set_up_loopback_needs_a_login_too() {
    hub.setUp();
    Answer answer = hub.visitor().get("/api/hub/v1/settings/collection");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.json().get("error").get("code").asString()).isEqualTo("unauthenticated");
  }

  @Test
  void logging_in_takes_the_name_in_any_case_and_gives_a_fresh_session() {
    Browser admin = hub.setUp();
    String first = admin.cookie();
    Answer answer = admin.post(LOGIN, Map.of("name", "ADMIN", "password", TestHub.PASSWORD));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(admin.cookie()).isNotEqualTo(first);
    assertThat(hub.visitor().useCookie(first).get(SESSION).json().get("state").asString())
        .as("the session before the login has ended")
        .isEqualTo("login");
  }

  @Test
  void a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    hub.setUp();
    Answer wrong = hub.visitor().post(LOGIN, Map.of("name", "admin", "password", "not it at all"));
    Answer unknown = hub.visitor().post(LOGIN, Map.of("name", "eve", "password", "not it at all"));
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(unknown.text()).isEqualTo(wrong.text());
  }

  @Test
  void ten_failures_close_the_account_for_this_address_for_a_quarter_of_an_hour() {
    hub.setUp();
    Browser guesser = hub.visitor();
    for (int i = 0; i < 10; i++) {
      assertThat(guesser.post(LOGIN, Map.of("name", "admin", "password", "guess " + i)).status())
          .isEqualTo(401);
    }
    Answer closed = guesser.post(LOGIN, Map.of("name", "admin", "password", TestHub.PASSWORD));
    assertThat(closed.status()).isEqualTo(429);
    assertThat(closed.json().get("error").get("code").asString()).isEqualTo("too_many");
    assertThat(Long.parseLong(closed.header("Retry-After"))).isBetween(1L, 901L);
    hub.clock.advance(Duration.ofMinutes(15));
    assertThat(guesser.post(LOGIN, Map.of("name", "admin", "password", TestHub.PASSWORD)).status())
        .isEqualTo(200);
  }

  @Test
  void a_session_ends_after_thirty_idle_minutes() {
    Browser admin = hub.setUp();
    for (int i = 0; i < 4; i++) {
      hub.clock.advance(Duration.ofMinutes(25));
      assertThat(admin.get("/api/hub/v1/users").status()).as("in use").isEqualTo(200);
    }
    hub.clock.advance(Duration.ofMinutes(31));
    assertThat(admin.get("/api/hub/v1/users").status()).isEqualTo(401);
  }

  @Test
  void a_session_ends_after_twelve_hours_however_busy() {
    Browser admin = hub.setUp();
    for (int minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      hub.clock.advance(Duration.ofMinutes(20));
      assertThat(admin.get("/api/hub/v1/users").status()).isEqualTo(200);
    }
    hub.clock.advance(Duration.ofMinutes(20));
    assertThat(admin.get("/api/hub/v1/users").status()).isEqualTo(401);
  }

  @Test
  void logging_out_ends_the_session_on_the_hub() {
    Browser admin = hub.setUp();
    String cookie = admin.cookie();
    assertThat(admin.post("/api/hub/v1/logout", Map.of()).status()).isEqualTo(204);
    assertThat(hub.visitor().useCookie(cookie).get("/api/hub/v1/users").status()).isEqualTo(401);
  }

  @Test
  void changing_the_password_ends_all_other_sessions() {
    Browser here = hub.setUp();
    Browser elsewhere = hub.visitor();
    elsewhere.post(LOGIN, Map.of("name", "admin", "password", TestHub.PASSWORD));
    String next = "a different long sentence";
    Answer wrong =
        here.put("/api/hub/v1/me/password", Map.of("current", "wrong one here", "next", next));
    assertThat(wrong.json().get("error").get("field").asString()).isEqualTo("current");
    assertThat(
            here.put("/api/hub/v1/me/password", Map.of("current", TestHub.PASSWORD, "next", next))
                .status())
        .isEqualTo(200);
    assertThat(here.get("/api/hub/v1/users").status()).isEqualTo(200);
    assertThat(elsewhere.get("/api/hub/v1/users").status()).isEqualTo(401);
    assertThat(hub.visitor().post(LOGIN, Map.of("name", "admin", "password", next)).status())
        .isEqualTo(200);
  }

  @Test
  void preferences_follow_the_account() {
    Browser admin = hub.setUp();
    assertThat(
            admin.put("/api/hub/v1/me/preferences", Map.of("theme", "dark", "lang", "zh")).status())
        .isEqualTo(204);
    Browser elsewhere = hub.visitor();
    elsewhere.post(LOGIN, Map.of("name", "admin", "password", TestHub.PASSWORD));
    assertThat(elsewhere.get("/api/hub/v1/me/preferences").json().get("theme").asString())
        .isEqualTo("dark");
    Answer nested = admin.put("/api/hub/v1/me/preferences", Map.of("theme", Map.of("a", 1)));
    assertThat(nested.status()).isEqualTo(400);
    assertThat(nested.json().get("error").get("field").asString()).isEqualTo("theme");
  }

  @Test
  void a_restart_keeps_sessions_and_prints_no_link_again() {
    Browser admin = hub.setUp();
    String cookie = admin.cookie();
    hub.close();
    hub = TestHub.start(data);
    assertThat(hub.hub.setupLink()).isEmpty();
    assertThat(hub.visitor().useCookie(cookie).get("/api/hub/v1/users").status()).isEqualTo(200);
  }
}
