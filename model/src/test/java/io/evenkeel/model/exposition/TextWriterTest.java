package io.evenkeel.model.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextWriterTest {
  private final StringBuilder out = new StringBuilder();
  private final TextWriter writer = new TextWriter(out);

  @Test
  void a_family_has_its_help_and_type_once_before_its_samples() {
    writer.family(new MetricMetadata("node_load1", MetricType.GAUGE, "", "1m load average."));
    writer.sample("node_load1", Labels.of("__name__", "node_load1"), 0.25);
    writer.family(new MetricMetadata("node_forks_total", MetricType.COUNTER, "", ""));
    writer.sample("node_forks_total", Labels.empty(), 7);
    assertThat(out)
        .hasToString(
            """
            # HELP node_load1 1m load average.
            # TYPE node_load1 gauge
            node_load1 0.25
            # TYPE node_forks_total counter
            node_forks_total 7
            """);
  }

  @Test
  void texts_are_escaped_as_the_format_wants_it() {
    writer.family(new MetricMetadata("m", MetricType.UNKNOWN, "", "a \"quoted\" \\ and\nmore"));
    writer.sample("m", Labels.of("b", "x\\y", "a", "say \"hi\"\n"), 1);
    assertThat(out)
        .hasToString(
            """
            # HELP m a "quoted" \\\\ and\\nmore
            # TYPE m untyped
            m{a="say \\"hi\\"\\n",b="x\\\\y"} 1
            """);
  }

  @Test
  void special_numbers_have_the_formats_words() {
    assertThat(number(Double.NaN)).isEqualTo("NaN");
    assertThat(number(Double.POSITIVE_INFINITY)).isEqualTo("+Inf");
    assertThat(number(Double.NEGATIVE_INFINITY)).isEqualTo("-Inf");
    assertThat(number(-0.0)).isEqualTo("-0");
    assertThat(number(1.5e-9)).isEqualTo("1.5e-9");
    assertThat(number(1e300)).isEqualTo("1e300");
    assertThat(number(1.8446744073709552e19)).isEqualTo("1.8446744073709552e19");
  }

  @Test
  void a_number_reads_back_as_the_same_bits() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(Double.doubleToRawLongBits(Double.parseDouble(number(value))))
            .isEqualTo(Double.doubleToRawLongBits(value));
      }
    }
  }

  private static String number(double value) {
    StringBuilder text = new StringBuilder();
    TextWriter.appendNumber(text, value);
    return text.toString();
  }
}
