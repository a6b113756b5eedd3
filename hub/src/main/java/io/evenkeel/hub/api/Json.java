package io.evenkeel.hub.api;

import io.evenkeel.model.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/// JSON to and from records: strict, without polymorphism, one mapper for all; a constant of an
/// enum is written in small letters with its underscores (`no_evidence`). Thread-safe.
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .annotationIntrospector(
              AnnotationIntrospector.pair(
                  new JacksonAnnotationIntrospector(), new NullableFields()))
          .enumNamingStrategy(EnumNamingStrategies.SNAKE_CASE)
          .build();

  private Json() {}

  public static JsonMapper mapper() {
    return MAPPER;
  }

  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /// Reads a request's body.
  ///
  /// @throws ApiException 400 with the field that is wrong
  public static <T> T read(byte[] body, Class<T> type) {
    try {
      T value = MAPPER.readValue(body, type);
      if (value == null) {
        throw ApiException.badRequest(
            Text.of("The body is empty; a JSON object is expected.", "请求体为空，应为 JSON 对象。"));
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      throw ApiException.badField(
          e.getPropertyName(),
          Text.of(
              "Unknown field '" + e.getPropertyName() + "'.",
              "没有字段“" + e.getPropertyName() + "”。"));
    } catch (MismatchedInputException e) {
      throw wrongKind(path(e));
    } catch (ValueInstantiationException e) {
      // A record looked at what it got: in its own words, or by failing on a null in a list.
      throw e.getCause() instanceof IllegalArgumentException own
          ? ApiException.badField(
              path(e), Text.of(String.valueOf(own.getMessage()), "值有误：" + own.getMessage()))
          : wrongKind(path(e));
    } catch (JacksonException e) {
      throw ApiException.badRequest(
          Text.of(
              "The body is not JSON: "
                  + e.getOriginalMessage().lines().findFirst().orElse("unreadable"),
              "请求体不是 JSON：" + e.getOriginalMessage().lines().findFirst().orElse("unreadable")));
    }
  }

  /// Reads a flat object of texts.
  ///
  /// @throws ApiException 400 when the body is anything else
  static Map<String, String> readTexts(byte[] body) {
    JsonNode tree = read(body, JsonNode.class);
    Map<String, String> texts = new LinkedHashMap<>();
    if (!tree.isObject()) {
      throw ApiException.badRequest(
          Text.of("The body is expected as a JSON object of texts.", "请求体应为由文本组成的 JSON 对象。"));
    }
    tree.forEachEntry((key, value) -> {
      if (!value.isString()) {
        throw ApiException.badField(
            key, Text.of("The value of '" + key + "' is not a text.", "“" + key + "”的值不是文本。"));
      }
      texts.put(key, value.asString());
    });
    return texts;
  }

  private static ApiException wrongKind(String field) {
    return field.isEmpty()
        ? ApiException.badRequest(
            Text.of(
                "The body is not the JSON object that is expected here.", "请求体不是此处所需的 JSON 对象。"))
        : ApiException.badField(
            field,
            Text.of(
                "The value of '" + field + "' is missing or of the wrong kind.",
                "“" + field + "”的值缺失或类型不符。"));
  }

  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference reference : e.getPath()) {
      if (reference.getPropertyName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
      }
    }
    return path.toString();
  }
}
