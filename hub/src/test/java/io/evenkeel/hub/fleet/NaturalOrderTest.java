package io.evenkeel.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
  private static final List<String> ORDERED =
      List.of(
          "",
          "1",
          "2.9",
          "2.10",
          "10",
          "99999999999999999999",
          "100000000000000000000",
          "Db-1",
          "db-2",
          "web",
          "web-",
          "web-02",
          "web-2",
          "web-10",
          "web-10a",
          "web-a",
          "wéb");

  @Test
  void numbers_are_compared_as_numbers_and_case_does_not_matter() {
    List<String> mixed = new ArrayList<>(ORDERED);
    Collections.shuffle(mixed, new Random(7));
    mixed.sort(NaturalOrder.INSTANCE);
    assertThat(mixed).containsExactlyElementsOf(ORDERED);
  }

  @Test
  void the_order_is_total() {
    for (String a : ORDERED) {
      for (String b : ORDERED) {
        int order = NaturalOrder.INSTANCE.compare(a, b);
        assertThat(Integer.signum(order))
            .isEqualTo(-Integer.signum(NaturalOrder.INSTANCE.compare(b, a)));
        assertThat(order == 0).isEqualTo(a.equals(b));
      }
    }
  }
}
