package io.evenkeel.hub.alert;

import io.evenkeel.hub.alert.AlertRule.Origin;
import io.evenkeel.hub.alert.template.Template;
import io.evenkeel.hub.alert.template.TemplateException;
import io.evenkeel.hub.db.Database;
import io.evenkeel.hub.db.Transaction;
import io.evenkeel.hub.rules.AlertingRule;
import io.evenkeel.hub.rules.RecordingRules;
import io.evenkeel.hub.rules.Rule;
import io.evenkeel.hub.rules.RuleFile;
import io.evenkeel.hub.rules.RuleFolder;
import io.evenkeel.hub.rules.RuleGroup;
import io.evenkeel.hub.security.AuditStore;
import io.evenkeel.hub.security.Outcome;
import io.evenkeel.hub.security.Secret;
import io.evenkeel.model.Text;
import io.evenkeel.promql.QueryEngine;
import io.evenkeel.promql.QueryException;
import io.evenkeel.promql.parse.ValueType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All alerting rules of the hub: those that it starts with, those of the rule folder, imported
/// files, those of the pages. Safe for use by many threads.
public final class RuleBook {
  /// How often rules are evaluated that do not say.
  public static final Duration INTERVAL = Duration.ofSeconds(15);

  private static final String PACK = "evenkeel";
  private static final int LONGEST_FILE = 1 << 20;
  private static final int MOST_RULES = 5_000;
  private static final int LONGEST_TEXT = 64 << 10;
  private static final int ID_BITS = 96;

  private final Database database;
  private final AlertStore store;
  private final AuditStore audit;
  private final InstantSource clock;
  private final String pack;
  private final Map<String, Map<String, String>> packTexts;
  private volatile List<AlertRule> rules;
  private final List<Consumer<List<AlertRule>>> listeners = new CopyOnWriteArrayList<>();
  private volatile List<RuleFolder.Text> folder = List.of();

  /// @param pack the rule file that every hub starts with
  /// @param packTexts annotations for its rules, by the alert's name
  public RuleBook(
      Database database,
      AlertStore store,
      AuditStore audit,
      InstantSource clock,
      String pack,
      Map<String, Map<String, String>> packTexts) {
    this.database = database;
    this.store = store;
    this.audit = audit;
    this.clock = clock;
    this.pack = pack;
    this.packTexts = packTexts;
    this.rules = database.read(this::load);
  }

  /// All rules; disabled ones too.
  public List<AlertRule> rules() {
    return rules;
  }

  public Optional<AlertRule> find(String id) {
    return rules.stream().filter(rule -> rule.id().equals(id)).findFirst();
  }

  /// The imported files.
  public List<AlertStore.StoredFile> files() {
    return database.read(store::files);
  }

  /// Calls a listener with all alerting rules after each change, also of recording rules.
  public void onChange(Consumer<List<AlertRule>> listener) {
    listeners.add(listener);
  }

  private void tell() {
    listeners.forEach(listener -> listener.accept(rules));
  }

  /// Takes these files of the data directory's rule folder instead of those before.
  public void useFolder(List<RuleFolder.Text> files) {
    database.change(transaction -> {
      folder = List.copyOf(files);
      reload(transaction);
    });
    tell();
  }

  /// Every rule file: those of the folder and those imported, with their recording rules.
  public List<RecordingRules.Source> sources() {
    List<RecordingRules.Source> sources = new ArrayList<>();
    for (RuleFolder.Text file : folder) {
      sources.add(new RecordingRules.Source(file.name(), RuleFile.parse(file.content())));
    }
    for (AlertStore.StoredFile file : files()) {
      sources.add(new RecordingRules.Source(file.name(), RuleFile.parse(file.content())));
    }
    return sources;
  }

  private List<AlertRule> load(Transaction transaction) {
    Set<String> disabled = store.disabled(transaction);
    List<AlertRule> all = new ArrayList<>(ofFile(PACK, pack, Origin.PACK));
    for (RuleFolder.Text file : folder) {
      all.addAll(ofFile(file.name(), file.content(), Origin.FILE));
    }
    for (AlertStore.StoredFile file : store.files(transaction)) {
      all.addAll(ofFile(file.name(), file.content(), Origin.FILE));
    }
    for (RuleEntry.Stored stored : store.entries(transaction)) {
      all.add(ofEntry(stored.id(), stored.entry()));
    }
    return all.stream().map(rule -> rule.enabled(!disabled.contains(rule.id()))).toList();
  }

