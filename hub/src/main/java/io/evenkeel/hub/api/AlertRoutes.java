package io.evenkeel.hub.api;

import io.evenkeel.hub.alert.AlertEngine;
import io.evenkeel.hub.alert.AlertRule;
import io.evenkeel.hub.alert.AlertState;
import io.evenkeel.hub.alert.AlertStore;
import io.evenkeel.hub.alert.RuleBook;
import io.evenkeel.hub.alert.RuleEntry;
import io.evenkeel.hub.alert.RulePreview;
import io.evenkeel.hub.alert.ThresholdForm;
import io.evenkeel.hub.rules.RecordingGroup;
import io.evenkeel.hub.rules.RecordingRules;
import io.evenkeel.hub.security.Access;
import io.evenkeel.model.Text;
import io.evenkeel.promql.FloatText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rules and alerts: for the pages, and as Prometheus's API tells them. Times are epoch
/// milliseconds.
public final class AlertRoutes {
  public record Rules(List<Rule> rules) {}

  /// A rule with how it fares.
  ///
  /// @param signal what it measures, without its threshold
  /// @param error why its last evaluation failed; empty when it did not
  public record Rule(
      String id,
      String group,
      String name,
      String expression,
      String signal,
      String condition,
      @Nullable String clear,
      long holdSeconds,
      long keepFiringSeconds,
      String severity,
      Map<String, String> labels,
      Map<String, String> annotations,
      AlertRule.Origin origin,
      @Nullable ThresholdForm form,
      boolean enabled,
      int firing,
      int pending,
      String error,
      long evaluatedAt) {}

  public record Switch(boolean enabled) {}

  public record Files(List<File> files) {}

  public record File(String name, long updatedAt, String content) {}

  public record NewFile(String content) {}

  private static final int FILE_BYTES = 1 << 20;

  private final RuleBook book;
  private final AlertEngine engine;
  private final RulePreview preview;
  private final RecordingRules recording;

