package io.evenkeel.hub.ingest;

import io.evenkeel.model.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// OTLP's JSON as OTLP's protobuf, so that there is one decoder.
///
/// A table of the messages says which key becomes which field. As the specification has it, keys
/// are in lowerCamelCase, 64-bit numbers may be texts, ids are hexadecimal, enums are numbers, and
/// unknown keys are passed over. Stateless. Source: opentelemetry.io/docs/specs/otlp, "JSON
/// Protobuf Encoding".
final class OtlpJson {
  private enum Kind {
    TEXT,
    BOOL,
    /// int64, uint64, uint32 and enums.
    VARINT,
    /// sint32.
    ZIGZAG,
    /// fixed64 and sfixed64.
    FIXED,
    DOUBLE,
    /// Bytes in base64.
    BASE64,
    /// Bytes in hexadecimal.
    HEX,
    MESSAGE
  }

  /// A field: its number and kind, and what it is made of.
  private record Field(int number, Kind kind, @Nullable String message) {}

  private static Field of(int number, Kind kind) {
    return new Field(number, kind, null);
  }

  private static Field of(int number, String message) {
    return new Field(number, Kind.MESSAGE, message);
  }

  private static final Map<String, Field> POINTS_AND_KIND =
      Map.of(
          "dataPoints", of(1, "NumberPoint"),
          "aggregationTemporality", of(2, Kind.VARINT),
          "isMonotonic", of(3, Kind.BOOL));

  private static final Map<String, Map<String, Field>> MESSAGES =
      Map.ofEntries(
          Map.entry("Request", Map.of("resourceMetrics", of(1, "ResourceMetrics"))),
          Map.entry(
              "ResourceMetrics",
              Map.of("resource", of(1, "Resource"), "scopeMetrics", of(2, "ScopeMetrics"))),
          Map.entry("Resource", Map.of("attributes", of(1, "KeyValue"))),
          Map.entry("ScopeMetrics", Map.of("metrics", of(2, "Metric"))),
          Map.entry("KeyValue", Map.of("key", of(1, Kind.TEXT), "value", of(2, "AnyValue"))),
          Map.entry(
              "AnyValue",
              Map.of(
                  "stringValue", of(1, Kind.TEXT),
                  "boolValue", of(2, Kind.BOOL),
                  "intValue", of(3, Kind.VARINT),
                  "doubleValue", of(4, Kind.DOUBLE),
                  "arrayValue", of(5, "ArrayValue"),
                  "kvlistValue", of(6, "KeyValueList"),
                  "bytesValue", of(7, Kind.BASE64))),
          Map.entry("ArrayValue", Map.of("values", of(1, "AnyValue"))),
          Map.entry("KeyValueList", Map.of("values", of(1, "KeyValue"))),
          Map.entry(
              "Metric",
              Map.of(
                  "name", of(1, Kind.TEXT),
                  "description", of(2, Kind.TEXT),
                  "unit", of(3, Kind.TEXT),
                  "gauge", of(5, "Numbers"),
                  "sum", of(7, "Numbers"),
                  "histogram", of(9, "Histogram"),
                  "exponentialHistogram", of(10, "ExponentialHistogram"),
                  "summary", of(11, "Summary"))),
          Map.entry("Numbers", POINTS_AND_KIND),
          Map.entry(
              "Histogram",
              Map.of(
                  "dataPoints", of(1, "HistogramPoint"),
                  "aggregationTemporality", of(2, Kind.VARINT))),
          Map.entry(
              "ExponentialHistogram",
              Map.of(
                  "dataPoints", of(1, "ExponentialPoint"),
                  "aggregationTemporality", of(2, Kind.VARINT))),
          Map.entry("Summary", Map.of("dataPoints", of(1, "SummaryPoint"))),
          Map.entry(
              "NumberPoint",
              Map.of(
                  "startTimeUnixNano", of(2, Kind.FIXED),
                  "timeUnixNano", of(3, Kind.FIXED),
                  "asDouble", of(4, Kind.DOUBLE),
                  "exemplars", of(5, "Exemplar"),
                  "asInt", of(6, Kind.FIXED),
                  "attributes", of(7, "KeyValue"),
                  "flags", of(8, Kind.VARINT))),
          Map.entry(
              "HistogramPoint",
              Map.of(
                  "startTimeUnixNano", of(2, Kind.FIXED),
                  "timeUnixNano", of(3, Kind.FIXED),
                  "count", of(4, Kind.FIXED),
                  "sum", of(5, Kind.DOUBLE),
                  "bucketCounts", of(6, Kind.FIXED),
                  "explicitBounds", of(7, Kind.DOUBLE),
                  "exemplars", of(8, "Exemplar"),
                  "attributes", of(9, "KeyValue"),
                  "flags", of(10, Kind.VARINT))),
          Map.entry(
              "ExponentialPoint",
              Map.ofEntries(
                  Map.entry("attributes", of(1, "KeyValue")),
                  Map.entry("startTimeUnixNano", of(2, Kind.FIXED)),
                  Map.entry("timeUnixNano", of(3, Kind.FIXED)),
                  Map.entry("count", of(4, Kind.FIXED)),
                  Map.entry("sum", of(5, Kind.DOUBLE)),
                  Map.entry("scale", of(6, Kind.ZIGZAG)),
                  Map.entry("zeroCount", of(7, Kind.FIXED)),
                  Map.entry("positive", of(8, "Buckets")),
                  Map.entry("negative", of(9, "Buckets")),
                  Map.entry("flags", of(10, Kind.VARINT)),
                  Map.entry("exemplars", of(11, "Exemplar")),
                  Map.entry("zeroThreshold", of(14, Kind.DOUBLE)))),
          Map.entry(
              "Buckets", Map.of("offset", of(1, Kind.ZIGZAG), "bucketCounts", of(2, Kind.VARINT))),
          Map.entry(
              "SummaryPoint",
              Map.of(
                  "startTimeUnixNano", of(2, Kind.FIXED),
                  "timeUnixNano", of(3, Kind.FIXED),
                  "count", of(4, Kind.FIXED),
                  "sum", of(5, Kind.DOUBLE),
                  "quantileValues", of(6, "Quantile"),
                  "attributes", of(7, "KeyValue"),
                  "flags", of(8, Kind.VARINT))),
          Map.entry(
              "Quantile", Map.of("quantile", of(1, Kind.DOUBLE), "value", of(2, Kind.DOUBLE))),
          Map.entry(
              "Exemplar",
              Map.of(
                  "timeUnixNano", of(2, Kind.FIXED),
                  "asDouble", of(3, Kind.DOUBLE),
                  "spanId", of(4, Kind.HEX),
                  "traceId", of(5, Kind.HEX),
                  "asInt", of(6, Kind.FIXED),
                  "filteredAttributes", of(7, "KeyValue"))));