  private void reload(Transaction transaction) {
    rules = load(transaction);
  }

  private List<AlertRule> ofFile(String file, String content, Origin origin) {
    List<AlertRule> all = new ArrayList<>();
    for (RuleGroup group : RuleFile.parse(content).groups()) {
      int number = 0;
      for (Rule rule : group.rules()) {
        number++;
        if (rule instanceof AlertingRule alerting) {
          all.add(ofFile(file, group, number, alerting, origin));
        }
      }
    }
    return all;
  }

  private AlertRule ofFile(
      String file, RuleGroup group, int number, AlertingRule rule, Origin origin) {
    Map<String, String> annotations = new HashMap<>(rule.annotations());
    if (origin == Origin.PACK) {
      packTexts.getOrDefault(rule.name(), Map.of()).forEach(annotations::putIfAbsent);
    }
    return new AlertRule(
        hash(file, group.name(), origin == Origin.PACK ? "" : "" + number, rule.name()),
        file + "/" + group.name(),
        rule.name(),
        rule.expression(),
        rule.holdDuration(),
        rule.keepFiringFor(),
        null,
        rule.labels(),
        annotations,
        group.interval().orElse(INTERVAL),
        group.queryOffset().orElse(Duration.ZERO),
        group.limit(),
        origin == Origin.PACK,
        origin,
        null,
        true);
  }

  private static AlertRule ofEntry(String id, RuleEntry entry) {
    ThresholdForm form = entry.form();
    Map<String, String> labels = new HashMap<>(entry.labels());
    labels.put("severity", entry.severity());
    String expression = entry.expression();
    return new AlertRule(
        id,
        "pages",
        entry.name(),
        form != null ? form.expression() : expression == null ? "" : expression,
        Duration.ofSeconds(entry.holdSeconds()),
        Duration.ofSeconds(entry.keepFiringSeconds()),
        form != null ? form.clear() : entry.clear(),
        labels,
        entry.annotations(),
        INTERVAL,
        Duration.ZERO,
        0,
        true,
        Origin.PAGES,
        form,
        true);
  }

  private static String hash(String... parts) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Makes a rule, or changes one of the pages when an id is given.
  public Outcome<AlertRule> save(@Nullable String id, RuleEntry entry, String actor) {
    Outcome<AlertRule> checked = check(id, entry);
    if (!(checked instanceof Outcome.Done<AlertRule>(AlertRule rule))) {
      return checked;
    }
    if (id == null && rules.size() >= MOST_RULES) {
      return Outcome.refused(
          Outcome.Reason.CONFLICT, Text.of("There are too many rules already.", "规则已经太多。"));
    }
    if (id != null && find(id).filter(known -> known.origin() == Origin.PAGES).isEmpty()) {
      return unknown(id);
    }
    database.change(transaction -> {
      store.saveEntry(transaction, rule.id(), entry, clock.millis());
      audit.append(transaction, actor, id == null ? "rule.create" : "rule.change", rule.name(), "");
      reload(transaction);
    });
    tell();
    return checked;
  }

