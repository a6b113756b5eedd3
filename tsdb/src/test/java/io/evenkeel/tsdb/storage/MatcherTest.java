package io.evenkeel.tsdb.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.evenkeel.tsdb.storage.Matcher.Operator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MatcherTest {
  private static Matcher matching(String expression) {
    return new Matcher("device", Operator.MATCHES, expression);
  }

  @Test
  void a_choice_of_words_names_the_only_values_that_meet_it() {
    assertThat(matching("eth0|wlan0").onlyValues()).contains(Set.of("eth0", "wlan0"));
    assertThat(matching("db\\.1|db-2|a\\|b").onlyValues()).contains(Set.of("db.1", "db-2", "a|b"));
    assertThat(matching("eth0|").onlyValues()).contains(Set.of("eth0", ""));
    assertThat(Matcher.equal("device", "sd.*").onlyValues()).contains(Set.of("sd.*"));
  }

  @Test
  void any_other_expression_names_none() {
    for (String other :
        List.of("sd.*", "a+", "(a|b)", "[ab]", "^a", "a$", "\\d", "\\x61", "\\Qa\\E", "\\bx")) {
      assertThat(matching(other).onlyValues()).as(other).isEmpty();
    }
    assertThat(new Matcher("device", Operator.MATCHES_NOT, "a|b").onlyValues()).isEmpty();
  }

  @Test
  void a_choice_answers_as_the_regular_expression_does() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String letters = "ab.|\\-$ é\n";
    for (int i = 0; i < 20_000; i++) {
      String expression = text(random, letters, 6);
      Pattern pattern;
      try {
        pattern = Pattern.compile("^(?s:" + expression + ")$");
      } catch (RuntimeException e) {
        continue;
      }
      Matcher matcher = matching(expression);
      String candidate = text(random, "ab.|\\-$ é\n", 3);
      assertThat(matcher.matches(candidate))
          .as("seed %d: %s against %s", seed, expression, candidate)
          .isEqualTo(pattern.matches(candidate));
    }
  }

  private static String text(Random random, String letters, int most) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(most + 1); left > 0; left--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }
}
