package io.evenkeel.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HostAttributesTest {
  @Test
  void spaces_and_repetitions_are_dropped() {
    HostAttributes said = new HostAttributes(" web ", "", List.of("eu", " eu", "", "数据库"));
    assertThat(said).isEqualTo(new HostAttributes("web", "", List.of("eu", "数据库")));
    assertThat(said.problem()).isEmpty();
  }

  @Test
  void what_is_too_long_too_much_or_no_tag_is_refused_with_its_field() {
    assertThat(new HostAttributes("g".repeat(65), "", List.of()).problem().orElseThrow().field())
        .isEqualTo("group");
    assertThat(new HostAttributes("", "a\nb", List.of()).problem().orElseThrow().field())
        .isEqualTo("owner");
    for (List<String> tags :
        List.of(
            List.of("a,b"),
            List.of("a b"),
            List.of("t".repeat(41)),
            Stream.iterate(1, i -> i + 1).limit(17).map(String::valueOf).toList())) {
      assertThat(new HostAttributes("", "", tags).problem().orElseThrow().field())
          .isEqualTo("tags");
    }
  }

  @Test
  void labels_are_completed_and_never_replaced() {
    Map<String, String> alert = Map.of("instance", "a", "owner", "from the rule");
    assertThat(new HostAttributes("web", "ann", List.of("db", "eu")).completing(alert))
        .isEqualTo(
            Map.of("instance", "a", "owner", "from the rule", "group", "web", "tags", ",db,eu,"));
    assertThat(HostAttributes.NONE.completing(alert)).isSameAs(alert);
    assertThat(new HostAttributes("", "", Collections.emptyList()).saysNothing()).isTrue();
  }

  @Test
  void numbers_in_names_are_ordered_as_numbers() {
    assertThat(Stream.of("web-10", "Web-2", "db", "web-1").sorted(NaturalOrder.INSTANCE))
        .containsExactly("db", "web-1", "Web-2", "web-10");
  }
}