  /// An entry as a rule, checked but not kept.
  public Outcome<AlertRule> check(@Nullable String id, RuleEntry entry) {
    if (!entry.name().matches("[A-Za-z_][A-Za-z0-9_ .-]{0,99}")) {
      return Outcome.invalid(
          "name",
          Text.of(
              "A rule's name has up to 100 letters, digits, spaces, dots, dashes.",
              "规则名称最多 100 个字符，可含字母、数字、空格、点和短横线。"));
    }
    ThresholdForm form = entry.form();
    if ((form == null) == (entry.expression() == null)) {
      return Outcome.invalid(
          "expression",
          Text.of("A rule has either conditions or an expression.", "规则要么由条件组成，要么是一个表达式。"));
    }
    if (form != null) {
      if (form.conditions().isEmpty() || form.conditions().size() > 10) {
        return Outcome.invalid(
            "form", Text.of("A rule has 1 to 10 conditions.", "规则有 1 至 10 个条件。"));
      }
      for (ThresholdForm.Condition condition : form.conditions()) {
        if (!ThresholdForm.OPERATORS.contains(condition.operator())) {
          return Outcome.invalid(
              "form",
              Text.of(
                  "The operator is one of " + ThresholdForm.OPERATORS + ".",
                  "运算符为 " + ThresholdForm.OPERATORS + " 之一。"));
        }
        Text wrong = problemWith(condition.metric());
        if (!wrong.saysNothing()) {
          String metric = cut(condition.metric());
          return Outcome.invalid(
              "form", wrong.behind(Text.of("'" + metric + "'", "“" + metric + "”")));
        }
      }
    }
    if (entry.holdSeconds() < 0 || entry.holdSeconds() > 30 * 86_400) {
      return Outcome.invalid(
          "holdSeconds", Text.of("The hold time is 0 seconds to 30 days.", "持续时间为 0 秒至 30 天。"));
    }
    if (entry.keepFiringSeconds() < 0 || entry.keepFiringSeconds() > 30 * 86_400) {
      return Outcome.invalid(
          "keepFiringSeconds", Text.of("The time is 0 seconds to 30 days.", "时间为 0 秒至 30 天。"));
    }
    if (!List.of("critical", "warning", "info").contains(entry.severity())) {
      return Outcome.invalid(
          "severity",
          Text.of("The severity is critical, warning or info.", "级别为 critical、warning 或 info。"));
    }
    AlertRule rule = ofEntry(id == null ? Secret.random("", ID_BITS).text() : id, entry);
    Text wrong = problemWith(rule.expression());
    if (!wrong.saysNothing()) {
      return Outcome.invalid("expression", wrong);
    }
    String clear = rule.clear();
    if (clear != null && !problemWith(clear).saysNothing()) {
      return Outcome.invalid("clear", problemWith(clear));
    }
    return checkTexts(rule);
  }

  private static Outcome<AlertRule> checkTexts(AlertRule rule) {
    for (Map<String, String> texts : List.of(rule.labels(), rule.annotations())) {
      for (Map.Entry<String, String> text : texts.entrySet()) {
        String field = texts.equals(rule.labels()) ? "labels" : "annotations";
        if (!text.getKey().matches("[a-zA-Z_][a-zA-Z0-9_]{0,99}")) {
          return Outcome.invalid(
              field,
              Text.of(
                  "'" + cut(text.getKey()) + "' is no name.",
                  "“" + cut(text.getKey()) + "”不是有效的名称。"));
        }
        if (text.getValue().length() > LONGEST_TEXT) {
          return Outcome.invalid(
              field,
              Text.of(
                  "'" + text.getKey() + "' is longer than 64 KiB.",
                  "“" + text.getKey() + "”超过 64 KiB。"));
        }
        try {
          var unused = Template.parse(text.getValue());
        } catch (TemplateException e) {
          return Outcome.invalid(
              field,
              Text.of(
                  "'" + text.getKey() + "': " + e.getMessage() + ".",
                  "“" + text.getKey() + "”：" + e.getMessage() + "。"));
        }
      }
    }
    return Outcome.done(rule);
  }

  private static String cut(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }

  private static Text problemWith(String expression) {
    if (expression.length() > 16 << 10) {
      return Text.of("The expression is longer than 16 KiB.", "表达式超过 16 KiB。");
    }
    try {
      ValueType type = QueryEngine.parse(expression).type();
      return type == ValueType.VECTOR || type == ValueType.SCALAR
          ? Text.NONE
          : Text.of(
              "The expression gives a " + type.words() + ", not an instant vector.",
              "表达式的结果不是即时向量（" + type.words() + "）。");
    } catch (QueryException.BadQuery e) {
      String said = e.getMessage() + (e.position() < 0 ? "" : " (at " + e.position() + ")");
      return Text.of(said, "表达式有误：" + said);
    }
  }