  private static final JsonFactory JSON = new JsonFactory();

  private OtlpJson() {}

  /// An `ExportMetricsServiceRequest` in protobuf.
  ///
  /// @throws WireException when the text is not JSON or a value is not of its field's kind
  static byte[] toProtobuf(byte[] json) throws WireException {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw WireException.malformed("the body is not a JSON object");
      }
      byte[] message = message(parser, "Request");
      if (parser.nextToken() != null) {
        throw WireException.malformed("something stands behind the JSON object");
      }
      return message;
    } catch (JacksonException e) {
      throw WireException.malformed(
          "the body is not JSON: "
              + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("unreadable")
              + (e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr()));
    } catch (IllegalArgumentException e) {
      throw WireException.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] message(JsonParser parser, String type) throws WireException {
    Map<String, Field> fields = MESSAGES.getOrDefault(type, Map.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      JsonToken token = parser.nextToken();
      Field field = fields.get(key);
      if (field == null) {
        parser.skipChildren();
      } else if (token == JsonToken.START_ARRAY) {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          value(parser, key, field, out);
        }
      } else if (token != JsonToken.VALUE_NULL) {
        value(parser, key, field, out);
      }
    }
    return out.toByteArray();
  }

  private static void value(JsonParser parser, String key, Field field, ByteArrayOutputStream out)
      throws WireException {
    JsonToken token = parser.currentToken();
    String message = field.message;
    if (message != null) {
      if (token != JsonToken.START_OBJECT) {
        throw unexpected(key, "an object");
      }
      bytes(out, field, message(parser, message));
      return;
    }
    if (!token.isScalarValue()) {
      throw unexpected(key, "a plain value");
    }
    String text = parser.getString();
    switch (field.kind) {
      case TEXT -> bytes(out, field, text.getBytes(StandardCharsets.UTF_8));
      case BASE64 -> bytes(out, field, Base64.getDecoder().decode(text));
      case HEX -> bytes(out, field, HexFormat.of().parseHex(text));
      case BOOL -> {
        varint(out, (long) field.number << 3);
        varint(out, token == JsonToken.VALUE_TRUE ? 1 : 0);
      }
      case VARINT -> {
        varint(out, (long) field.number << 3);
        varint(out, integer(key, text));
      }
      case ZIGZAG -> {
        long number = integer(key, text);
        varint(out, (long) field.number << 3);
        varint(out, number << 1 ^ number >> 63);
      }
      case FIXED -> fixed(out, field, integer(key, text));
      case DOUBLE -> fixed(out, field, Double.doubleToRawLongBits(number(key, text)));
      case MESSAGE -> throw new IllegalStateException(key);
    }
  }

  private static long integer(String key, String text) throws WireException {
    try {
      return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw unexpected(key, "a whole number");
    }
  }

  private static double number(String key, String text) throws WireException {
    try {
      return switch (text) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      throw unexpected(key, "a number");
    }
  }

  private static WireException unexpected(String key, String expected) {
    return WireException.malformed("'" + key + "' is not " + expected);
  }

  private static void bytes(ByteArrayOutputStream out, Field field, byte[] content) {
    varint(out, (long) field.number << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void fixed(ByteArrayOutputStream out, Field field, long bits) {
    varint(out, (long) field.number << 3 | 1);
    for (int i = 0; i < 8; i++) {
      out.write((int) (bits >>> 8 * i));
    }
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
