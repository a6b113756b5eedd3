package io.evenkeel.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelNamesTest {
  @ParameterizedTest
  @CsvSource({
    "job, job",
    "U__a_2e_b, a.b",
    "U__a__b, a_b",
    "U___1f600_, 😀",
    "U__a_zz_b, U__a_zz_b",
    "U__a_2e, U__a_2e",
    "U___ffffff_, U___ffffff_"
  })
  void undoes_the_escaping_of_names_in_addresses(String written, String meant) {
    assertThat(LabelNames.unescaped(written)).isEqualTo(meant);
  }
}
