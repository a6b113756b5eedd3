package io.evenkeel.hub.haproxy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A row of HAProxy's statistics (`show stat json`): one server, or a backend as a whole. Names and
/// meanings are those of HAProxy's management guide, section 9.1.
///
/// @param backend `pxname`
/// @param server `svname`; `BACKEND` for a backend as a whole
record ServerFigures(String backend, String server, Map<String, String> fields) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The rows of an answer.
  ///
  /// @throws IllegalArgumentException when it is not what HAProxy answers
  static List<ServerFigures> parse(String answer) {
    JsonNode root;
    try {
      root = JSON.readTree(answer);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("its statistics are no JSON: " + firstLine(answer), e);
    }
    if (!root.isArray()) {
      throw new IllegalArgumentException("its statistics are no list: " + firstLine(answer));
    }
    List<ServerFigures> rows = new ArrayList<>();
    for (JsonNode row : root) {
      Map<String, String> fields = new HashMap<>();
      for (JsonNode field : row) {
        fields.put(
            field.path("field").path("name").asString(""),
            field.path("value").path("value").asString(""));
      }
      rows.add(
          new ServerFigures(
              fields.getOrDefault("pxname", ""), fields.getOrDefault("svname", ""), fields));
    }
    return rows;
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }

  boolean isBackend() {
    return server.equals("BACKEND");
  }

  boolean isFrontend() {
    return server.equals("FRONTEND");
  }

  String text(String field) {
    return fields.getOrDefault(field, "");
  }

  /// A number; empty when HAProxy does not tell it.
  OptionalDouble number(String field) {
    String text = text(field);
    return text.matches("-?\\d+(\\.\\d+)?")
        ? OptionalDouble.of(Double.parseDouble(text))
        : OptionalDouble.empty();
  }

  /// A count; 0 before the first of its kind.
  long count(String field) {
    return (long) number(field).orElse(0);
  }
}
