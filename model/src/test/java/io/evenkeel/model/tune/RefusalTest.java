package io.evenkeel.model.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {
  @ParameterizedTest
  @EnumSource
  void a_sentence_is_read_as_what_it_was(Refusal refusal) {
    List<String> values =
        IntStream.range(0, refusal.places()).mapToObj(i -> "/etc/a-" + i + " (b) 100%").toList();
    Refusal.Said said = new Refusal.Said(refusal, values);
    assertThat(Refusal.read(said.text())).contains(said);
  }

  @Test
  void bounds_are_read_from_what_a_request_objects_to() {
    assertThat(new TuningRequest("vm.swappiness", "", "900").objection().flatMap(Refusal::read))
        .hasValueSatisfying(said -> {
          assertThat(said.refusal()).isEqualTo(Refusal.OUT_OF_BOUNDS);
          assertThat(said.values()).startsWith("vm.swappiness", "900");
        });
    assertThat(new TuningRequest("vm.swappiness", "sda", "9").objection().flatMap(Refusal::read))
        .hasValueSatisfying(said -> assertThat(said.refusal()).isEqualTo(Refusal.WHOLE_HOST));
    assertThat(new TuningRequest("CPUQuota", "../x", "9%").objection().flatMap(Refusal::read))
        .hasValueSatisfying(said -> assertThat(said.refusal()).isEqualTo(Refusal.NO_TARGET));
    assertThat(new TuningRequest("vm.nothing", "", "9").objection().flatMap(Refusal::read))
        .contains(new Refusal.Said(Refusal.NO_ACTION, List.of("vm.nothing")));
  }

  @Test
  void what_is_no_refusal_is_not_taken_for_one() {
    assertThat(Refusal.read("disk quota exceeded")).isEmpty();
    assertThat(Refusal.read("")).isEmpty();
  }

  @Test
  void a_value_too_few_is_an_error() {
    assertThatThrownBy(() -> Refusal.NO_RIGHTS.text("/proc/x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
