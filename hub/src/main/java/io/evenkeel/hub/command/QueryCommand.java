package io.evenkeel.hub.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a hub, or anything else that speaks Prometheus's API, an expression and prints the answer,
/// one series a line.
@Command(
    name = "query",
    description = "Ask a hub or Prometheus a PromQL expression.",
    mixinStandardHelpOptions = true)
final class QueryCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "URL",
      description = "The server, such as http://127.0.0.1:9595.")
  private String url = "";

  @Parameters(index = "1", paramLabel = "EXPR", description = "The expression.")
  private String expression = "";

  @Option(
      names = "--time",
      paramLabel = "T",
      description = "When: RFC 3339 or Unix seconds; now, when not given.")
  private @Nullable String time;

  @Option(names = "--start", paramLabel = "T", description = "The beginning of a range.")
  private @Nullable String start;

  @Option(names = "--end", paramLabel = "T", description = "The end of a range.")
  private @Nullable String end;

  @Option(
      names = "--step",
      paramLabel = "D",
      description = "Between the points of a range, such as 30s.")
  private @Nullable String step;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "An API token ('evenkeel token create'); better in the variable EVENKEEL_TOKEN, which no"
              + " other user can see.",
      defaultValue = "${env:EVENKEEL_TOKEN}",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable String token;

  @Option(names = "--json", description = "Print the answer as it came.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    boolean range = start != null || end != null || step != null;
    if (range && (start == null || end == null || step == null || time != null)) {
      throw new CommandFailure("a range wants --start, --end and --step, and no --time");
    }
    Map<String, String> form = new LinkedHashMap<>();
    form.put("query", expression);
    put(form, "time", time);
    put(form, "start", start);
    put(form, "end", end);
    put(form, "step", step);
    String body = ask(range ? "query_range" : "query", form);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(body);
    }
    JsonNode answer = parsed(body);
    if (!answer.path("status").asString("").equals("success")) {
      throw new CommandFailure(
          answer.path("errorType").asString("error") + ": " + answer.path("error").asString(body));
    }
    if (!json) {
      answer.path("warnings").forEach(text -> warn("warning", text));
      answer.path("infos").forEach(text -> warn("info", text));
      print(out, answer.path("data"));
    }
    return CommandLine.ExitCode.OK;
  }

  private static void put(Map<String, String> form, String name, @Nullable String value) {
    if (value != null) {
      form.put(name, value);
    }
  }

  private String ask(String path, Map<String, String> form)
      throws CommandFailure, InterruptedException {
    HttpRequest.Builder request;
    try {
      request =
          HttpRequest.newBuilder(URI.create(url.replaceAll("/+$", "") + "/api/v1/" + path))
              .timeout(PATIENCE)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("'" + url + "' is no address such as http://127.0.0.1:9595");
    }
    if (token != null && !token.isBlank()) {
      request.header("Authorization", "Bearer " + token.strip());
    }
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new CommandFailure("no answer from " + url + ": " + reason);
    }
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(entry ->
            entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private JsonNode parsed(String body) throws CommandFailure {
    try {
      return new JsonMapper().readTree(body);
    } catch (JacksonException e) {
      throw new CommandFailure(url + " does not answer as Prometheus's API does");
    }
  }

  private void warn(String kind, JsonNode text) {
    spec.commandLine().getErr().println("evenkeel: " + kind + ": " + text.asString());
  }

  private static void print(PrintWriter out, JsonNode data) {
    JsonNode result = data.path("result");
    switch (data.path("resultType").asString("")) {
      case "vector" ->
          result.forEach(
              series -> out.println(labels(series.path("metric")) + " => " + sample(series)));
      case "matrix" ->
          result.forEach(series -> {
            out.println(labels(series.path("metric")) + " =>");
            series.path("values").forEach(point -> out.println(point(point)));
            series.path("histograms").forEach(point -> out.println(point(point)));
          });
      default -> out.println(point(result));
    }
  }

  private static String sample(JsonNode series) {
    return point(series.has("value") ? series.path("value") : series.path("histogram"));
  }

  private static String point(JsonNode point) {
    JsonNode value = point.path(1);
    return (value.isString() ? value.asString() : value.toString()) + " @[" + point.path(0) + "]";
  }

  private static String labels(JsonNode metric) {
    String inside =
        metric
            .propertyStream()
            .filter(label -> !label.getKey().equals("__name__"))
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(", ", "{", "}"));
    String name = metric.path("__name__").asString("");
    return name.isEmpty() || !inside.equals("{}") ? name + inside : name;
  }
}
