package io.evenkeel.hub.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// The text of a settings file as flat keys (`tls.key`), each with its value and line.
///
/// The YAML is read as a stream of scalars: no type is ever chosen by the file, and aliases are not
/// followed.
///
/// @param values by key, in the file's order
/// @param problems what is not plain keys and values, each with its line
record SettingsFile(Map<String, Value> values, List<Problem> problems) {
  /// The keys with a structure of their own, which their own readers take.
  static final String SCRAPE_CONFIGS = "scrape_configs";

  static final String HAPROXY = "haproxy";

  static final String PROBES = "probes";

  /// The key that may have a list; elsewhere it is one text with commas.
  static final String PRIVATE_NETWORKS = "outgoing.privateNetworks";

  /// A value as it is written.
  ///
  /// @param line from 1
  record Value(String text, int line) {}

  /// Something wrong at a line.
  ///
  /// @param line from 1
  record Problem(int line, String message) {}

  /// Reads the text of a file.
  static SettingsFile parse(String text) {
    SettingsFile file = new SettingsFile(new LinkedHashMap<>(), new ArrayList<>());
    try (YAMLParser parser =
        (YAMLParser) new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        file.readGroup(parser, "");
      } else if (first != null && first != JsonToken.VALUE_NULL) {
        file.problem(parser, "expected keys and values, such as 'listen: 127.0.0.1:9595'");
      }
    } catch (JacksonException e) {
      // What stands before the fault may be read wrongly because of it.
      file.values.clear();
      file.problems.clear();
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      file.problems.add(new Problem(line, "not valid YAML: " + reason(e)));
    }
    return file;
  }

  private void readGroup(YAMLParser parser, String prefix) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = prefix + parser.currentName();
      int line = parser.currentTokenLocation().getLineNr();
      JsonToken token = parser.nextToken();
      if (key.equals(SCRAPE_CONFIGS) || key.equals(HAPROXY) || key.equals(PROBES)) {
        parser.skipChildren();
      } else if (token == JsonToken.START_OBJECT) {
        readGroup(parser, key + ".");
      } else if (token == JsonToken.START_ARRAY && key.equals(PRIVATE_NETWORKS)) {
        put(key, new Value(readList(parser, key), line));
      } else if (token == JsonToken.START_ARRAY) {
        problem(parser, "'" + key + "' takes one value, not a list");
        parser.skipChildren();
      } else if (token == JsonToken.VALUE_NULL) {
        problems.add(new Problem(line, "'" + key + "' has no value: write one or remove the line"));
      } else if (parser.isCurrentAlias()) {
        problem(
            parser, "'" + key + "' refers to another place of the file; write the value itself");
      } else {
        put(key, new Value(parser.getString(), line));
      }
    }
  }

  private void put(String key, Value value) {
    if (values.putIfAbsent(key, value) != null) {
      problems.add(
          new Problem(
              value.line,
              "'"
                  + key
                  + "' is set a second time; the first is in line "
                  + Optional.ofNullable(values.get(key)).orElseThrow().line));
    }
  }

  /// The entries of a list as one text with commas.
  private String readList(YAMLParser parser, String key) {
    List<String> entries = new ArrayList<>();
    JsonToken token;
    while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
      if (token.isScalarValue() && token != JsonToken.VALUE_NULL && !parser.isCurrentAlias()) {
        entries.add(parser.getString());
      } else {
        problem(parser, "'" + key + "' takes a list of plain texts");
        parser.skipChildren();
      }
    }
    return String.join(", ", entries);
  }

  private void problem(YAMLParser parser, String message) {
    problems.add(new Problem(parser.currentTokenLocation().getLineNr(), message));
  }

  /// The YAML library tells a fault on several lines: what it was doing, where, an excerpt with a
  /// caret below, and what it expected. One of them says what is wrong.
  private static String reason(JacksonException e) {
    List<String> lines = String.valueOf(e.getOriginalMessage()).lines().map(String::strip).toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean excerpt = i + 1 < lines.size() && lines.get(i + 1).startsWith("^");
      if (!line.isEmpty() && !excerpt && !line.matches("(in |while |\\^).*")) {
        return line;
      }
    }
    return lines.getFirst();
  }
}
