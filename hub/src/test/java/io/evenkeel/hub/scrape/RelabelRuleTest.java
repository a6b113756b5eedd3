package io.evenkeel.hub.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Each action with Prometheus's meaning; the expected hashes are from its own tests.
class RelabelRuleTest {
  private static final Labels ABC = Labels.of("a", "foo", "b", "bar", "c", "baz");

  private static @Nullable Labels apply(Labels labels, String rules) {
    String text =
        "scrape_configs:\n- job_name: x\n  relabel_configs:\n"
            + rules.indent(2).stripTrailing()
            + "\n";
    ScrapeJobReader.Result read = ScrapeJobReader.read(text, Path.of("/"));
    assertThat(read.problems()).isEmpty();
    List<RelabelRule> steps = read.jobs().getFirst().relabel();
    return RelabelRule.apply(steps, labels);
  }

  @Test
  void replace_writes_a_template_when_the_whole_value_matches() {
    assertThat(
            apply(
                ABC,
                "- {source_labels: [a], regex: 'f(.*)', target_label: d, replacement: 'ch${1}-ch${1}'}"))
        .isEqualTo(ABC.with("d", "choo-choo"));
    assertThat(apply(ABC, "- {source_labels: [a], regex: 'o', target_label: d}")).isEqualTo(ABC);
    assertThat(
            apply(
                ABC,
                "- {source_labels: [a, b], regex: 'f(.*);(.*)r', target_label: a, replacement: 'b${1}${2}m'}\n"
                    + "- {source_labels: [c, a], regex: '(b).*b(.*)ba(.*)', target_label: d,"
                    + " replacement: '$1$2$2$3'}"))
        .isEqualTo(ABC.with("a", "boobam").with("d", "boooom"));
  }

  @Test
  void an_empty_replacement_removes_the_label() {
    assertThat(apply(ABC, "- {source_labels: [a], target_label: b, replacement: ''}"))
        .isEqualTo(Labels.of("a", "foo", "c", "baz"));
    assertThat(apply(ABC, "- {source_labels: [nothing], target_label: b}"))
        .isEqualTo(Labels.of("a", "foo", "c", "baz"));
  }

  @Test
  void a_target_may_be_a_template_and_named_groups_are_known() {
    assertThat(
            apply(
                Labels.of("a", "some-name-value"),
                "- {source_labels: [a], regex: 'some-(?P<key>[^-]+)-([^,]+)', target_label: '${key}',"
                    + " replacement: '${2}$$'}"))
        .isEqualTo(Labels.of("a", "some-name-value", "name", "value$"));
  }

  @Test
  void keep_and_drop_decide_by_the_whole_value() {
    assertThat(apply(ABC, "- {source_labels: [a], regex: 'foo', action: keep}")).isEqualTo(ABC);
    assertThat(apply(ABC, "- {source_labels: [a], regex: 'fo', action: keep}")).isNull();
    assertThat(apply(ABC, "- {source_labels: [a], regex: 'f.*', action: drop}")).isNull();
    assertThat(apply(ABC, "- {source_labels: [a], regex: 'f', action: drop}")).isEqualTo(ABC);
  }

  @Test
  void keepequal_and_dropequal_compare_with_the_target_label() {
    Labels same = Labels.of("__tmp_port", "1234", "__port1", "1234", "__port2", "5678");
    assertThat(
            apply(
                same, "- {source_labels: [__tmp_port], target_label: __port1, action: keepequal}"))
        .isEqualTo(same);
    assertThat(
            apply(
                same, "- {source_labels: [__tmp_port], target_label: __port2, action: keepequal}"))
        .isNull();
    assertThat(
            apply(
                same, "- {source_labels: [__tmp_port], target_label: __port1, action: dropequal}"))
        .isNull();
  }

  @Test
  void hashmod_spreads_as_prometheus_does() {
    assertThat(
            apply(ABC, "- {source_labels: [c], target_label: d, modulus: 1000, action: hashmod}"))
        .isEqualTo(ABC.with("d", "976"));
    assertThat(
            apply(
                Labels.of("a", "foo\nbar"),
                "- {source_labels: [a], target_label: b, modulus: 1000, action: hashmod}"))
        .isEqualTo(Labels.of("a", "foo\nbar", "b", "734"));
  }

  @Test
  void label_names_are_mapped_dropped_and_kept_by_pattern() {
    Labels labels = Labels.of("a", "foo", "b1", "bar", "b2", "baz");
    assertThat(apply(labels, "- {regex: '(b.*)', replacement: 'bar_${1}', action: labelmap}"))
        .isEqualTo(labels.with("bar_b1", "bar").with("bar_b2", "baz"));
    assertThat(apply(labels, "- {regex: '(b.*)', action: labeldrop}"))
        .isEqualTo(Labels.of("a", "foo"));
    assertThat(apply(labels, "- {regex: '(b.*)', action: labelkeep}"))
        .isEqualTo(Labels.of("b1", "bar", "b2", "baz"));
  }

  @Test
  void values_are_put_into_one_case() {
    Labels foo = Labels.of("foo", "bAr123Foo");
    assertThat(
            apply(
                foo,
                "- {source_labels: [foo], target_label: low, action: lowercase}\n"
                    + "- {source_labels: [foo], target_label: up, action: uppercase}"))
        .isEqualTo(foo.with("low", "bar123foo").with("up", "BAR123FOO"));
  }
}
