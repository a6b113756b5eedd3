package io.evenkeel.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.hub.yaml.YamlProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleFileTest {
  private static final String WHOLE =
      """
      groups:
        - name: node
          interval: 30s
          query_offset: 1m
          limit: 10
          labels:
            team: base
          rules:
            - record: job:up:avg
              expr: avg by (job) (up)
              labels: {team: own, level: 1}
            - alert: Down
              expr: |
                up == 0
              for: 1h30m
              keep_firing_for: 5m
              labels:
                severity: critical
              annotations:
                summary: '{{ $labels.instance }} is down'
      """;

  @Test
  void reads_every_field_of_groups_and_rules() {
    RuleFile file = RuleFile.parse(WHOLE);
    assertThat(file.problems()).isEmpty();
    assertThat(file.groups())
        .containsExactly(
            new RuleGroup(
                "node",
                Optional.of(Duration.ofSeconds(30)),
                Optional.of(Duration.ofMinutes(1)),
                10,
                java.util.List.of(
                    new RecordingRule(
                        "job:up:avg", "avg by (job) (up)", Map.of("team", "own", "level", "1"), 9),
                    new AlertingRule(
                        "Down",
                        "up == 0\n",
                        Duration.ofMinutes(90),
                        Duration.ofMinutes(5),
                        Map.of("team", "base", "severity", "critical"),
                        Map.of("summary", "{{ $labels.instance }} is down"),
                        12)),
                2));
  }

  @Test
  void an_empty_file_has_no_rules_and_no_problems() {
    assertThat(RuleFile.parse("")).isEqualTo(RuleFile.parse("groups: []\n"));
    assertThat(RuleFile.parse("").isValid()).isTrue();
  }

  @Test
  void tells_all_problems_with_their_places() {
    String text =
        """
        groups:
        - name: a
          interval: often
          rules:
          - record: x
            expr: sum(
            for: 5m
          - expr: up
          - {alert: A, record: b, expr: 'up'}
          - alert: Bad
            expr: |
              up ==
                ) 1
            label: {}
          - record: y
            expr: 'up[5m]'
            labels: {__name__: z}
        - name: a
        - rules: 5
        """;
    assertThat(RuleFile.parse(text).problems().stream().map(YamlProblem::toString))
        .satisfiesExactly(
            p -> assertThat(p).startsWith("3:13: 'often' is not a duration"),
            p -> assertThat(p).startsWith("6:").contains("could not parse expression"),
            p -> assertThat(p).isEqualTo("7:5: a recording rule has no 'for'"),
            p -> assertThat(p).isEqualTo("8:5: a rule needs 'record' or 'alert'"),
            p -> assertThat(p).isEqualTo("9:5: a rule has either 'record' or 'alert', not both"),
            p -> assertThat(p).startsWith("13:").contains("could not parse expression"),
            p -> assertThat(p).startsWith("14:5: 'label' is no field of a rule"),
            p -> assertThat(p).startsWith("16:12: a rule's expression gives"),
            p -> assertThat(p).startsWith("17:24: '__name__' is not a label"),
            p -> assertThat(p).isEqualTo("18:3: the group 'a' stands twice in this file"),
            p -> assertThat(p).isEqualTo("19:3: a group needs a 'name'"),
            p -> assertThat(p).isEqualTo("19:10: 'rules' is expected as a list"));
  }

  @Test
  void broken_yaml_is_a_problem_with_a_place_and_never_a_crash() {
    for (String text :
        new String[] {
          "groups: [",
          "\t",
          "- a\n- b",
          "groups:\n- name: 'a",
          "a: &x [*x]",
          "{a: 1, a: 2}",
          "!!java/object:java.net.URL [x]: y",
          "\u0000",
          "--- a\n--- b"
        }) {
      assertThat(RuleFile.parse(text).problems()).as(text).isNotEmpty();
    }
  }

  @Test
  void a_flood_of_aliases_is_refused() {
    StringBuilder bomb = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (char c = 'b'; c < 'j'; c++) {
      bomb.append(c).append(": &").append(c).append(" [");
      bomb.append(("*" + (char) (c - 1) + ",").repeat(10)).append("]\n");
    }
    assertThat(RuleFile.parse(bomb.toString()).problems()).isNotEmpty();
  }

  @Test
  void the_rules_that_every_hub_starts_with_are_in_order() throws IOException {
    try (InputStream pack = RuleFile.class.getResourceAsStream("/rules/host-rules.yml")) {
      RuleFile file = RuleFile.parse(new String(pack.readAllBytes(), StandardCharsets.UTF_8));
      assertThat(file.problems()).isEmpty();
      assertThat(file.groups().getFirst().rules()).hasSizeGreaterThan(40);
    }
  }
}
