package io.evenkeel.model.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.model.Exemplar;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;
import io.evenkeel.model.wire.WireException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextPageTest {
  private static CollectedPage read(String page, boolean openMetrics) throws WireException {
    CollectedPage told = new CollectedPage();
    byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
    TextPage.read(bytes, bytes.length, openMetrics, true, told);
    return told;
  }

  private static CollectedPage text(String page) throws WireException {
    return read(page, false);
  }

  @Test
  void names_labels_values_and_times_are_read() throws Exception {
    CollectedPage page =
        text(
            """
            # HELP http_requests_total The total number of "HTTP" requests.\\nAll \\\\ of them.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400",}    3 1395066363000

            # a comment
            msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find:\\n\\"it\\""} 1.458255915e9
            metric_without_timestamp_and_labels 12.47
            something_weird{problem="division by zero"} +Inf -3982045
            \t with_blanks \t { a = "b" , c = "d" } \t -0.5 \t
            utf8{l="ünï→😀"} nan
            {"my.dotted.metric", "label.name"="x", plain="y"} 7
            rpc_duration_seconds_count 2693\
            """);
    assertThat(page.lines())
        .containsExactly(
            "http_requests_total{code=\"200\", method=\"post\"} 1027.0",
            "http_requests_total{code=\"400\", method=\"post\"} 3.0",
            "msdos_file_access_time_seconds{error=\"Cannot find:\\n\\\"it\\\"\","
                + " path=\"C:\\\\DIR\\\\FILE.TXT\"} 1.458255915E9",
            "metric_without_timestamp_and_labels 12.47",
            "something_weird{problem=\"division by zero\"} Infinity",
            "with_blanks{a=\"b\", c=\"d\"} -0.5",
            "utf8{l=\"ünï→😀\"} NaN",
            "my.dotted.metric{label.name=\"x\", plain=\"y\"} 7.0",
            "rpc_duration_seconds_count 2693.0");
    assertThat(page.samples.get(0).timestampMillis()).isEqualTo(1395066363000L);
    assertThat(page.samples.get(3).timestampMillis()).isEqualTo(PageSink.NO_TIME);
    assertThat(page.samples.get(4).timestampMillis()).isEqualTo(-3982045);
    assertThat(page.metadata)
        .containsExactly(
            new MetricMetadata(
                "http_requests_total",
                MetricType.COUNTER,
                "",
                "The total number of \"HTTP\" requests.\nAll \\ of them."));
  }

  @Test
  void open_metrics_has_units_exemplars_times_in_seconds_and_an_end() throws Exception {
    CollectedPage page =
        read(
            """
            # TYPE foo_seconds histogram
            # UNIT foo_seconds seconds
            # HELP foo_seconds How long.
            foo_seconds_bucket{le="0.1"} 8 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67
            foo_seconds_bucket{le="+Inf"} 17 # {trace_id="x",span_id="y"} 9.8 1520879607.789
            foo_seconds_count 17
            # EOF
            """,
            true);
    assertThat(page.samples.get(0).timestampMillis()).isEqualTo(1520879607789L);
    assertThat(page.samples.get(0).exemplar())
        .isEqualTo(new Exemplar(Labels.of("trace_id", "KOO5S4vxi0o"), 0.67, 1520879607789L));
    assertThat(page.samples.get(1).exemplar())
        .isEqualTo(new Exemplar(Labels.of("trace_id", "x", "span_id", "y"), 9.8, 1520879607789L));
    assertThat(page.samples.get(2).exemplar()).isNull();
    assertThat(page.metadata)
        .containsExactly(
            new MetricMetadata("foo_seconds", MetricType.HISTOGRAM, "seconds", "How long."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a 1\\nb{c=\"d\"|line 2: the labels are not closed with '}'",
        "a 1\\nb{c=d} 1|line 2: expected a label's value in quotes",
        "a{c=\"d} 1|line 1: a text in quotes does not end",
        "a{c=\"d\\n\"} 1|line 1: a text in quotes goes beyond its line",
        "a{c \"d\"} 1|line 1: expected '=' after a label's name",
        "a{c=\"d\" e=\"f\"} 1|line 1: expected ',' or '}' between labels",
        "a{1=\"d\"} 1|line 1: expected the name of a label",
        "a|line 1: expected a value after the name",
        "a{}|line 1: expected a value, found ''",
        "a 1x|line 1: expected a value, found '1x'",
        "a 0x1p3|line 1: expected a value, found '0x1p3'",
        "a 1_000|line 1: expected a value, found '1_000'",
        "a .inf|line 1: expected a value, found '.inf'",
        "a 1e|line 1: expected a value, found '1e'",
        "a 1 2.5|line 1: expected a time in milliseconds, found '2.5'",
        "a 1 2 3|line 1: expected the end of the line, found '3'",
        "a 1\\n\\n\\n%b 1|line 4: expected the name of a metric",
        "{a=\"b\"} 1|line 1: a series has no name",
        "{\"\"} 1|line 1: a series has no name",
        "a{b=\"c\",b=\"d\"} 1|line 1: label 'b' stands twice",
        "# TYPE a number|line 1: 'number' is not a type of metric",
        "# HELP 1a b|line 1: expected the name of a metric",
      })
  void a_fault_is_told_with_its_line(String page, String message) {
    assertThatThrownBy(() -> text(page.replace("\\n", "\n")))
        .isInstanceOf(WireException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a 1\\n|line 2: the page ends without '# EOF': it was cut off",
        "a 1\\n\\n# EOF|line 2: a blank line, which OpenMetrics does not allow",
        "# comment\\n# EOF|line 1: a comment that is not HELP, TYPE, UNIT or EOF",
        "# EOF\\na 1|line 2: something stands behind '# EOF'",
        "#EOF|line 1: expected '# ' and HELP, TYPE, UNIT or EOF",
        "a 1 # 3\\n# EOF|line 1: expected the labels of an exemplar after '#'",
        "a 1 # {} x\\n# EOF|line 1: expected an exemplar's value, found 'x'",
      })
  void open_metrics_is_stricter(String page, String message) {
    assertThatThrownBy(() -> read(page.replace("\\n", "\n"), true))
        .isInstanceOf(WireException.class)
        .hasMessage(message);
  }

  @Test
  void what_is_not_utf_8_ends_the_page() {
    byte[] bytes = "ok 1\na{b=\"x\"} 1\n".getBytes(StandardCharsets.UTF_8);
    bytes[10] = (byte) 0xC3;
    assertThatThrownBy(() -> TextPage.read(bytes, bytes.length, false, false, new CollectedPage()))
        .hasMessage("line 2: a name or value is not UTF-8");
  }

  @Test
  void numbers_have_the_same_bits_as_the_jdk_reads_them() throws Exception {
    long seed = 20261126;
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      double value =
          switch (i % 4) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt() / 1000.0;
            case 2 -> random.nextLong();
            default -> random.nextDouble() * Math.pow(10, random.nextInt(40) - 20);
          };
      if (Double.isNaN(value) || Double.isInfinite(value)) {
        continue;
      }
      String text =
          i % 3 == 0
              ? String.valueOf(value)
              : String.format(Locale.ROOT, "%." + i % 20 + (i % 2 == 0 ? "e" : "f"), value);
      double read = text("a " + text).samples.getFirst().value();
      assertThat(Double.doubleToRawLongBits(read))
          .as("%s, seed %d", text, seed)
          .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
    }
  }

  @Test
  void what_the_writer_writes_is_read_back() throws Exception {
    StringBuilder out = new StringBuilder();
    TextWriter writer = new TextWriter(out);
    writer.family(new MetricMetadata("odd", MetricType.GAUGE, "", "a \\ b\nc"));
    Labels labels = Labels.of("quote", "\"", "slash", "\\", "line", "a\nb", "both", "\\n");
    writer.sample("odd", labels, 1e-300);
    CollectedPage page = text(out.toString());
    assertThat(page.samples.getFirst().series())
        .isEqualTo(labels.with("__name__", "odd").toString());
    assertThat(page.samples.getFirst().value()).isEqualTo(1e-300);
    assertThat(page.metadata.getFirst().help()).isEqualTo("a \\ b\nc");
  }

  @Test
  void a_page_whose_series_are_known_costs_no_memory_to_speak_of() throws Exception {
    StringBuilder page = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      page.append("node_cpu_seconds_total{cpu=\"").append(i).append("\",mode=\"idle\"} 12345.67\n");
    }
    byte[] bytes = page.toString().getBytes(StandardCharsets.UTF_8);
    int[] count = {0};
    PageSink sink =
        new PageSink() {
          @Override
          public void sample(
              PageSeries series, long time, long bits, long start, @Nullable Exemplar exemplar) {
            count[0] += series.length() > 0 ? 1 : 0;
          }

          @Override
          public void histogram(
              PageSeries series,
              long time,
              io.evenkeel.model.NativeHistogram histogram,
              long start,
              @Nullable Exemplar exemplar) {}

          @Override
          public void metadata(MetricMetadata metadata) {}
        };
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    TextPage.read(bytes, bytes.length, false, false, sink);
    long before = threads.getCurrentThreadAllocatedBytes();
    TextPage.read(bytes, bytes.length, false, false, sink);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(count[0]).isEqualTo(20_000);
    assertThat(allocated).isLessThan(10_000);
  }
}
