package io.evenkeel.hub.yaml;

import io.evenkeel.promql.parse.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// The fields of one YAML mapping, taken one by one. What has the wrong form becomes a problem with
/// its place, and counts as missing. Used by one thread.
public final class YamlFields {
  private final Map<String, Node> fields = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private final String what;
  private final Node place;
  private final List<YamlProblem> problems;

  private YamlFields(MappingNode node, String what, List<YamlProblem> problems) {
    this.what = what;
    this.place = node;
    this.problems = problems;
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problem(tuple.getKeyNode(), "the name of a field is a plain text");
      } else if (fields.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
        problem(key, "'" + key.getValue() + "' stands twice");
      } else {
        keys.put(key.getValue(), key);
      }
    }
  }

  static Optional<YamlFields> of(Node node, String what, List<YamlProblem> problems) {
    if (node instanceof MappingNode mapping) {
      return Optional.of(new YamlFields(mapping, what, problems));
    }
    problems.add(at(node, what + " is expected as names and values"));
    return Optional.empty();
  }

  /// The line where the mapping begins, from 1.
  public int line() {
    return at(place, "").line();
  }

  /// Notes a problem of the mapping as a whole.
  public void problem(String message) {
    problem(place, message);
  }

  /// Notes a problem at an offset in the text of a value.
  public void problem(YamlScalar value, int offset, String message) {
    problems.add(value.problemAt(offset, message));
  }

  /// Notes a problem of a field, at its name.
  public void problemOf(String field, String message) {
    problem(keys.getOrDefault(field, place), message);
  }

  /// Whether a field is there, whatever its form.
  public boolean has(String field) {
    return fields.containsKey(field);
  }

  /// A field that is one value.
  public Optional<YamlScalar> scalar(String field) {
    return Optional.ofNullable(ask(field)).flatMap(node -> scalar(node, "'" + field + "'"));
  }

  /// A field that is one value, or the empty text.
  public String text(String field) {
    return scalar(field).map(YamlScalar::text).orElse("");
  }

  /// A field that is a duration in Prometheus's notation (`1h30m`, or `0`).
  public Optional<Duration> duration(String field) {
    Optional<YamlScalar> value = scalar(field).filter(v -> !v.text().isEmpty());
    if (value.isEmpty()) {
      return Optional.empty();
    }
    String text = value.get().text();
    OptionalLong millis = text.equals("0") ? OptionalLong.of(0) : Durations.parse(text);
    if (millis.isEmpty()) {
      problem(value.get(), 0, "'" + text + "' is not a duration, such as 30s, 5m or 1h30m");
      return Optional.empty();
    }
    return Optional.of(Duration.ofMillis(millis.getAsLong()));
  }

  /// A field that is a whole number of at least 0.
  public OptionalInt count(String field) {
    Optional<YamlScalar> value = scalar(field).filter(v -> !v.text().isEmpty());
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!value.get().text().matches("\\d{1,9}")) {
      problem(value.get(), 0, "'" + field + "' is a whole number of at least 0");
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(value.get().text()));
  }

  /// A field that is `true` or `false`; false when it is not there.
  public boolean flag(String field) {
    Optional<YamlScalar> value = scalar(field).filter(v -> !v.text().isEmpty());
    if (value.isPresent() && !value.get().text().matches("true|false")) {
      problem(value.get(), 0, "'" + field + "' is true or false");
    }
    return value.isPresent() && value.get().text().equals("true");
  }

  /// A field that maps names to texts, in the order of the file.
  public Map<String, YamlScalar> texts(String field) {
    Node node = ask(field);
    if (node == null || isNull(node)) {
      return Map.of();
    }
    Map<String, YamlScalar> texts = new LinkedHashMap<>();
    of(node, "'" + field + "'", problems)
        .ifPresent(inner ->
            inner
                .fields
                .keySet()
                .forEach(name -> inner.scalar(name).ifPresent(value -> texts.put(name, value))));
    return Collections.unmodifiableMap(texts);
  }

  /// A field that is a list of values.
  public List<YamlScalar> scalars(String field) {
    List<YamlScalar> all = new ArrayList<>();
    items(field).forEach(item -> scalar(item, "an entry of '" + field + "'").ifPresent(all::add));
    return List.copyOf(all);
  }

  /// Shows each mapping of a field that is a list of mappings; fields of theirs that the reader
  /// does not ask for become problems.
  ///
  /// @param each what one of them is, such as `a rule`
  public void each(String field, String each, Consumer<YamlFields> reader) {
    for (Node item : items(field)) {
      of(item, each, problems)
          .ifPresent(inner -> {
            reader.accept(inner);
            inner.refuseOthers();
          });
    }
  }

  /// Shows a field that is one mapping; fields of it that the reader does not ask for become
  /// problems.
  ///
  /// @param each what it is, such as `a TLS configuration`
  public void group(String field, String each, Consumer<YamlFields> reader) {
    Node node = ask(field);
    if (node != null && !isNull(node)) {
      of(node, each, problems)
          .ifPresent(inner -> {
            reader.accept(inner);
            inner.refuseOthers();
          });
    }
  }

  /// The names of the fields that are there, in the order of the file.
  public List<String> names() {
    return List.copyOf(fields.keySet());
  }

  /// Says that the fields that were not asked for are somebody else's.
  public void leaveOthers() {
    asked.addAll(fields.keySet());
  }

  /// Notes every field that was not asked for.
  void refuseOthers() {
    fields.keySet().stream()
        .filter(field -> !asked.contains(field))
        .forEach(field ->
            problemOf(
                field,
                "'"
                    + field
                    + "' is no field of "
                    + what
                    + ": "
                    + String.join(", ", asked)
                    + NearestWord.of(field, asked)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("")));
  }

  private List<Node> items(String field) {
    Node node = ask(field);
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    if (node != null && !isNull(node)) {
      problem(node, "'" + field + "' is expected as a list");
    }
    return List.of();
  }

  private @Nullable Node ask(String field) {
    asked.add(field);
    return fields.get(field);
  }

  private Optional<YamlScalar> scalar(Node node, String name) {
    if (!(node instanceof ScalarNode value)) {
      problem(node, name + " is expected as one value");
      return Optional.empty();
    }
    YamlProblem start = at(value, "");
    ScalarStyle style = value.getScalarStyle();
    boolean quoted = style == ScalarStyle.SINGLE_QUOTED || style == ScalarStyle.DOUBLE_QUOTED;
    return Optional.of(
        new YamlScalar(
            isNull(value) ? "" : value.getValue(),
            start.line(),
            start.column() + (quoted ? 1 : 0),
            style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED));
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private void problem(Node node, String message) {
    problems.add(at(node, message));
  }

  private static YamlProblem at(Node node, String message) {
    Optional<Mark> mark = node.getStartMark();
    return new YamlProblem(
        mark.map(Mark::getLine).orElse(0) + 1, mark.map(Mark::getColumn).orElse(0) + 1, message);
  }
}