  public AlertRoutes(
      RuleBook book, AlertEngine engine, RecordingRules recording, RulePreview preview) {
    this.recording = recording;
    this.book = book;
    this.engine = engine;
    this.preview = preview;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/hub/v1/rules",
            Access.VIEWER,
            "Lists the alerting rules.",
            Rules.class,
            exchange ->
                exchange.answer(
                    new Rules(engine.status().stream().map(AlertRoutes::rule).toList()))),
        Route.post(
            "/api/hub/v1/rules",
            Access.ADMIN,
            "Adds a rule.",
            RuleEntry.class,
            Rule.class,
            exchange -> save(exchange, null)),
        Route.put(
            "/api/hub/v1/rules/{id}",
            Access.ADMIN,
            "Changes a rule of the pages.",
            RuleEntry.class,
            Rule.class,
            exchange -> save(exchange, exchange.variable("id"))),
        Route.delete(
            "/api/hub/v1/rules/{id}",
            Access.ADMIN,
            "Removes a rule of the pages; its alerts end.",
            exchange -> {
              Outcomes.resultOf(book.remove(exchange.variable("id"), actor(exchange)));
              exchange.done();
            }),
        Route.put(
            "/api/hub/v1/rules/{id}/enabled",
            Access.ADMIN,
            "Switches a rule on or off.",
            Switch.class,
            null,
            exchange -> {
              Outcomes.resultOf(
                  book.enable(
                      exchange.variable("id"),
                      exchange.json(Switch.class).enabled(),
                      actor(exchange)));
              exchange.done();
            }),
        Route.post(
                "/api/hub/v1/rules/preview",
                Access.VIEWER,
                "Tells how often a rule would have fired in the last 7 days.",
                RuleEntry.class,
                RulePreview.Preview.class,
                exchange -> {
                  AlertRule rule =
                      Outcomes.resultOf(book.check(null, exchange.json(RuleEntry.class)));
                  exchange.answer(Outcomes.resultOf(preview.of(rule)));
                })
            .thatOnlyReads(),
        Route.get(
            "/api/hub/v1/rule-files",
            Access.VIEWER,
            "Lists the imported rule files.",
            Files.class,
            exchange ->
                exchange.answer(new Files(book.files().stream().map(AlertRoutes::file).toList()))),
        Route.get(
            "/api/hub/v1/rule-files/{name}",
            Access.VIEWER,
            "Answers an imported rule file as it was.",
            null,
            this::export),
        Route.put(
            "/api/hub/v1/rule-files/{name}",
            Access.ADMIN,
            "Imports a rule file of Prometheus.",
            NewFile.class,
            Rules.class,
            this::importFile),
        Route.delete(
            "/api/hub/v1/rule-files/{name}",
            Access.ADMIN,
            "Removes an imported rule file; its alerts end.",
            exchange -> {
              Outcomes.resultOf(book.removeFile(exchange.variable("name"), actor(exchange)));
              exchange.done();
            }),
        Route.get(
            "/api/v1/rules",
            Access.VIEWER,
            "Lists the rules with their alerts, in Prometheus's form.",
            null,
            exchange -> exchange.answer(Map.of("status", "success", "data", groups(exchange)))),
        Route.get(
            "/api/v1/alerts",
            Access.VIEWER,
            "Lists pending and firing alerts, in Prometheus's form.",
            null,
            exchange ->
                exchange.answer(
                    Map.of(
                        "status",
                        "success",
                        "data",
                        Map.of(
                            "alerts",
                            engine.status().stream()
                                .flatMap(status -> status.alerts().stream())
                                .map(AlertRoutes::alert)
                                .toList())))));
  }

  private static String actor(Exchange exchange) {
    return exchange.caller().auditName();
  }

  private void save(Exchange exchange, @Nullable String id) {
    AlertRule saved =
        Outcomes.resultOf(book.save(id, exchange.json(RuleEntry.class), actor(exchange)));
    exchange.answer(rule(new AlertEngine.RuleStatus(saved, List.of(), "", 0, 0)));
  }

  private void export(Exchange exchange) {
    String name = exchange.variable("name");
    AlertStore.StoredFile file =
        book.files().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                ApiException.notFound(
                    Text.of("There is no rule file '" + name + "'.", "没有规则文件“" + name + "”。")));
    exchange.answer(200, "application/yaml", file.content().getBytes(StandardCharsets.UTF_8));
  }

  private void importFile(Exchange exchange) {
    String name = exchange.variable("name");
    // Programs send the file itself, pages send it inside JSON.
    boolean yaml = exchange.header("Content-Type").orElse("").contains("yaml");
    String content =
        yaml
            ? new String(exchange.body(FILE_BYTES), StandardCharsets.UTF_8)
            : exchange.json(NewFile.class).content();
    List<AlertRule> rules = Outcomes.resultOf(book.importFile(name, content, actor(exchange)));
    exchange.answer(
        new Rules(
            rules.stream()
                .map(rule -> rule(new AlertEngine.RuleStatus(rule, List.of(), "", 0, 0)))
                .toList()));
  }

  private static File file(AlertStore.StoredFile file) {
    return new File(file.name(), file.updatedAt(), file.content());
  }

  private static Rule rule(AlertEngine.RuleStatus status) {
    AlertRule rule = status.rule();
    int firing = (int) status.alerts().stream().filter(AlertState::isFiring).count();
    return new Rule(
        rule.id(),
        rule.group(),
        rule.name(),
        rule.expression(),
        AlertEngine.signalOf(rule),
        AlertEngine.conditionOf(rule),
        rule.clear(),
        rule.hold().toSeconds(),
        rule.keepFiring().toSeconds(),
        rule.severity(),
        rule.labels(),
        rule.annotations(),
        rule.origin(),
        rule.form(),
        rule.enabled(),
        firing,
        status.alerts().size() - firing,
        status.error(),
        status.evaluatedAt());
  }

  /// The groups in the form of Prometheus's API; `type` and `rule_name[]` leave some rules out.
  private Map<String, Object> groups(Exchange exchange) {
    String type = exchange.parameter("type").orElse("");
    if (!List.of("", "alert", "record").contains(type)) {
      throw ApiException.badRequest(
          Text.of("not supported value \"" + type + "\"", "不支持的值“" + type + "”。"));
    }
    List<String> names = exchange.parameters("rule_name[]");
    Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
    Map<String, List<Object>> members = new LinkedHashMap<>();
    if (!type.equals("record")) {
      for (AlertEngine.RuleStatus status : engine.status()) {
        AlertRule rule = status.rule();
        if (rule.enabled() && (names.isEmpty() || names.contains(rule.name()))) {
          int slash = rule.group().indexOf('/');
          String file = slash < 0 ? rule.group() : rule.group().substring(0, slash);
          groups.computeIfAbsent(
              rule.group(),
              key -> group(rule.group().substring(slash + 1), file, rule.interval(), rule.limit()));
          members
              .computeIfAbsent(rule.group(), key -> new ArrayList<>())
              .add(prometheusRule(status));
        }
      }
    }
    if (!type.equals("alert")) {
      for (RecordingGroup.Status status : recording.groups()) {
        String key = status.file() + "/" + status.group().name();
        for (RecordingGroup.RuleStatus rule : status.rules()) {
          if (names.isEmpty() || names.contains(rule.rule().name())) {
            groups.computeIfAbsent(
                key,
                unused ->
                    group(
                        status.group().name(),
                        status.file(),
                        status.group().interval().orElse(RecordingGroup.INTERVAL),
                        status.group().limit()));
            members
                .computeIfAbsent(key, unused -> new ArrayList<>())
                .add(recordingRule(status, rule));
          }
        }
      }
    }
    groups.forEach((key, group) -> group.put("rules", members.getOrDefault(key, List.of())));
    return Map.of("groups", List.copyOf(groups.values()));
  }

  private static Map<String, Object> group(String name, String file, Duration interval, int limit) {
    Map<String, Object> group = new LinkedHashMap<>();
    group.put("name", name);
    group.put("file", file);
    group.put("interval", interval.toMillis() / 1000.0);
    group.put("limit", limit);
    return group;
  }

  private static Map<String, Object> recordingRule(
      RecordingGroup.Status status, RecordingGroup.RuleStatus rule) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", rule.rule().name());
    json.put("query", rule.rule().expression());
    json.put("labels", new TreeMap<>(rule.rule().labels()));
    json.put(
        "health",
        rule.error().isPresent() ? "err" : status.evaluatedAtMillis().isEmpty() ? "unknown" : "ok");
    rule.error().ifPresent(error -> json.put("lastError", error));
    json.put("evaluationTime", rule.took().toNanos() / 1e9);
    json.put(
        "lastEvaluation", Instant.ofEpochMilli(status.evaluatedAtMillis().orElse(0L)).toString());
    json.put("type", "recording");
    return json;
  }

  private static Map<String, Object> prometheusRule(AlertEngine.RuleStatus status) {
    AlertRule rule = status.rule();
    boolean firing = status.alerts().stream().anyMatch(AlertState::isFiring);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", firing ? "firing" : status.alerts().isEmpty() ? "inactive" : "pending");
    json.put("name", rule.name());
    json.put("query", rule.expression());
    json.put("duration", rule.hold().toMillis() / 1000.0);
    json.put("keepFiringFor", rule.keepFiring().toMillis() / 1000.0);
    json.put("labels", new TreeMap<>(rule.labels()));
    json.put("annotations", new TreeMap<>(rule.annotations()));
    json.put("alerts", status.alerts().stream().map(AlertRoutes::alert).toList());
    json.put(
        "health", status.error().isEmpty() ? status.evaluatedAt() == 0 ? "unknown" : "ok" : "err");
    if (!status.error().isEmpty()) {
      json.put("lastError", status.error());
    }
    json.put("evaluationTime", status.seconds());
    json.put("lastEvaluation", Instant.ofEpochMilli(status.evaluatedAt()).toString());
    json.put("type", "alerting");
    return json;
  }

  private static Map<String, Object> alert(AlertState state) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("labels", state.labels().toMap());
    json.put("annotations", new TreeMap<>(state.annotations()));
    json.put("state", state.isFiring() ? "firing" : "pending");
    json.put("activeAt", Instant.ofEpochMilli(state.activeAt()).toString());
    json.put("value", FloatText.of(state.value()));
    return json;
  }
}
