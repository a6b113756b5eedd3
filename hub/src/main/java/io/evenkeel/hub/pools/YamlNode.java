package io.evenkeel.hub.pools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// A piece of a YAML file with its line (from 1): texts, lists and groups, nothing else. No type is
/// chosen by the file, and aliases are not followed.
sealed interface YamlNode {
  /// Where it stands.
  int line();

  /// A value as it is written; empty when there is none.
  record Text(String value, int line) implements YamlNode {}

  /// A list.
  record Items(List<YamlNode> items, int line) implements YamlNode {}

  /// Keys and values in their order.
  record Group(Map<String, YamlNode> entries, int line) implements YamlNode {}

  /// Reads a file.
  ///
  /// @param problems takes what is wrong, each with its line; what could be read is returned anyway
  static Group parse(String text, List<String> problems) {
    try (YAMLParser parser =
        (YAMLParser) new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        return group(parser, problems);
      }
      if (first != null) {
        problems.add("line 1: expected 'listeners:', 'routes:' and 'pools:'");
      }
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      String why = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      problems.add("line " + line + ": not valid YAML: " + why.strip());
    }
    return new Group(Map.of(), 1);
  }

  private static Group group(YAMLParser parser, List<String> problems) {
    int line = parser.currentTokenLocation().getLineNr();
    Map<String, YamlNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      int keyLine = parser.currentTokenLocation().getLineNr();
      parser.nextToken();
      YamlNode value = node(parser, problems);
      if (entries.putIfAbsent(key, value) != null) {
        problems.add("line " + keyLine + ": '" + key + "' is set a second time");
      }
    }
    return new Group(entries, line);
  }

  private static YamlNode node(YAMLParser parser, List<String> problems) {
    int line = parser.currentTokenLocation().getLineNr();
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return group(parser, problems);
    }
    if (token == JsonToken.START_ARRAY) {
      List<YamlNode> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(node(parser, problems));
      }
      return new Items(List.copyOf(items), line);
    }
    if (parser.isCurrentAlias()) {
      problems.add(
          "line " + line + ": refers to another place of the file; write the value itself");
    }
    return new Text(token == JsonToken.VALUE_NULL ? "" : parser.getString(), line);
  }
}