  /// Removes a rule of the pages.
  public Outcome<AlertRule> remove(String id, String actor) {
    Optional<AlertRule> rule = find(id).filter(known -> known.origin() == Origin.PAGES);
    if (rule.isEmpty()) {
      return unknown(id);
    }
    database.change(transaction -> {
      store.removeEntry(transaction, id);
      audit.append(transaction, actor, "rule.delete", rule.get().name(), "");
      reload(transaction);
    });
    tell();
    return Outcome.done(rule.get());
  }

  /// Switches a rule on or off.
  public Outcome<AlertRule> enable(String id, boolean on, String actor) {
    Optional<AlertRule> rule = find(id);
    if (rule.isEmpty()) {
      return unknown(id);
    }
    database.change(transaction -> {
      store.disable(transaction, id, !on);
      audit.append(transaction, actor, on ? "rule.on" : "rule.off", rule.get().name(), "");
      reload(transaction);
    });
    tell();
    return Outcome.done(rule.get().enabled(on));
  }

  private static Outcome<AlertRule> unknown(String id) {
    return Outcome.refused(
        Outcome.Reason.NOT_FOUND,
        Text.of("There is no such rule '" + id + "' here.", "这里没有规则“" + id + "”。"));
  }

  /// Imports a rule file, or replaces the one of the same name; it is kept byte for byte.
  public Outcome<List<AlertRule>> importFile(String name, String content, String actor) {
    if (!name.matches("[A-Za-z0-9_.-]{1,100}") || name.equals(PACK)) {
      return Outcome.invalid(
          "name",
          Text.of("A file's name has letters, digits, dots, dashes.", "文件名由字母、数字、点和短横线组成。"));
    }
    if (folder.stream().anyMatch(file -> file.name().equals(name))) {
      return Outcome.invalid(
          "name",
          Text.of(
              "The data directory's rule folder has such a file already.", "数据目录的规则文件夹中已有同名文件。"));
    }
    if (content.length() > LONGEST_FILE) {
      return Outcome.invalid("content", Text.of("The file is larger than 1 MiB.", "文件超过 1 MiB。"));
    }
    RuleFile file = RuleFile.parse(content);
    if (!file.isValid()) {
      String problem = String.valueOf(file.problems().getFirst());
      return Outcome.invalid("content", Text.of(problem, "规则文件有误：" + problem));
    }
    List<AlertRule> parsed = ofFile(name, content, Origin.FILE);
    Set<String> ids = new HashSet<>();
    for (AlertRule rule : parsed) {
      if (checkTexts(rule) instanceof Outcome.Refused<AlertRule> refused) {
        return Outcome.invalid(
            "content", refused.message().behind(Text.of(rule.name(), rule.name())));
      }
      if (!ids.add(rule.id())) {
        return Outcome.invalid(
            "content",
            Text.of(rule.name() + ": the group stands twice.", rule.name() + "：该组出现了两次。"));
      }
    }
    if (rules.size() + parsed.size() > MOST_RULES) {
      return Outcome.invalid(
          "content",
          Text.of(
              "There would be more than " + MOST_RULES + " rules.",
              "规则总数会超过 " + MOST_RULES + " 条。"));
    }
    database.change(transaction -> {
      store.saveFile(transaction, new AlertStore.StoredFile(name, content, clock.millis()));
      audit.append(transaction, actor, "rules.import", name, parsed.size() + " alerts");
      reload(transaction);
    });
    tell();
    return Outcome.done(parsed);
  }

  /// Removes an imported file.
  public Outcome<Boolean> removeFile(String name, String actor) {
    boolean gone =
        database.write(transaction -> {
          boolean removed = store.removeFile(transaction, name);
          if (removed) {
            audit.append(transaction, actor, "rules.remove", name, "");
            reload(transaction);
          }
          return removed;
        });
    tell();
    return gone
        ? Outcome.done(true)
        : Outcome.refused(
            Outcome.Reason.NOT_FOUND,
            Text.of("There is no rule file '" + name + "'.", "没有规则文件“" + name + "”。"));
  }
}
