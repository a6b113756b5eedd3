package io.evenkeel.promql.promtest;

import io.evenkeel.model.Labels;
import io.evenkeel.model.SampleBatch;
import io.evenkeel.promql.FloatText;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.parse.Durations;
import io.evenkeel.promql.parse.PromqlSyntaxException;
import io.evenkeel.promql.promtest.SeriesNotation.UnsupportedNotation;
import io.evenkeel.tsdb.memory.MemoryStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs one Prometheus-style test script: `load`, `clear`, `eval instant`, `eval range` with their
/// expected values, failures, warnings and infos. Numbers agree within a relative 1e-6. Used once.
public final class ScriptRunner {
  private static final double TOLERANCE = 1e-6;
  private static final Pattern LOAD = Pattern.compile("load(_with_nhcb)?\\s+(\\S+)\\s*");
  private static final Pattern EVAL =
      Pattern.compile(
          "eval(?:_(fail|warn|info|ordered))?\\s+(?:instant\\s+(?:at\\s+(\\S+))?|range\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+))\\s+(.+)",
          Pattern.DOTALL);
  private static final Pattern RANGE_VECTOR =
      Pattern.compile("range vector from (\\S+) to (\\S+) step (\\S+)");

  /// A case that did not come out as the script says.
  ///
  /// @param line the line of its `eval`, from 1
  public record Failure(int line, String query, String problem) {}

  /// How a script went.
  public record Report(String name, int passed, List<Failure> failures) {
    public Report {
      failures = List.copyOf(failures);
    }

    public int total() {
      return passed + failures.size();
    }
  }

  private final String name;
  private final List<String> lines;
  private final List<Failure> failures = new ArrayList<>();
  private MemoryStore store = new MemoryStore();
  private int at;
  private int passed;
  private @Nullable String loadProblem;

  private ScriptRunner(String name, String script) {
    this.name = name;
    this.lines = script.lines().map(line -> line.replace('\t', ' ').stripTrailing()).toList();
  }

  /// Runs a script.
  ///
  /// @param name what the report calls it
  public static Report run(String name, String script) {
    return new ScriptRunner(name, script).run();
  }

