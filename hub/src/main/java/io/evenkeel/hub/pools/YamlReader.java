package io.evenkeel.hub.pools;

import io.evenkeel.hub.config.NearestWord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads the keys of one group: each is asked for once, what was not asked for is unknown.
/// Everything that is wrong is noted with its line; reading goes on with the usual value.
final class YamlReader {
  private final YamlNode.Group group;
  private final String where;
  private final List<String> problems;
  private final Set<String> known = new LinkedHashSet<>();

  /// @param where what the group is, for messages
  YamlReader(YamlNode.Group group, String where, List<String> problems) {
    this.group = group;
    this.where = where;
    this.problems = problems;
  }

  /// The line of a key, or of the group when the key is not there.
  int line(String key) {
    YamlNode node = group.entries().get(key);
    return node == null ? group.line() : node.line();
  }

  boolean has(String key) {
    return group.entries().containsKey(key);
  }

  void problem(int line, String message) {
    problems.add("line " + line + ": " + message);
  }

  /// A value; the usual one when it is missing or wrong.
  <T> T value(String key, T usual, Function<String, Optional<T>> parse, String expected) {
    return optional(key, parse, expected).orElse(usual);
  }

  /// A value that must be there; nothing, and a problem, when it is not.
  <T> Optional<T> required(String key, Function<String, Optional<T>> parse, String expected) {
    if (!has(key)) {
      known.add(key);
      problem(group.line(), where + " needs '" + key + "': " + expected);
      return Optional.empty();
    }
    return optional(key, parse, expected);
  }

  /// A value that may be missing.
  <T> Optional<T> optional(String key, Function<String, Optional<T>> parse, String expected) {
    known.add(key);
    YamlNode node = group.entries().get(key);
    return switch (node) {
      case null -> Optional.empty();
      case YamlNode.Text(String text, int line) -> {
        Optional<T> parsed = parse.apply(text.strip());
        if (parsed.isEmpty()) {
          problem(line, "'" + key + "' is '" + text + "', which is not " + expected);
        }
        yield parsed;
      }
      case YamlNode other -> {
        problem(other.line(), "'" + key + "' takes one value: " + expected);
        yield Optional.empty();
      }
    };
  }

  /// A list of values; one value alone counts as a list.
  <T> List<T> values(String key, Function<String, Optional<T>> parse, String expected) {
    known.add(key);
    List<YamlNode> nodes =
        switch (group.entries().get(key)) {
          case null -> List.of();
          case YamlNode.Items(List<YamlNode> items, int _) -> items;
          case YamlNode other -> List.of(other);
        };
    List<T> values = new ArrayList<>();
    for (YamlNode node : nodes) {
      Optional<T> parsed =
          node instanceof YamlNode.Text(String text, int _)
              ? parse.apply(text.strip())
              : Optional.empty();
      if (parsed.isEmpty()) {
        String written = node instanceof YamlNode.Text text ? text.value() : "a group";
        problem(node.line(), "'" + key + "' has '" + written + "', which is not " + expected);
      }
      parsed.ifPresent(values::add);
    }
    return values;
  }

  /// The groups of a list.
  List<YamlReader> groups(String key, String each) {
    known.add(key);
    List<YamlReader> readers = new ArrayList<>();
    switch (group.entries().get(key)) {
      case null -> {}
      case YamlNode.Items(List<YamlNode> items, int _) -> {
        for (YamlNode item : items) {
          if (item instanceof YamlNode.Group entries) {
            readers.add(new YamlReader(entries, each, problems));
          } else {
            problem(item.line(), each + " holds keys and values");
          }
        }
      }
      case YamlNode other -> problem(other.line(), "'" + key + "' is a list: begin with '- '");
    }
    return readers;
  }

  /// A group within this one.
  Optional<YamlReader> group(String key) {
    known.add(key);
    return switch (group.entries().get(key)) {
      case null -> Optional.empty();
      case YamlNode.Group inner -> Optional.of(new YamlReader(inner, "'" + key + "'", problems));
      case YamlNode other -> {
        problem(other.line(), "'" + key + "' holds keys of its own");
        yield Optional.empty();
      }
    };
  }

  /// Notes the keys that nobody asked for.
  void end() {
    group
        .entries()
        .forEach((key, node) -> {
          if (!known.contains(key)) {
            problem(
                node.line(),
                "unknown setting '"
                    + key
                    + "' of "
                    + where
                    + NearestWord.of(key, known)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("; known are " + String.join(", ", known)));
          }
        });
  }
}
