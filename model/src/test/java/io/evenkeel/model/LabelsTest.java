package io.evenkeel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void are_sorted_by_name_whatever_order_they_were_given_in() {
    assertThat(Labels.of("mode", "idle", "cpu", "0", "__name__", "node_cpu_seconds_total"))
        .isEqualTo(Labels.of("__name__", "node_cpu_seconds_total", "cpu", "0", "mode", "idle"))
        .extracting(Labels::toMap)
        .asString()
        .isEqualTo("{__name__=node_cpu_seconds_total, cpu=0, mode=idle}");
  }

  @Test
  void refuse_a_name_that_stands_twice() {
    assertThatThrownBy(() -> Labels.of("a", "1", "a", "2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a' stands twice");
  }

  @Test
  void treat_an_empty_value_as_no_label() {
    assertThat(Labels.of("a", "", "b", "1")).isEqualTo(Labels.of("b", "1"));
    assertThat(Labels.of("a", "1", "b", "1").with("a", "")).isEqualTo(Labels.of("b", "1"));
    assertThat(Labels.of("b", "1").valueOrEmpty("a")).isEmpty();
    assertThat(Labels.of("b", "1").get("a")).isNull();
  }

  @Test
  void keep_or_drop_named_ones() {
    Labels labels = Labels.of("a", "1", "b", "2", "c", "3");
    assertThat(labels.keep(Set.of("b", "x"))).isEqualTo(Labels.of("b", "2"));
    assertThat(labels.without(Set.of("b", "x"))).isEqualTo(Labels.of("a", "1", "c", "3"));
    assertThat(labels.without(Set.of("x"))).isSameAs(labels);
  }

  @Test
  void sort_by_utf8_bytes_not_by_utf16_units() {
    Labels privateUse = Labels.of("a", "\uE000");
    Labels supplementary = Labels.of("a", "😀");
    assertThat(privateUse).isLessThan(supplementary);
    assertThat("\uE000".compareTo("😀")).isPositive();
  }

  @Test
  void sort_a_prefix_before_the_longer_ones() {
    List<Labels> sorted =
        new ArrayList<>(
            List.of(Labels.of("a", "1", "b", "1"), Labels.of("a", "2"), Labels.of("a", "1")));
    sorted.sort(null);
    assertThat(sorted)
        .containsExactly(Labels.of("a", "1"), Labels.of("a", "1", "b", "1"), Labels.of("a", "2"));
  }

  @Test
  void print_as_promql_writes_a_series() {
    assertThat(Labels.of("__name__", "up", "job", "a\"b\\c\nd"))
        .hasToString("up{job=\"a\\\"b\\\\c\\nd\"}");
    assertThat(Labels.of("__name__", "up")).hasToString("up");
    assertThat(Labels.empty()).hasToString("{}");
  }
}