  private Report run() {
    while (at < lines.size()) {
      String line = lines.get(at).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        at++;
      } else if (line.equals("clear")) {
        store = new MemoryStore();
        loadProblem = null;
        at++;
      } else if (line.startsWith("load")) {
        load(line);
      } else if (line.startsWith("eval")) {
        eval();
      } else {
        failures.add(new Failure(at + 1, line, "is no command"));
        at++;
      }
    }
    return new Report(name, passed, failures);
  }

  private List<String> block() {
    List<String> block = new ArrayList<>();
    for (at++; at < lines.size() && !lines.get(at).isBlank(); at++) {
      String line = lines.get(at).strip();
      if (!line.startsWith("#")) {
        block.add(line);
      }
    }
    return block;
  }

  private void load(String line) {
    Matcher command = LOAD.matcher(line);
    List<String> block = block();
    if (!command.matches()) {
      loadProblem = "the load is not understood: " + line;
      return;
    }
    if (command.group(1) != null) {
      loadProblem = "native histograms are not evaluated yet (load_with_nhcb)";
    }
    long step = millis(command.group(2));
    SampleBatch batch = new SampleBatch();
    for (String definition : block) {
      try {
        SeriesNotation.Line series = SeriesNotation.parse(definition);
        int number = batch.addSeries(series.labels());
        for (int i = 0; i < series.bits().size(); i++) {
          Long bits = series.bits().get(i);
          if (bits != null) {
            batch.addSample(number, i * step, bits);
          }
        }
      } catch (UnsupportedNotation | PromqlSyntaxException e) {
        loadProblem = e.getMessage();
      }
    }
    store.append(batch);
  }

  private static long millis(String text) {
    return text.matches("-?[\\d.]+")
        ? Math.round(Double.parseDouble(text) * 1000)
        : text.startsWith("-")
            ? -Durations.parse(text.substring(1)).orElseThrow()
            : Durations.parse(text).orElseThrow();
  }

  private void eval() {
    int line = at + 1;
    String command = lines.get(at).strip();
    List<String> expected = block();
    Matcher parts = EVAL.matcher(command);
    if (!parts.matches()) {
      failures.add(new Failure(line, command, "is not understood"));
      return;
    }
    String query = parts.group(6).strip();
    String problem;
    try {
      problem = check(parts, query, expected);
    } catch (UnsupportedNotation e) {
      problem = e.getMessage();
    } catch (RuntimeException e) {
      problem = "broke: " + e;
    }
    if (problem == null) {
      passed++;
    } else {
      failures.add(
          new Failure(
              line, query, problem + (loadProblem == null ? "" : " [" + loadProblem + "]")));
    }
  }

  private @Nullable String check(Matcher parts, String query, List<String> block) {
    boolean range = parts.group(3) != null;
    Expectation expected = Expectation.of(parts.group(1), block);
    long start =
        range ? millis(parts.group(3)) : parts.group(2) == null ? 0 : millis(parts.group(2));
    QueryRequest request =
        range
            ? QueryRequest.range(query, start, millis(parts.group(4)), millis(parts.group(5)))
            : QueryRequest.instant(query, start);
    QueryOutcome outcome;
    try {
      outcome = new QueryEngine(store, QueryLimits.DEFAULT).query(request);
    } catch (QueryException e) {
      return expected.fails() ? null : "failed: " + e.getMessage();
    }
    if (expected.fails()) {
      return "did not fail";
    }
    if (expected.warns() && outcome.warnings().isEmpty()) {
      return "gave no warning";
    }
    if (expected.informs() && outcome.infos().isEmpty()) {
      return "gave no info";
    }
    return switch (outcome.value()) {
      case Value.Scalar scalar ->
          expected.values().size() == 1
                  && same(scalar.value(), SeriesNotation.number(expected.values().getFirst()))
              ? null
              : "is " + FloatText.of(scalar.value()) + ", expected " + expected.values();
      case Value.Text text ->
          text.value().equals(expected.text()) ? null : "is \"" + text.value() + "\"";
      case Value.InstantVector vector -> instant(vector, expected);
      case Value.RangeVector matrix -> matrix(matrix, expected, request);
    };
  }

  private static @Nullable String instant(Value.InstantVector vector, Expectation expected) {
    List<String> found = new ArrayList<>();
    Map<Labels, Double> values = new LinkedHashMap<>();
    for (Value.VectorSample sample : vector.samples()) {
      values.put(sample.labels(), sample.value());
      found.add(sample.labels() + " " + FloatText.of(sample.value()));
    }
    Map<Labels, Double> wanted = new LinkedHashMap<>();
    for (String line : expected.values()) {
      SeriesNotation.Line series = SeriesNotation.parse(line);
      Long bits = series.bits().isEmpty() ? null : series.bits().getFirst();
      if (bits == null) {
        throw new UnsupportedNotation("no value in '" + line + "'");
      }
      wanted.put(series.labels(), Double.longBitsToDouble(bits));
    }
    boolean equal =
        wanted.size() == values.size()
            && wanted.entrySet().stream()
                .allMatch(entry ->
                    values.containsKey(entry.getKey())
                        && same(values.get(entry.getKey()), entry.getValue()))
            && (!expected.ordered()
                || List.copyOf(wanted.keySet()).equals(List.copyOf(values.keySet())));
    return equal ? null : "is " + found + ", expected " + expected.values();
  }

  private static @Nullable String matrix(
      Value.RangeVector matrix, Expectation expected, QueryRequest request) {
    long start = request.startMillis();
    long step = request.stepMillis();
    List<String> lines = expected.values();
    Matcher header = RANGE_VECTOR.matcher(expected.rangeVector());
    if (header.matches()) {
      start = millis(header.group(1));
      step = millis(header.group(3));
    }
    TreeMap<Labels, TreeMap<Long, Double>> wanted = new TreeMap<>();
    for (String line : lines) {
      SeriesNotation.Line series = SeriesNotation.parse(line);
      TreeMap<Long, Double> points = new TreeMap<>();
      for (int i = 0; i < series.bits().size(); i++) {
        Long bits = series.bits().get(i);
        if (bits != null) {
          points.put(start + i * step, Double.longBitsToDouble(bits));
        }
      }
      wanted.put(series.labels(), points);
    }
    TreeMap<Labels, TreeMap<Long, Double>> found = new TreeMap<>();
    for (Value.MatrixSeries series : matrix.series()) {
      TreeMap<Long, Double> points = new TreeMap<>();
      for (int i = 0; i < series.times().length; i++) {
        points.put(series.times()[i], series.values()[i]);
      }
      found.put(series.labels(), points);
    }
    return agree(found, wanted) ? null : "is " + found + ", expected " + wanted;
  }

  private static boolean agree(
      Map<Labels, TreeMap<Long, Double>> found, Map<Labels, TreeMap<Long, Double>> wanted) {
    if (!found.keySet().equals(wanted.keySet())) {
      return false;
    }
    for (Map.Entry<Labels, TreeMap<Long, Double>> entry : wanted.entrySet()) {
      TreeMap<Long, Double> points = found.getOrDefault(entry.getKey(), new TreeMap<>());
      if (!points.keySet().equals(entry.getValue().keySet())) {
        return false;
      }
      for (Map.Entry<Long, Double> point : entry.getValue().entrySet()) {
        Double own = points.get(point.getKey());
        if (own == null || !same(own, point.getValue())) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean same(@Nullable Double a, double b) {
    if (a == null) {
      return false;
    }
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return Double.isNaN(a) && Double.isNaN(b);
    }
    if (a == b) {
      return true;
    }
    double sum = Math.abs(a) + Math.abs(b);
    double difference = Math.abs(a - b);
    return a == 0 || b == 0 || sum < Double.MIN_NORMAL
        ? difference < TOLERANCE * Double.MIN_NORMAL
        : difference / Math.min(sum, Double.MAX_VALUE) < TOLERANCE;
  }
}
