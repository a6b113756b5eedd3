package io.evenkeel.model.exposition;

import io.evenkeel.model.Label;
import io.evenkeel.model.Labels;
import io.evenkeel.model.MetricMetadata;
import io.evenkeel.model.MetricType;

/// Writes a page of Prometheus's text format, version 0.0.4: each family's `# HELP` and `# TYPE`
/// once, then its samples. Not thread-safe.
///
/// The caller gives the families one after another: the format wants a family's samples together.
public final class TextWriter {
  /// The page's media type.
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder out;

  /// A writer that appends to a text.
  public TextWriter(StringBuilder out) {
    this.out = out;
  }

  /// Begins a family; the samples that follow belong to it.
  public void family(MetricMetadata metadata) {
    if (!metadata.help().isEmpty()) {
      out.append("# HELP ").append(metadata.metric()).append(' ');
      appendEscaped(metadata.help(), false);
      out.append('\n');
    }
    out.append("# TYPE ").append(metadata.metric()).append(' ');
    out.append(typeName(metadata.type())).append('\n');
  }

  /// Writes one sample without a time, which means now.
  ///
  /// @param name the sample's name: the family's, perhaps with a suffix such as `_bucket`
  /// @param labels its labels; a metric name among them is not written
  public void sample(String name, Labels labels, double value) {
    out.append(name);
    boolean open = false;
    for (int i = 0; i < labels.size(); i++) {
      if (labels.name(i).equals(Label.METRIC_NAME)) {
        continue;
      }
      out.append(open ? ',' : '{').append(labels.name(i)).append("=\"");
      appendEscaped(labels.value(i), true);
      out.append('"');
      open = true;
    }
    if (open) {
      out.append('}');
    }
    out.append(' ');
    appendNumber(out, value);
    out.append('\n');
  }

  /// The format's word for a type; what it does not know is untyped.
  private static String typeName(MetricType type) {
    return switch (type) {
      case COUNTER -> "counter";
      case GAUGE, INFO, STATE_SET -> "gauge";
      case HISTOGRAM -> "histogram";
      case SUMMARY -> "summary";
      case GAUGE_HISTOGRAM, UNKNOWN -> "untyped";
    };
  }

  /// Appends a number so that reading it gives the same bits: integers without a fraction, others
  /// in their shortest form.
  public static void appendNumber(StringBuilder out, double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      if (value == 0 && 1 / value < 0) {
        out.append('-');
      }
      out.append((long) value);
    } else if (Double.isNaN(value)) {
      out.append("NaN");
    } else if (Double.isInfinite(value)) {
      out.append(value > 0 ? "+Inf" : "-Inf");
    } else {
      String text = Double.toString(value);
      int exponent = text.indexOf('E');
      if (exponent < 0) {
        out.append(text);
      } else {
        String digits = text.substring(0, exponent);
        out.append(digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits);
        out.append('e').append(text, exponent + 1, text.length());
      }
    }
  }

  private void appendEscaped(String text, boolean quoted) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '"' -> out.append(quoted ? "\\\"" : "\"");
        default -> out.append(c);
      }
    }
  }
}
