package io.evenkeel.promql.promtest;

import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.QueryLimits;
import io.evenkeel.promql.QueryOutcome;
import io.evenkeel.promql.QueryRequest;
import io.evenkeel.promql.Value;
import io.evenkeel.promql.parse.Expr;
import io.evenkeel.promql.parse.PromqlSyntaxException;
import io.evenkeel.promql.parse.ValueType;
import io.evenkeel.promql.promtest.SeriesNotation.NotationException;
import io.evenkeel.tsdb.memory.MemoryStore;
import io.evenkeel.tsdb.storage.AppendReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs one Prometheus-style test script: `load`, `clear`, `eval instant`, `eval range` with their
/// expected values, failures, warnings and infos.
///
/// As Prometheus does, each instant case is evaluated again as the middle of a range query, and at
/// other times with `@` behind its selectors: the answer must be the same. Used once.
public final class ScriptRunner {
  private static final long MINUTE = 60_000;
  private static final Pattern LOAD = Pattern.compile("load(_with_nhcb)?\\s+(\\S+)\\s*");
  private static final Pattern EVAL =
      Pattern.compile(
          "eval(?:_(fail|warn|info|ordered))?\\s+(?:instant\\s+(?:at\\s+(\\S+))?|range\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+))\\s+(.+)",
          Pattern.DOTALL);

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
    this.lines = script.lines().map(String::stripTrailing).toList();
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
    try {
      LoadBlock loaded = new LoadBlock(Times.millis(command.group(2)));
      block.forEach(loaded::add);
      AppendReport report = store.append(loaded.batch(command.group(1) != null));
      if (report.refused() > 0) {
        loadProblem = "samples were refused: " + report.details();
      }
    } catch (NotationException | PromqlSyntaxException e) {
      loadProblem = e.getMessage();
    }
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
      Expectation expectation = Expectation.of(parts.group(1), expected);
      problem =
          parts.group(3) == null
              ? instantProblem(
                  query, parts.group(2) == null ? 0 : Times.millis(parts.group(2)), expectation)
              : rangeProblem(
                  QueryRequest.range(
                      query,
                      Times.millis(parts.group(3)),
                      Times.millis(parts.group(4)),
                      Times.millis(parts.group(5))),
                  expectation);
    } catch (NotationException | PromqlSyntaxException e) {
      problem = e.getMessage();
    } catch (RuntimeException e) {
      problem =
          "broke: " + e + " at " + java.util.Arrays.stream(e.getStackTrace()).limit(3).toList();
    }
    if (problem == null) {
      passed++;
    } else {
      failures.add(
          new Failure(
              line, query, problem + (loadProblem == null ? "" : " [" + loadProblem + "]")));
    }
  }

  private QueryEngine engine() {
    return new QueryEngine(store, QueryLimits.DEFAULT);
  }

  private @Nullable String rangeProblem(QueryRequest request, Expectation expected) {
    QueryOutcome outcome;
    try {
      outcome = engine().query(request);
    } catch (QueryException e) {
      return failureProblem(e, expected);
    }
    if (expected.fails()) {
      return "did not fail";
    }
    String problem = expected.annotationProblem(outcome.warnings(), outcome.infos());
    if (problem != null) {
      return problem;
    }
    return outcome.value() instanceof Value.RangeVector matrix
        ? Comparison.matrix(matrix, expected, request.startMillis(), request.stepMillis())
        : "is no range vector";
  }

  private static @Nullable String failureProblem(QueryException e, Expectation expected) {
    String message = String.valueOf(e.getMessage());
    if (!expected.fails()) {
      return "failed: " + message;
    }
    for (Expectation.Message wanted : expected.failures()) {
      if (!wanted.condition().test(message)) {
        return "failed with '" + message + "', expected '" + wanted.written() + "'";
      }
    }
    return null;
  }

  private @Nullable String instantProblem(String query, long time, Expectation expected) {
    String problem = instantOnce(query, time, expected, true);
    if (problem != null) {
      return problem;
    }
    Expr expr;
    try {
      expr = QueryEngine.parse(query);
    } catch (QueryException e) {
      // It was expected to fail.
      return null;
    }
    Optional<String> pinned = PinnedTime.of(expr, time);
    if (pinned.isPresent()) {
      long[] others =
          time == 0
              ? new long[] {-1_000, 0, 1_000}
              : new long[] {-10 * time, 0, time / 5, time, 10 * time};
      for (long other : others) {
        problem = instantOnce(pinned.get(), other, expected, false);
        if (problem != null) {
          return "as '" + pinned.get() + "' at " + other + " ms: " + problem;
        }
      }
    }
    boolean hasRange = expr.type() == ValueType.VECTOR || expr.type() == ValueType.SCALAR;
    if (hasRange && !expected.fails() && !expected.ordered() && !PinnedTime.dependsOnQuery(expr)) {
      problem = asRange(query, time, expected);
      return problem == null ? null : "as a range query: " + problem;
    }
    return null;
  }

  private @Nullable String instantOnce(
      String query, long time, Expectation expected, boolean annotations) {
    QueryOutcome outcome;
    try {
      outcome = engine().query(QueryRequest.instant(query, time));
    } catch (QueryException e) {
      return annotations || !expected.fails() ? failureProblem(e, expected) : null;
    }
    if (expected.fails()) {
      return "did not fail";
    }
    String problem =
        annotations ? expected.annotationProblem(outcome.warnings(), outcome.infos()) : null;
    return problem == null ? Comparison.instant(outcome.value(), expected) : problem;
  }

  /// The same query over three steps; the middle one must give the same.
  private @Nullable String asRange(String query, long time, Expectation expected) {
    QueryOutcome outcome;
    try {
      outcome = engine().query(QueryRequest.range(query, time - MINUTE, time + MINUTE, MINUTE));
    } catch (QueryException e) {
      return "failed: " + e.getMessage();
    }
    if (!(outcome.value() instanceof Value.RangeVector matrix)) {
      return "is no range vector";
    }
    List<Value.VectorSample> middle = new ArrayList<>();
    for (Value.MatrixSeries series : matrix.series()) {
      for (int i = 0; i < series.times().length; i++) {
        if (series.times()[i] == time) {
          middle.add(
              new Value.VectorSample(
                  series.labels(),
                  time,
                  series.values()[i],
                  series.histograms() == null ? null : series.histograms()[i]));
        }
      }
    }
    boolean scalar = QueryEngine.parse(query).type() == ValueType.SCALAR;
    return scalar
        ? Comparison.scalar(middle.getFirst().value(), expected)
        : Comparison.vector(new Value.InstantVector(middle), expected, false);
  }
}
