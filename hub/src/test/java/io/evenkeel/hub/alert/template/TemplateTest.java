package io.evenkeel.hub.alert.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static final TemplateQueries QUERIES =
      expression ->
          List.of(
              new TemplateQueries.Sample(Map.of("device", "sdb"), 2),
              new TemplateQueries.Sample(Map.of("device", "sda"), 1));

  private static String fill(String text, double value) {
    return Template.parse(text)
        .fill(
            Map.of("instance", "web-1:9100", "device", "sda"),
            value,
            "https://hub",
            Map.of(),
            QUERIES);
  }

  // Expected texts are those of Prometheus's own template tests.
  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "{{ $value | humanize }}¦1234567¦1.235M",
        "{{ humanize $value }}¦0.001¦1m",
        "{{ humanize1024 $value }}¦1048576¦1Mi",
        "{{ humanizeDuration $value }}¦60¦1m 0s",
        "{{ humanizeDuration $value }}¦86400¦1d 0h 0m 0s",
        "{{ humanizeDuration $value }}¦0.1¦100ms",
        "{{ humanizePercentage $value }}¦0.1234567¦12.35%",
        "{{ humanizeTimestamp $value }}¦1435065584.128¦2015-06-23 13:19:44.128 +0000 UTC",
        "{{ $value | printf \"%.2f\" }}¦3.14159¦3.14",
        "{{ printf \"%s is %5.1f%%\" $labels.device $value }}¦50¦sda is  50.0%",
        "{{ $labels.instance | stripPort }}¦0¦web-1",
        "{{ .Labels.device }}={{ .Value }}¦0.5¦sda=0.5",
        "{{ if gt $value 1.0 }}high{{ else if gt $value 0.5 }}some{{ else }}low{{ end }}¦0.7¦some",
        "{{ with query \"up\" }}{{ . | first | value }}{{ end }}¦0¦2",
        "{{ range query \"up\" | sortByLabel \"device\" }}{{ .Labels.device }};{{ end }}¦0¦sda;sdb;",
        "{{ range $i, $s := query \"x\" }}{{ $i }}:{{ $s.Value }} {{ end }}¦0¦0:2 1:1",
        "{{ $x := $value }}{{ $x }}¦7¦7",
        "{{ reReplaceAll \"(.*):.*\" \"$1\" $labels.instance }}¦0¦web-1",
        "{{ $labels.nothing }}x¦0¦x",
        "{{ \"sda\" | label \"device\" }}¦0¦<error expanding template: there is no field 'Labels' here>",
        "a {{- \" b\" -}} c¦0¦a bc"
      })
  void texts_come_out_as_in_prometheus(String text, double value, String expected) {
    assertThat(fill(text, value).strip()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ $value", "{{ if }}x{{ end }}", "{{ end }}", "{{ nothing 1 }}", "{{ range $value }}",
        "{{ template \"x\" }}", "{{ \"open }}", "{{ ( 1 }}", "{{ if 1 }}", "{{ | }}"
      })
  void what_is_no_template_is_refused_when_it_is_read(String text) {
    assertThatThrownBy(() -> Template.parse(text))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith("template:");
  }

  @Test
  void a_template_that_goes_wrong_says_so_in_its_place() {
    assertThat(fill("{{ query \"up\" | index 9 }}", 0)).startsWith("<error expanding template:");
    assertThat(fill("{{ humanize \"x\" }}", 0)).contains("needs a number");
  }

  @Test
  void output_is_bounded() {
    String all = "{{ range query \"x\" }}" + "y".repeat(6_000) + "{{ end }}";
    assertThat(fill(all, 0).length()).isLessThan(20_000);
    assertThatThrownBy(() -> Template.parse("{{(".repeat(100) + "1" + ")}}".repeat(100)))
        .isInstanceOf(TemplateException.class);
  }
}
