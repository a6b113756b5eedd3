package io.evenkeel.hub.api;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The OpenAPI 3.1 document of the hub, made from the route table and the records that travel.
final class OpenApi {
  private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");

  private final Map<String, Object> schemas = new TreeMap<>();

  private OpenApi() {}

  static Map<String, Object> describe(List<Route> routes) {
    OpenApi document = new OpenApi();
    Map<String, Map<String, Object>> paths = new TreeMap<>();
    for (Route route : routes) {
      paths
          .computeIfAbsent(route.path(), path -> new LinkedHashMap<>())
          .put(route.method().toLowerCase(Locale.ROOT), document.operation(route));
    }
    return Map.of(
        "openapi",
        "3.1.0",
        "info",
        Map.of("title", "Evenkeel hub", "version", "1"),
        "paths",
        paths,
        "components",
        Map.of(
            "schemas",
            document.schemas,
            "securitySchemes",
            Map.of("token", Map.of("type", "http", "scheme", "bearer"))));
  }

  private Map<String, Object> operation(Route route) {
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("summary", route.summary());
    operation.put("x-access", route.access().name().toLowerCase(Locale.ROOT));
    List<Map<String, Object>> parameters = new ArrayList<>();
    Matcher variables = VARIABLE.matcher(route.path());
    while (variables.find()) {
      parameters.add(
          Map.of(
              "name",
              variables.group(1),
              "in",
              "path",
              "required",
              true,
              "schema",
              Map.of("type", "string")));
    }
    if (!parameters.isEmpty()) {
      operation.put("parameters", parameters);
    }
    Class<?> request = route.request();
    if (request != null) {
      operation.put("requestBody", Map.of("required", true, "content", content(request)));
    }
    Class<?> response = route.response();
    operation.put(
        "responses",
        Map.of(
            response == null ? "default" : "200",
            response == null
                ? Map.of("description", "See the summary.")
                : Map.of("description", "OK", "content", content(response))));
    return operation;
  }

  private Map<String, Object> content(Class<?> type) {
    return Map.of("application/json", Map.of("schema", schema(type)));
  }

  private Map<String, Object> schema(Type type) {
    return switch (type) {
      case ParameterizedType generic when generic.getRawType() == Map.class ->
          Map.of(
              "type",
              "object",
              "additionalProperties",
              schema(generic.getActualTypeArguments()[1]));
      case ParameterizedType generic ->
          Map.of("type", "array", "items", schema(generic.getActualTypeArguments()[0]));
      case Class<?> array when array.isArray() ->
          Map.of("type", "array", "items", schema(array.getComponentType()));
      case Class<?> choice when choice.isEnum() ->
          Map.of(
              "type",
              "string",
              "enum",
              Arrays.stream(choice.getEnumConstants())
                  .map(value -> Json.mapper().convertValue(value, String.class))
                  .toList());
      case Class<?> map when map == Map.class -> Map.of("type", "object");
      case Class<?> record when record.isRecord() -> reference(record);
      case Class<?> plain -> plain(plain);
      default -> Map.of();
    };
  }

  private static Map<String, Object> plain(Class<?> type) {
    String word =
        type == String.class || type == char.class
            ? "string"
            : type == boolean.class || type == Boolean.class
                ? "boolean"
                : type == double.class || type == Double.class
                    ? "number"
                    : type == int.class
                            || type == Integer.class
                            || type == long.class
                            || type == Long.class
                        ? "integer"
                        : "object";
    return Map.of("type", word);
  }

  private Map<String, Object> reference(Class<?> record) {
    Class<?> outer = record.getEnclosingClass();
    String name = (outer == null ? "" : outer.getSimpleName()) + record.getSimpleName();
    if (!schemas.containsKey(name)) {
      Map<String, Object> properties = new LinkedHashMap<>();
      List<String> required = new ArrayList<>();
      schemas.put(name, Map.of());
      for (RecordComponent component : record.getRecordComponents()) {
        properties.put(component.getName(), schema(component.getGenericType()));
        if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
          required.add(component.getName());
        }
      }
      schemas.put(name, Map.of("type", "object", "properties", properties, "required", required));
    }
    return Map.of("$ref", "#/components/schemas/" + name);
  }
}
