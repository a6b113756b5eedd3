package io.evenkeel.hub.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.hub.tune.TrialVerdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
  private record Door(String name, int width, @Nullable String colour) {}

  record House(List<Floor> floors) {}

  record Floor(List<String> rooms, int height) {
    Floor {
      if (height < 1) {
        throw new IllegalArgumentException("a floor is 1 or more high");
      }
      rooms = List.copyOf(rooms);
    }
  }

  private static Door read(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8), Door.class);
  }

  private static void isRefused(String text, String... words) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ApiException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void a_nullable_field_may_be_null_or_left_out() {
    assertThat(read("{\"name\":\"front\",\"width\":90}")).isEqualTo(new Door("front", 90, null));
    assertThat(read("{\"name\":\"front\",\"width\":90,\"colour\":null}"))
        .isEqualTo(new Door("front", 90, null));
    assertThat(read("{\"name\":\"front\",\"width\":90,\"colour\":\"red\"}").colour())
        .isEqualTo("red");
  }

  @Test
  void any_other_field_must_be_there() {
    isRefused("{\"width\":90}", "'name'", "missing");
    isRefused("{\"name\":\"front\"}", "'width'", "missing");
    isRefused("{\"name\":\"front\",\"width\":null}", "'width'");
    isRefused("{\"name\":null,\"width\":90}", "'name'");
  }

  @Test
  void a_constant_of_several_words_keeps_its_underscores() {
    assertThat(Json.mapper().writeValueAsString(TrialVerdict.NO_EVIDENCE))
        .isEqualTo("\"no_evidence\"");
    for (TrialVerdict verdict : TrialVerdict.values()) {
      byte[] written = Json.write(verdict);
      assertThat(Json.read(written, TrialVerdict.class)).isEqualTo(verdict);
    }
  }

  @Test
  void what_a_record_does_not_take_is_refused_by_name_and_in_its_own_words() {
    for (String body :
        List.of(
            "{\"floors\":[{\"rooms\":[\"a\",null],\"height\":2}]}",
            "{\"floors\":[{\"rooms\":[\"a\"],\"height\":0}]}")) {
      assertThatThrownBy(() -> Json.read(body.getBytes(StandardCharsets.UTF_8), House.class))
          .isInstanceOf(ApiException.class)
          .hasMessageMatching(
              body.contains("null")
                  ? "The value of 'floors' is missing or of the wrong kind\\."
                  : "a floor is 1 or more high");
    }
  }

  @Test
  void what_is_unknown_or_no_json_is_refused_by_name() {
    isRefused("{\"name\":\"front\",\"width\":90,\"color\":\"red\"}", "'color'");
    isRefused("{\"name\":\"front\",\"width\":\"wide\"}", "'width'");
    isRefused("[]", "not the JSON object");
    isRefused("{\"name\":", "not JSON");
    isRefused("null", "empty");
  }
}
