package io.evenkeel.hub.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.config.Version;
import io.evenkeel.hub.wiring.TestHub;
import io.evenkeel.hub.wiring.TestHub.Browser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path data;

  @BeforeEach
  void clear() {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
  }

  @Test
  void help_lists_every_command() {
    assertThat(run("--help")).isZero();
    for (String command :
        List.of(
            "hub",
            "agent",
            "gateway",
            "diagnose",
            "query",
            "check-rules",
            "test-rules",
            "promql-test",
            "setup-link",
            "reset-password",
            "token",
            "doctor",
            "verify-audit",
            "simulate",
            "backup",
            "restore",
            "check-config",
            "version")) {
      assertThat(out.toString()).containsPattern("(?m)^  " + command + " ");
    }
  }

  @Test
  void doctor_tells_a_line_for_each_thing_and_fails_with_a_problem() throws Exception {
    assertThat(run("doctor", "--data", data.toString(), "--listen", "127.0.0.1:0")).isZero();
    assertThat(out.toString().lines())
        .hasSizeGreaterThan(5)
        .allMatch(line -> line.matches("(good|note|warning) +[a-z ]+ .+"));
    Path file = Files.writeString(data.resolve("file"), "");
    assertThat(run("doctor", "--data", file.toString(), "--listen", "127.0.0.1:0")).isEqualTo(1);
    assertThat(out.toString()).containsPattern("(?m)^problem +data ");
  }

  /// A command line's reflection costs a start a quarter of a second.
  @Test
  void only_a_hubs_start_does_without_the_command_line() {
    assertThat(HubOptions.ofNothingElse(new String[] {})).isPresent();
    assertThat(HubOptions.ofNothingElse(new String[] {"--data", "d", "--listen", "127.0.0.1:0"}))
        .isPresent();
    for (String line :
        List.of(
            "--data", "--data d token", "--data d --data e", "--data --listen", "--help", "x y")) {
      assertThat(HubOptions.ofNothingElse(line.split(" ", -1))).as(line).isEmpty();
    }
  }

  @Test
  void an_unknown_option_is_wrong_use() {
    assertThat(run("--dta", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("--dta").contains("--data");
  }

  @Test
  void a_gateway_says_what_it_lacks() {
    String hub = "https://monitor.example.org:9595";
    Map<String, List<String>> wrong =
        Map.of(
            "--config FILE or --hub URL is needed", List.of(),
            "not both", List.of("--config", "g.yaml", "--hub", hub, "--token", "ek_1"),
            "--hub is an https address", List.of("--hub", "http://192.0.2.1", "--token", "ek_1"),
            "needs a token", List.of("--hub", hub, "--token", "no token"),
            "such as web=0.0.0.0:8080",
                List.of("--hub", hub, "--token", "ek_1", "--listen", "web=80"));
    wrong.forEach((message, options) -> {
      clear();
      List<String> line = new ArrayList<>(List.of("gateway"));
      line.addAll(options);
      assertThat(run(line.toArray(String[]::new))).isEqualTo(1);
      assertThat(err.toString()).contains(message);
    });
  }

  @Test
  void the_version_is_printed() {
    assertThat(run("version")).isZero();
    assertThat(out.toString()).startsWith("evenkeel " + Version.current() + " on Java 25");
  }

  @Test
  void check_config_tells_every_problem_on_its_line() throws Exception {
    Path file =
        Files.writeString(data.resolve("evenkeel.yaml"), "lisen: 1\nretention:\n  keep: x\n");
    assertThat(run("check-config", file.toString())).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(2).allMatch(l -> l.startsWith("evenkeel: " + file));
    Files.writeString(file, "listen: 127.0.0.1:80\n");
    assertThat(run("check-config", file.toString())).isZero();
    assertThat(out.toString()).contains("is in order");
  }

  @Test
  void promql_test_counts_and_names_what_failed() throws Exception {
    Path script =
        Files.writeString(
            data.resolve("a.test"),
            """
            load 1m
              up{job="a"} 1 1 1

            eval instant at 1m up
              up{job="a"} 1

            eval instant at 1m up
              up{job="a"} 2
            """);
    assertThat(run("promql-test", script.toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains(script + ": 1 passed, 1 failed, 2 in all")
        .contains("line 7: up");
    assertThat(run("promql-test", data.resolve("none").toString())).isEqualTo(1);
  }

  @Test
  void check_rules_counts_the_rules_or_tells_every_problem_with_its_place() throws Exception {
    Path file =
        Files.writeString(
            data.resolve("rules.yml"),
            """
            groups:
            - name: a
              rules:
              - {record: x, expr: up}
              - {record: x, expr: up * 2}
              - {alert: Down, expr: up == 0}
            """);
    assertThat(run("check-rules", file.toString())).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            file + ": 2 recording and 1 alerting rules in 1 group",
            file + ":5: note: 'x' stands in line 4 too, with the same labels");
    Files.writeString(file, "groups:\n- name: a\n  rules:\n  - {alert: A, expr: 'sum('}\n");
    clear();
    assertThat(run("check-rules", file.toString())).isEqualTo(1);
    assertThat(err.toString()).startsWith("evenkeel: " + file + ":4:").contains("parse error");
    Files.writeString(
        file,
        "groups:\n- name: a\n  rules:\n  - {alert: A, expr: up, annotations: {s: '{{ nope 3 }}'}}\n");
    clear();
    assertThat(run("check-rules", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("evenkeel: " + file + ":4: A: 's': ")
        .contains("\"nope\"");
    assertThat(run("check-rules", data.resolve("none").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("there is no such file");
  }

  @Test
  void query_prints_one_series_a_line() {
    try (TestHub hub = TestHub.start(data)) {
      String url = hub.hub.url();
      assertThat(run("query", url, "vector(1) * 2", "--time", "1000.5")).isZero();
      assertThat(out.toString().strip()).isEqualTo("{} => 2 @[1000.5]");
      clear();
      assertThat(
              run(
                  "query",
                  url,
                  "label_replace(vector(time()), \"a\", \"b\", \"\", \"\")",
                  "--start",
                  "0",
                  "--end",
                  "20",
                  "--step",
                  "10s"))
          .isZero();
      assertThat(out.toString().lines())
          .containsExactly("{a=\"b\"} =>", "0 @[0]", "10 @[10]", "20 @[20]");
      clear();
      assertThat(run("query", url, "sum(")).isEqualTo(1);
      assertThat(err.toString()).startsWith("evenkeel: bad_data: ").contains("1:5: parse error");
      assertThat(run("query", url, "1", "--start", "5")).isEqualTo(1);
      assertThat(run("query", url, "1", "--token", "wrong")).isEqualTo(1);
      assertThat(err.toString()).contains("unauthorized");
    }
    assertThat(run("query", "http://127.0.0.1:1", "1")).isEqualTo(1);
    assertThat(err.toString()).contains("no answer from http://127.0.0.1:1");
    assertThat(run("query", "nonsense", "1")).isEqualTo(1);
  }

  @Test
  void commands_that_need_a_hubs_data_say_where_it_is_missing() {
    for (List<String> command :
        List.of(
            List.of("setup-link"),
            List.of("token", "list"),
            List.of("reset-password", "admin"),
            List.of("verify-audit"))) {
      List<String> arguments = new java.util.ArrayList<>(command);
      arguments.addAll(List.of("--data", data.resolve("nothing").toString()));
      clear();
      assertThat(run(arguments.toArray(new String[0]))).isEqualTo(1);
      assertThat(err.toString()).contains("there is no hub's data in").contains("--data");
    }
    assertThat(data.resolve("nothing")).doesNotExist();
  }

  @Test
  void a_new_set_up_link_replaces_the_one_of_a_running_hub() {
    try (TestHub hub = TestHub.start(data)) {
      assertThat(run("setup-link", "--data", data.toString(), "--listen", "127.0.0.1:1")).isZero();
      String link = out.toString().strip();
      assertThat(link).startsWith("http://127.0.0.1:1/setup#token=");
      Map<String, String> old =
          Map.of("token", hub.setupToken(), "name", "admin", "password", TestHub.PASSWORD);
      assertThat(hub.visitor().post("/api/hub/v1/setup", old).status()).isEqualTo(403);
      Map<String, String> fresh =
          Map.of(
              "token",
              link.substring(link.indexOf('=') + 1),
              "name",
              "admin",
              "password",
              TestHub.PASSWORD);
      // The command runs by the wall clock, the hub by the test's: years before the link's end.
      assertThat(hub.visitor().post("/api/hub/v1/setup", fresh).status()).isEqualTo(200);
      clear();
      assertThat(run("setup-link", "--data", data.toString())).isEqualTo(1);
      assertThat(err.toString()).contains("set up already").contains("reset-password");
    }
  }

  @Test
  void tokens_are_made_listed_and_revoked_while_the_hub_runs() {
    try (TestHub hub = TestHub.start(data)) {
      hub.setUp();
      assertThat(run("token", "create", "grafana", "--days", "3000", "--data", data.toString()))
          .isZero();
      Browser grafana = hub.visitor().bearer(out.toString().strip());
      assertThat(grafana.get("/api/hub/v1/settings/collection").status()).isEqualTo(200);
      assertThat(grafana.get("/api/hub/v1/users").status()).as("a viewer").isEqualTo(403);
      clear();
      assertThat(run("token", "list", "--data", data.toString())).isZero();
      String row = out.toString().lines().toList().get(1);
      assertThat(row).contains("grafana", "viewer", "api").doesNotContain("ek_");
      String id = row.substring(0, row.indexOf(' '));
      assertThat(run("token", "revoke", id, "--data", data.toString())).isZero();
      // The hub asks the database again after a few seconds.
      hub.clock.advance(Duration.ofSeconds(5));
      assertThat(grafana.get("/api/hub/v1/settings/collection").status()).isEqualTo(401);
      assertThat(run("token", "revoke", id, "--data", data.toString())).isEqualTo(1);
      assertThat(run("token", "create", "x", "--role", "root", "--data", data.toString()))
          .isEqualTo(1);
      assertThat(run("token")).isEqualTo(2);
    }
  }

  @Test
  void a_password_is_reset_while_the_hub_runs() {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      assertThat(run("reset-password", "admin", "--data", data.toString())).isZero();
      String line = out.toString().strip();
      String password = line.substring(line.lastIndexOf(' ') + 1);
      assertThat(admin.get("/api/hub/v1/users").status()).as("the old session").isEqualTo(401);
      assertThat(
              hub.visitor()
                  .post("/api/hub/v1/login", Map.of("name", "admin", "password", password))
                  .status())
          .isEqualTo(200);
      assertThat(run("reset-password", "nobody", "--data", data.toString())).isEqualTo(1);
      assertThat(err.toString()).contains("no account named 'nobody'");
    }
  }

  @Test
  void an_altered_audit_log_is_found_at_its_line() throws Exception {
    try (TestHub hub = TestHub.start(data)) {
      Browser admin = hub.setUp();
      hub.person(admin, "vera", "viewer");
    }
    assertThat(run("verify-audit", "--data", data.toString())).isZero();
    assertThat(out.toString()).startsWith("The audit log is whole: 3 entries");
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("settings.db"));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE audit SET target = 'mallory' WHERE seq = 2");
    }
    assertThat(run("verify-audit", "--data", data.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("broken at entry 2");
  }

  private int run(String... arguments) {
    CommandLine evenkeel = EvenkeelCommand.all(Clock.systemUTC());
    evenkeel.setOut(new PrintWriter(out, true));
    evenkeel.setErr(new PrintWriter(err, true));
    return evenkeel.execute(arguments);
  }
}
